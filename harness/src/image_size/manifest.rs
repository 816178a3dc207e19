//! Manifests: what an image consists of, as registries serve it.
//!
//! Forms: OCI image specification 1.1, `manifest.md` and `image-index.md`;
//! Docker's v2.2 manifests have the same fields.

use serde::Deserialize;

/// What may be asked for, the list of platforms first.
pub(super) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// An answer to a question for a manifest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Manifest {
    /// Another manifest is that of the platform; its digest.
    Elsewhere(String),
    /// Configuration and compressed layers, in bytes.
    Size(u64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Index { manifests: Vec<Entry> },
    Image { config: Part, layers: Vec<Part> },
}

#[derive(Deserialize)]
struct Entry {
    digest: String,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    os: String,
    architecture: String,
}

#[derive(Deserialize)]
struct Part {
    size: u64,
}

impl Manifest {
    /// Reads a manifest for a platform, as `linux/amd64`.
    ///
    /// # Errors
    /// It has another form, or holds no such platform; in words.
    pub(super) fn parse(json: &[u8], platform: &str) -> Result<Self, String> {
        match serde_json::from_slice(json) {
            Ok(Document::Image { config, layers }) => {
                let parts = layers.iter().chain([&config]);
                let size = parts
                    .map(|part| part.size)
                    .try_fold(0_u64, u64::checked_add);
                size.map(Self::Size)
                    .ok_or_else(|| "its sizes make no sense".to_owned())
            }
            Ok(Document::Index { manifests }) => manifests
                .into_iter()
                .find(|entry| {
                    entry
                        .platform
                        .as_ref()
                        .is_some_and(|one| format!("{}/{}", one.os, one.architecture) == platform)
                })
                .map(|entry| Self::Elsewhere(entry.digest))
                .ok_or_else(|| format!("its manifest has no {platform}")),
            Err(_) => Err("its manifest has an unknown form".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_decides_in_a_list() {
        let list = br#"{"schemaVersion":2,"manifests":[
            {"digest":"sha256:a","size":9,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
            {"digest":"sha256:b","size":9,"platform":{"os":"linux","architecture":"amd64"}},
            {"digest":"sha256:c","size":9,"platform":{"os":"unknown","architecture":"unknown"}},
            {"digest":"sha256:d","size":9}]}"#;
        let parse = |platform| Manifest::parse(list, platform);
        assert_eq!(
            parse("linux/amd64"),
            Ok(Manifest::Elsewhere("sha256:b".into()))
        );
        let why = parse("linux/riscv64").unwrap_err();
        assert_eq!(why, "its manifest has no linux/riscv64");
    }

    #[test]
    fn configuration_and_layers_add_up() {
        let image = br#"{"schemaVersion":2,"config":{"digest":"sha256:a","size":7},
            "layers":[{"size":100},{"size":20}]}"#;
        assert_eq!(
            Manifest::parse(image, "linux/amd64"),
            Ok(Manifest::Size(127))
        );
        let endless = br#"{"config":{"size":18446744073709551615},"layers":[{"size":1}]}"#;
        assert!(Manifest::parse(endless, "linux/amd64").is_err());
        // The first form ever had no sizes.
        assert!(Manifest::parse(br#"{"schemaVersion":1,"fsLayers":[]}"#, "linux/amd64").is_err());
    }
}
