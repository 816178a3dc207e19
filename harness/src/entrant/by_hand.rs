//! The manifest of a container that nobody wrote one for: `--container`.

use std::path::PathBuf;

use toml::{Table, Value};
use workload::Dialect;

use super::catalogue::Entrant;
use super::folder::Folder;
use super::{ManifestError, validate};

/// What the command line says of a container.
#[derive(Clone, Debug, Default)]
pub struct ContainerByHand {
    /// Its image.
    pub image: String,
    /// The port it listens on.
    pub port: u16,
    /// Its environment, with placeholders.
    pub env: Vec<(String, String)>,
    /// The model that is asked for; none: the usual.
    pub model: Option<String>,
    /// Headers of each request, with placeholders.
    pub headers: Vec<(String, String)>,
    /// Paths that are not the provider's own.
    pub paths: Vec<(Dialect, String)>,
}

impl ContainerByHand {
    /// A name made of that of the image: `enterpilot/gomodel:1.2` is
    /// `gomodel`.
    pub fn name(&self) -> String {
        let image = self.image.split('@').next().unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or_default();
        let name: String = last
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .chars()
            .map(|one| {
                if one.is_ascii_alphanumeric() {
                    one
                } else {
                    '-'
                }
            })
            .collect();
        let name = name.trim_matches('-');
        match name.chars().next() {
            Some(first) if first.is_ascii_lowercase() => name.to_owned(),
            _ => "container".to_owned(),
        }
    }

    /// The manifest, as the text of an `entrant.toml`.
    pub fn manifest(&self) -> String {
        let table = |pairs: &mut dyn Iterator<Item = (String, String)>| {
            let pairs = pairs.map(|(key, value)| (key, Value::from(value)));
            Value::Table(pairs.collect::<Table>())
        };
        let mut manifest = Table::new();
        manifest.insert("title".into(), self.name().into());
        manifest.insert("runtime".into(), "unknown".into());
        if let Some(model) = &self.model {
            manifest.insert("model".into(), model.as_str().into());
        }
        if !self.headers.is_empty() {
            let headers = table(&mut self.headers.iter().cloned());
            manifest.insert("headers".into(), headers);
        }
        if !self.paths.is_empty() {
            let paths = self.paths.iter();
            let mut paths = paths.map(|(dialect, path)| (dialect.to_string(), path.clone()));
            manifest.insert("paths".into(), table(&mut paths));
        }
        let mut container = Table::new();
        container.insert("image".into(), self.image.as_str().into());
        container.insert("port".into(), i64::from(self.port).into());
        if !self.env.is_empty() {
            container.insert("env".into(), table(&mut self.env.iter().cloned()));
        }
        manifest.insert("container".into(), Value::Table(container));
        manifest.to_string()
    }

    /// The entrant of this name, as if its manifest had been read from a
    /// folder.
    ///
    /// # Errors
    /// What would be wrong in the manifest.
    pub fn entrant(&self, name: String) -> Result<Entrant, ManifestError> {
        let folder = Folder::Disk(PathBuf::from("--container"));
        let mut manifest = validate::read(&name, &folder, &self.manifest())?;
        manifest.by_hand = true;
        Ok(Entrant {
            name,
            manifest,
            folder,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_named_after_its_image() {
        let name = |image: &str| {
            let image = image.to_owned();
            ContainerByHand {
                image,
                ..ContainerByHand::default()
            }
            .name()
        };
        assert_eq!(name("enterpilot/gomodel:1.2"), "gomodel");
        assert_eq!(name("host:5000/My_Gateway@sha256:00"), "my-gateway");
        assert_eq!(name("sha256:0123"), "sha256");
        assert_eq!(name("9router"), "container");
    }

    #[test]
    fn the_manifest_says_all_that_was_said() {
        let by_hand = ContainerByHand {
            image: "a/b:1".into(),
            port: 8080,
            env: vec![
                ("OPENAI_BASE_URL".into(), "{mock_url}/v1".into()),
                ("QUOTED".into(), "a \"b\"\n".into()),
            ],
            model: Some("openai/gpt-4o-mini".into()),
            headers: vec![("x-key".into(), "a: b".into())],
            paths: vec![(Dialect::Messages, "/anthropic/v1/messages".into())],
        };
        let entrant = by_hand.entrant("b".into()).unwrap();
        let container = entrant.manifest.container.unwrap();
        assert_eq!((container.image.as_str(), container.port), ("a/b:1", 8080));
        assert_eq!(container.env["OPENAI_BASE_URL"], "{mock_url}/v1");
        assert_eq!(container.env["QUOTED"], "a \"b\"\n");
        assert_eq!(entrant.manifest.model, "openai/gpt-4o-mini");
        assert_eq!(entrant.manifest.headers["x-key"], "a: b");
        assert_eq!(
            entrant.manifest.paths[&Dialect::Messages],
            "/anthropic/v1/messages"
        );
    }

    #[test]
    fn what_is_wrong_is_told_like_that_of_a_manifest() {
        let by_hand = ContainerByHand {
            image: "a".into(),
            port: 1,
            env: vec![("URL".into(), "{mokc_url}".into())],
            ..ContainerByHand::default()
        };
        let error = by_hand.entrant("a".into()).unwrap_err().to_string();
        assert!(
            error.contains("unknown placeholder `{mokc_url}`"),
            "{error}"
        );
    }
}
