//! Asking registries what a pull downloads.
//!
//! Protocol: OCI distribution specification 1.1, pulling manifests; tokens as
//! the distribution project describes them. Only anonymous tokens: an image
//! that needs a password is private, and its size is nobody's business here.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::Response;
use ureq::{Agent, Body};

use super::Reference;
use super::challenge::Challenge;
use super::manifest::{ACCEPT, Manifest};

/// How long one answer may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How much of an answer is read; registries themselves limit manifests so.
const LARGEST: u64 = 4 << 20;
/// A list of platforms, and the platform's own manifest.
const STEPS: usize = 2;

/// The registries that images come from.
#[derive(Debug)]
pub struct Registries {
    agent: Agent,
    default_host: Option<String>,
    /// Those that gave no answer are not waited for again.
    silent: BTreeMap<String, String>,
}

/// What a token is served as.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// Why a registry told nothing.
enum Failure {
    /// It gave no answer at all.
    Silent(String),
    /// It gave another.
    Answer(String),
}

impl Registries {
    /// Images without a registry in their name come from the one at
    /// `default_index`, which is the engine's own URL of it.
    pub fn new(default_index: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(LIMIT))
            .http_status_as_error(false)
            .user_agent(concat!("tollgate-harness/", env!("CARGO_PKG_VERSION")))
            .build();
        let host = default_index
            .split_once("://")
            .and_then(|(_, rest)| rest.split('/').next())
            .filter(|host| !host.is_empty());
        Self {
            agent: config.into(),
            default_host: host.map(str::to_owned),
            silent: BTreeMap::new(),
        }
    }

    /// What a pull of `digest` downloads for a platform (`linux/amd64`):
    /// configuration and compressed layers, in bytes.
    ///
    /// # Errors
    /// Why the registry did not tell, in words.
    pub fn compressed_bytes(
        &mut self,
        image: &Reference,
        digest: &str,
        platform: &str,
    ) -> Result<u64, String> {
        let (host, repository) = self.place(image)?;
        if let Some(why) = self.silent.get(&host) {
            return Err(why.clone());
        }
        match self.ask(&host, &repository, digest, platform) {
            Ok(bytes) => Ok(bytes),
            Err(Failure::Answer(why)) => Err(format!("the registry at {host}: {why}")),
            Err(Failure::Silent(why)) => {
                let why = format!("the registry at {host} does not answer: {why}");
                self.silent.insert(host, why.clone());
                Err(why)
            }
        }
    }

    /// The host to ask, and the repository as it calls it.
    fn place(&self, image: &Reference) -> Result<(String, String), String> {
        let default = || {
            let host = self.default_host.clone();
            host.ok_or_else(|| "the engine names no default registry".to_owned())
        };
        let repository = image.repository.clone();
        // At the default index, names of one word are in a namespace of their
        // own; and it is the `index` of the host that names often spell out.
        let at_default = |host: String| match repository.contains('/') {
            true => (host, repository.clone()),
            false => (host, format!("library/{repository}")),
        };
        match &image.registry {
            None => default().map(at_default),
            Some(registry) => match default() {
                Ok(host) if host == format!("index.{registry}") => Ok(at_default(host)),
                _ => Ok((registry.clone(), repository)),
            },
        }
    }

    fn ask(
        &self,
        host: &str,
        repository: &str,
        digest: &str,
        platform: &str,
    ) -> Result<u64, Failure> {
        let base = format!("{}://{host}/v2/{repository}/manifests", scheme(host));
        let mut digest = digest.to_owned();
        let mut token = None;
        for _ in 0..STEPS {
            let url = format!("{base}/{digest}");
            let mut answer = self.get(&url, token.as_deref())?;
            if answer.status() == 401 && token.is_none() {
                token = Some(self.token(&answer)?);
                answer = self.get(&url, token.as_deref())?;
            }
            if answer.status() != 200 {
                return Err(Failure::Answer(format!(
                    "status {} for the manifest of {repository}",
                    answer.status().as_u16()
                )));
            }
            let manifest = Manifest::parse(&body(answer)?, platform);
            match manifest.map_err(Failure::Answer)? {
                Manifest::Size(bytes) => return Ok(bytes),
                Manifest::Elsewhere(other) => digest = other,
            }
        }
        Err(Failure::Answer(
            "its lists of manifests have no end".to_owned(),
        ))
    }

    fn get(&self, url: &str, token: Option<&str>) -> Result<Response<Body>, Failure> {
        let mut request = self.agent.get(url).header("accept", ACCEPT);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.call().map_err(silent)
    }

    /// The token that an answer of 401 asks for.
    fn token(&self, refusal: &Response<Body>) -> Result<String, Failure> {
        let header = refusal.headers().get("www-authenticate");
        let challenge = header
            .and_then(|header| Challenge::parse(header.to_str().ok()?))
            .ok_or_else(|| Failure::Answer("it wants a password".to_owned()))?;
        if !is_protected(&challenge.realm) {
            return Err(Failure::Answer("it gives tokens without TLS".to_owned()));
        }
        let mut request = self.agent.get(&challenge.realm);
        for (name, value) in [("service", challenge.service), ("scope", challenge.scope)] {
            if let Some(value) = value {
                request = request.query(name, value);
            }
        }
        let answer = request.call().map_err(silent)?;
        let status = answer.status();
        if status != 200 {
            return Err(Failure::Answer(format!(
                "status {} for a token",
                status.as_u16()
            )));
        }
        let token: Option<Token> = serde_json::from_slice(&body(answer)?).ok();
        token
            .and_then(|token| token.token.or(token.access_token))
            .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or_else(|| Failure::Answer("it gave no token".to_owned()))
    }
}

fn silent(error: ureq::Error) -> Failure {
    Failure::Silent(error.to_string())
}

fn body(mut answer: Response<Body>) -> Result<Vec<u8>, Failure> {
    let body = answer.body_mut().with_config().limit(LARGEST);
    body.read_to_vec().map_err(silent)
}

/// Engines speak plain HTTP with registries of the same machine alone; so
/// does this.
fn scheme(host: &str) -> &'static str {
    if is_loopback(host) { "http" } else { "https" }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, _)) if !host.ends_with(']') => name,
        _ => host,
    };
    name == "localhost"
        || name == "[::1]"
        || name
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_protected(url: &str) -> bool {
    let host = |url: &str| url.split(['/', '?', '#']).next().map(str::to_owned);
    match url.split_once("://") {
        Some(("https", _)) => true,
        Some(("http", rest)) => host(rest).is_some_and(|host| is_loopback(&host)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(registries: &Registries, image: &str) -> Result<(String, String), String> {
        registries.place(&Reference::parse(image).unwrap())
    }

    #[test]
    fn the_engine_says_where_names_without_a_host_are() {
        let registries = Registries::new("https://index.hub.example/v1/");
        let index = |path: &str| Ok(("index.hub.example".to_owned(), path.to_owned()));
        assert_eq!(place(&registries, "nginx:1"), index("library/nginx"));
        assert_eq!(place(&registries, "a/b"), index("a/b"));
        assert_eq!(
            place(&registries, "hub.example/nginx"),
            index("library/nginx")
        );
        let other = Ok(("other.example:5000".to_owned(), "a".to_owned()));
        assert_eq!(place(&registries, "other.example:5000/a"), other);
        assert!(place(&Registries::new(""), "a/b").is_err());
    }

    #[test]
    fn only_loopback_goes_without_tls() {
        for host in [
            "localhost:5000",
            "127.0.0.1:5000",
            "127.1.2.3",
            "[::1]:80",
            "[::1]",
        ] {
            assert_eq!(scheme(host), "http", "{host}");
        }
        for host in [
            "registry.example",
            "10.0.0.1:5000",
            "localhost.example",
            "127.0.0.1.example",
        ] {
            assert_eq!(scheme(host), "https", "{host}");
        }
        assert!(is_protected("https://auth.example/token"));
        assert!(is_protected("http://127.0.0.1:1/token"));
        assert!(!is_protected("http://auth.example/token"));
        assert!(!is_protected("file:///etc/passwd"));
    }
}
