//! A provider's base URL, as the SDKs write it.
//!
//! The rule about `/v1`: OpenAI's SDKs want it in the base URL, Anthropic's do not. So the
//! OpenAI dialects add `/chat/completions` and `/responses` to the base URL as it stands, and
//! Messages adds `/v1/messages` to the base URL without the `/v1` it may end with.

use hyper::Uri;
use hyper::http::uri::Authority;

use crate::request::Endpoint;

/// `scheme://authority/path` without a query and without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

/// Whether to speak TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl BaseUrl {
    /// Reads a URL; an error is a phrase that says what is wrong, without repeating the URL,
    /// which may hold a secret.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text
            .parse()
            .map_err(|error| format!("not a URL: {error}"))?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err("must begin with http:// or https://".to_owned()),
        };
        let Some(authority) = uri.authority() else {
            return Err("names no host".to_owned());
        };
        if authority.as_str().contains('@') {
            return Err("must not hold a user or a password".to_owned());
        }
        if uri.query().is_some() || text.contains('#') {
            return Err("must not hold a query or a fragment".to_owned());
        }
        Ok(Self {
            scheme,
            authority: authority.clone(),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and port as the URL writes them: the value of the `host` header.
    pub(crate) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// A name or an address; an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    pub(crate) fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        })
    }

    /// The path at which the provider serves `endpoint`.
    pub(crate) fn path_of(&self, endpoint: Endpoint) -> String {
        let path = self.path.as_str();
        let without_v1 = path.strip_suffix("/v1").unwrap_or(path);
        match endpoint {
            Endpoint::Chat => format!("{path}/chat/completions"),
            Endpoint::Responses => format!("{path}/responses"),
            Endpoint::Embeddings => format!("{path}/embeddings"),
            Endpoint::Messages => format!("{without_v1}/v1/messages"),
            Endpoint::CountTokens => format!("{without_v1}/v1/messages/count_tokens"),
        }
    }

    /// The path before the models of Gemini's own interface: its version is added where it
    /// does not stand already, as Google's SDKs have it.
    pub(crate) fn gemini_path(&self) -> String {
        let path = self.path.as_str();
        let versioned = ["/v1beta", "/v1", "/v1alpha"]
            .iter()
            .any(|version| path.ends_with(version));
        let version = if versioned { "" } else { "/v1beta" };
        format!("{path}{version}/models/")
    }

    /// The path before any endpoint's, without a slash at its end.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}{}", self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openai_paths_follow_the_url_as_it_stands() {
        for (url, path) in [
            ("http://h/v1", "/v1/chat/completions"),
            ("http://h/v1/", "/v1/chat/completions"),
            ("http://h", "/chat/completions"),
            ("http://h/openai/v1", "/openai/v1/chat/completions"),
        ] {
            assert_eq!(BaseUrl::parse(url).unwrap().path_of(Endpoint::Chat), path);
        }
        let url = BaseUrl::parse("http://h/v1").unwrap();
        assert_eq!(url.path_of(Endpoint::Responses), "/v1/responses");
    }

    #[test]
    fn messages_take_a_url_with_or_without_v1() {
        for (url, path) in [
            ("http://h", "/v1/messages"),
            ("http://h/v1", "/v1/messages"),
            ("http://h/v1/", "/v1/messages"),
            ("http://h/api/v1", "/api/v1/messages"),
            ("http://h/api", "/api/v1/messages"),
        ] {
            assert_eq!(
                BaseUrl::parse(url).unwrap().path_of(Endpoint::Messages),
                path
            );
        }
    }

    #[test]
    fn knows_hosts_and_ports() {
        let parts = |url: &str| {
            let url = BaseUrl::parse(url).unwrap();
            (
                url.host().to_owned(),
                url.port(),
                url.authority().to_owned(),
            )
        };
        let expected =
            |host: &str, port, authority: &str| (host.to_owned(), port, authority.to_owned());
        assert_eq!(parts("http://h/v1"), expected("h", 80, "h"));
        assert_eq!(parts("https://h"), expected("h", 443, "h"));
        assert_eq!(parts("http://[::1]:9/v1"), expected("::1", 9, "[::1]:9"));
    }

    #[test]
    fn refuses_what_is_no_base_url() {
        for url in [
            "",
            "h/v1",
            "127.0.0.1:9999/v1",
            "ftp://h",
            "http://u:p@h",
            "http://h/?a=b",
            "http://h/#f",
            "http:///v1",
        ] {
            assert!(BaseUrl::parse(url).is_err(), "{url}");
        }
    }
}
