//! Images: found, pulled, told apart.

use std::time::{Duration, Instant};

use bollard::models::{CreateImageInfo, ImageInspect};
use bollard::query_parameters::CreateImageOptions;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::EngineError;
use super::engine::{Engine, QUICK};
use crate::interrupt;
use crate::measured::{Measured, Reason};

/// How long a pull may say nothing.
const SILENCE: Duration = Duration::from_secs(120);
/// How often a pull looks whether the user has had enough.
const POLL: Duration = Duration::from_millis(200);
/// The label that images carry their version in.
const VERSION_LABEL: &str = "org.opencontainers.image.version";

/// An image that the engine has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// As it was asked for.
    pub reference: String,
    /// The digest of its configuration, `sha256:…`: what exactly it is.
    pub id: String,
    /// The digest by which a registry serves it, or why there is none.
    pub digest: Measured<String>,
    /// The version that its label tells, or why there is none.
    pub version: Measured<String>,
    /// When it was made, RFC 3339; it may be made up to be reproducible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The platform it is for, as `linux/amd64`.
    pub platform: String,
    /// Size of its layers on the engine's disk, unpacked, as the engine tells
    /// it.
    pub size_bytes: u64,
}

/// How far a pull is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullProgress {
    /// What the engine said last.
    pub status: String,
    /// Bytes of all layers that are being downloaded.
    pub total_bytes: u64,
    /// Those that have come.
    pub done_bytes: u64,
}

impl Engine {
    /// The image of this reference or id, if the engine has it.
    ///
    /// # Errors
    /// The engine does not answer.
    pub fn image(&self, reference: &str) -> Result<Option<Image>, EngineError> {
        let found = self.ask("inspect an image", QUICK, async {
            self.docker.inspect_image(reference).await
        });
        match found {
            Ok(found) => Ok(Some(image(reference, found))),
            Err(EngineError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Pulls an image from its registry, without credentials, and tells `show`
    /// how far it is.
    ///
    /// # Errors
    /// No registry that can be reached has it; the disk is full; the user
    /// interrupted.
    pub fn pull(
        &self,
        reference: &str,
        mut show: impl FnMut(&PullProgress),
    ) -> Result<Image, EngineError> {
        let (name, tag) = split(reference);
        let options = CreateImageOptions {
            from_image: Some(name.to_owned()),
            tag: tag.map(str::to_owned),
            ..CreateImageOptions::default()
        };
        let what = "pull an image";
        self.in_runtime(async {
            let mut stream = Box::pin(self.docker.create_image(Some(options), None, None));
            let mut layers = Layers::default();
            let mut last = Instant::now();
            loop {
                match tokio::time::timeout(POLL, stream.next()).await {
                    Ok(None) => return Ok(()),
                    Ok(Some(Err(error))) => return Err(EngineError::of(self.host(), what, error)),
                    Ok(Some(Ok(info))) => {
                        last = Instant::now();
                        show(layers.after(info));
                    }
                    Err(_) if last.elapsed() > SILENCE => {
                        return Err(EngineError::Refused {
                            what: what.to_owned(),
                            message: format!("nothing came for {SILENCE:?}"),
                        });
                    }
                    Err(_) => {}
                }
                if interrupt::requested() {
                    return Err(EngineError::Interrupted);
                }
            }
        })?;
        self.image(reference)?.ok_or_else(|| {
            EngineError::NotFound(format!("{reference} was pulled, and is not there"))
        })
    }
}

/// A reference as the engine wants it for a pull: without a tag it would pull
/// all tags there are.
fn split(reference: &str) -> (&str, Option<&str>) {
    if reference.contains('@') {
        return (reference, None);
    }
    match reference.rsplit_once(':') {
        // A colon before a slash is that of the registry's port.
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (reference, Some("latest")),
    }
}

fn image(reference: &str, found: ImageInspect) -> Image {
    let labels = found.config.and_then(|config| config.labels);
    let version = labels
        .unwrap_or_default()
        .remove(VERSION_LABEL)
        .filter(|version| !version.is_empty());
    let digests = found.repo_digests.unwrap_or_default();
    let (name, _) = split(reference);
    let digest = digests
        .iter()
        .find(|digest| {
            digest
                .split('@')
                .next()
                .is_some_and(|of| of.ends_with(name))
        })
        .or(digests.first())
        .and_then(|digest| digest.split_once('@'))
        .map(|(_, digest)| digest.to_owned());
    let absent = |why: &str| Measured::absent(Reason::NotAvailable(why.to_owned()));
    Image {
        reference: reference.to_owned(),
        id: found.id.unwrap_or_default(),
        digest: digest.map_or_else(
            || absent("the image was made here and is in no registry"),
            Measured::Value,
        ),
        version: version.map_or_else(|| absent("the image does not tell it"), Measured::Value),
        created: found.created.map(|time| time.to_string()),
        platform: format!(
            "{}/{}",
            found.os.unwrap_or_default(),
            found.architecture.unwrap_or_default()
        ),
        size_bytes: found
            .size
            .and_then(|size| u64::try_from(size).ok())
            .unwrap_or_default(),
    }
}

/// The layers of a pull and how far each is.
#[derive(Default)]
struct Layers {
    known: Vec<(String, u64, u64)>,
    progress: PullProgress,
}

impl Layers {
    fn after(&mut self, info: CreateImageInfo) -> &PullProgress {
        let status = info.status.unwrap_or_default();
        let bytes = |bytes: Option<i64>| bytes.and_then(|bytes| u64::try_from(bytes).ok());
        let detail = info.progress_detail.unwrap_or_default();
        // Unpacking counts the same bytes once more.
        if let (Some(id), Some(total), "Downloading") =
            (info.id, bytes(detail.total), status.as_str())
        {
            let done = bytes(detail.current).unwrap_or_default();
            match self.known.iter_mut().find(|(known, ..)| *known == id) {
                Some(layer) => (layer.1, layer.2) = (done, total),
                None => self.known.push((id, done, total)),
            }
        }
        self.progress = PullProgress {
            status,
            done_bytes: self.known.iter().map(|(_, done, _)| done).sum(),
            total_bytes: self.known.iter().map(|(_, _, total)| total).sum(),
        };
        &self.progress
    }
}

#[cfg(test)]
mod tests {
    use bollard::models::ProgressDetail;

    use super::*;

    #[test]
    fn a_pull_names_one_tag() {
        for (reference, name, tag) in [
            ("nginx", "nginx", Some("latest")),
            ("nginx:1.29", "nginx", Some("1.29")),
            ("host:5000/a/b", "host:5000/a/b", Some("latest")),
            ("host:5000/a/b:c", "host:5000/a/b", Some("c")),
            ("a/b@sha256:00", "a/b@sha256:00", None),
            ("a/b:c@sha256:00", "a/b:c@sha256:00", None),
        ] {
            assert_eq!(split(reference), (name, tag), "{reference}");
        }
    }

    #[test]
    fn the_digest_is_that_of_the_reference() {
        let inspected = |digests: &[&str]| ImageInspect {
            repo_digests: Some(digests.iter().map(|one| (*one).to_owned()).collect()),
            ..ImageInspect::default()
        };
        let found = inspected(&["mirror/b@sha256:1", "docker.io/a/b@sha256:2"]);
        assert_eq!(
            image("a/b:latest", found).digest,
            Measured::Value("sha256:2".into())
        );
        assert!(image("a/b", inspected(&[])).digest.value().is_none());
    }

    #[test]
    fn a_pull_counts_what_is_downloaded_once() {
        let said = |id: &str, status: &str, current, total| CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: Some(ProgressDetail {
                current: Some(current),
                total: Some(total),
            }),
            ..CreateImageInfo::default()
        };
        let mut layers = Layers::default();
        layers.after(said("a", "Downloading", 10, 100));
        layers.after(said("b", "Downloading", 5, 50));
        layers.after(said("a", "Downloading", 100, 100));
        let progress = layers.after(said("a", "Extracting", 1, 100));
        assert_eq!((progress.done_bytes, progress.total_bytes), (105, 150));
        assert_eq!(progress.status, "Extracting");
    }
}
