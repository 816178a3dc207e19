//! The names of images.

/// Where an image's name says that it comes from.
///
/// Grammar: `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`, as the distribution
/// project's `reference` package has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The registry's host and port; none is the engine's own default.
    pub registry: Option<String>,
    /// The path there.
    pub repository: String,
}

impl Reference {
    /// Reads a reference; `None` if it is none, such as an image's bare id.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, _) = text.split_once('@').unwrap_or((text, ""));
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        let name = match name[last..].find(':') {
            Some(colon) => &name[..last + colon],
            None => name,
        };
        // What is no host is the first part of a path at the default.
        let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let (registry, repository) = match name.split_once('/') {
            Some((host, path)) if is_host(host) => (Some(host.to_owned()), path),
            _ => (None, name),
        };
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
        let is_id = text.starts_with("sha256:");
        (!is_id && !repository.is_empty() && repository.bytes().all(is_path)).then(|| Self {
            registry,
            repository: repository.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_dot_a_port_or_is_localhost() {
        for (text, registry, repository) in [
            ("nginx", None, "nginx"),
            ("nginx:1.29", None, "nginx"),
            ("maker/tool:latest", None, "maker/tool"),
            (
                "registry.example/a/b/c:main",
                Some("registry.example"),
                "a/b/c",
            ),
            ("localhost/a", Some("localhost"), "a"),
            ("127.0.0.1:5000/a@sha256:00", Some("127.0.0.1:5000"), "a"),
            ("a/b:c@sha256:00", None, "a/b"),
        ] {
            let reference = Reference::parse(text).unwrap();
            assert_eq!(reference.registry.as_deref(), registry, "{text}");
            assert_eq!(reference.repository, repository, "{text}");
        }
        for text in ["", "sha256:00ff", "registry.example/", "a b", "a/../%2e"] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }
}
