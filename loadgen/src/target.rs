//! Where the load goes: the base URL, taken apart and resolved.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

/// A base URL: `http://HOST[:PORT]`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    host: String,
    port: u16,
}

/// Why a base URL cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Only plain HTTP is spoken.
    #[error("`{0}` does not begin with http:// (a gateway is measured over plain HTTP)")]
    Scheme(String),
    /// A path belongs to `--path`.
    #[error("`{0}` has a path; give the base alone and set paths with --path DIALECT=PATH")]
    Path(String),
    /// The host or the port is missing or malformed.
    #[error("`{0}` has no usable host and port")]
    Authority(String),
    /// The name did not resolve.
    #[error("cannot resolve `{host}`: {why}")]
    Resolve {
        /// The host's name.
        host: String,
        /// The resolver's words.
        why: String,
    },
}

impl BaseUrl {
    /// The `host` header's value.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The first address of the host, an IPv4 one where there is a choice:
    /// most gateways listen on IPv4 alone.
    ///
    /// # Errors
    /// [`BadUrl::Resolve`] when the name has no address.
    pub fn resolve(&self) -> Result<SocketAddr, BadUrl> {
        let failed = |why: String| BadUrl::Resolve {
            host: self.host.clone(),
            why,
        };
        let host = self.host.trim_matches(['[', ']']);
        let addresses: Vec<SocketAddr> = (host, self.port)
            .to_socket_addrs()
            .map_err(|error| failed(error.to_string()))?
            .collect();
        addresses
            .iter()
            .find(|address| address.is_ipv4())
            .or_else(|| addresses.first())
            .copied()
            .ok_or_else(|| failed("it has no address".to_owned()))
    }
}

impl FromStr for BaseUrl {
    type Err = BadUrl;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let rest = url
            .strip_prefix("http://")
            .ok_or_else(|| BadUrl::Scheme(url.to_owned()))?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err(BadUrl::Path(url.to_owned()));
        }
        let bad = || BadUrl::Authority(url.to_owned());
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
            _ => (authority, 80),
        };
        if host.is_empty() || host.contains('@') {
            return Err(bad());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let authority = |url: &str| url.parse::<BaseUrl>().map(|url| url.authority());
        assert_eq!(authority("http://h:81/"), Ok("h:81".into()));
        assert_eq!(authority("http://h"), Ok("h:80".into()));
        assert_eq!(authority("http://[::1]:5"), Ok("[::1]:5".into()));
        assert!(matches!(authority("https://h"), Err(BadUrl::Scheme(_))));
        assert!(matches!(authority("http://h/v1"), Err(BadUrl::Path(_))));
        assert!(matches!(authority("http://h:x"), Err(BadUrl::Authority(_))));
        assert!(matches!(authority("http://"), Err(BadUrl::Authority(_))));
    }

    #[test]
    fn an_address_needs_no_resolver() {
        let url: BaseUrl = "http://127.0.0.1:9".parse().unwrap();
        assert_eq!(url.resolve().unwrap().to_string(), "127.0.0.1:9");
    }
}
