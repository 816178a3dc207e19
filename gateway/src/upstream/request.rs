//! Writing a request's head, straight from the client's headers. No I/O.

use bytes::Bytes;
use hyper::header::{CONNECTION, HeaderMap, HeaderName};

use super::target::Target;
use crate::dialect::Dialect;

/// The version of the Messages interface asked for when the client names none.
const DEFAULT_ANTHROPIC_VERSION: &str = "2023-06-01";

/// A request on its way to a provider.
pub(crate) struct Outgoing<'a> {
    pub(crate) dialect: Dialect,
    /// The client's query string, which may choose a provider's beta interface.
    pub(crate) query: Option<&'a str>,
    /// The client's headers; which of them are sent is decided here.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
    /// Whether the answer should be a stream.
    pub(crate) stream: bool,
}

impl Outgoing<'_> {
    /// The head as it is sent to `target`.
    pub(super) fn head(&self, target: &Target) -> Vec<u8> {
        let mut head = Head(Vec::with_capacity(1024));
        head.request_line(target.path(self.dialect), self.query);
        head.field("host", target.authority.as_bytes());
        if let Some([name, before, key]) = target.credential(self.dialect) {
            head.field_of(name, &[before.as_bytes(), key.as_bytes()]);
        }
        for (name, value) in self.headers {
            if self.forwards(name, target) {
                head.field(name.as_str(), value.as_bytes());
            }
        }
        if self.dialect == Dialect::Messages && !self.headers.contains_key("anthropic-version") {
            head.field("anthropic-version", DEFAULT_ANTHROPIC_VERSION.as_bytes());
        }
        head.field("content-length", self.body.len().to_string().as_bytes());
        head.0.extend_from_slice(b"\r\n");
        head.0
    }

    /// Whether a header of the client's is for the provider: not one that concerns the
    /// connection or its body's length, none that the gateway writes itself, no cookie, and no
    /// key where the gateway has its own.
    fn forwards(&self, name: &HeaderName, target: &Target) -> bool {
        match name.as_str() {
            "host"
            | "content-length"
            | "connection"
            | "keep-alive"
            | "proxy-connection"
            | "proxy-authorization"
            | "proxy-authenticate"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
            | "expect"
            | "cookie" => false,
            "authorization" | "x-api-key" | "api-key" | "x-goog-api-key" => !target.has_key(),
            // The end of a stream is watched for in its bytes, which must be readable.
            "accept-encoding" => !self.stream,
            _ => !named_by_connection(self.headers, name),
        }
    }
}

/// Whether the `connection` header makes `name` a header of this connection only.
fn named_by_connection(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|option| {
            option
                .trim_ascii()
                .eq_ignore_ascii_case(name.as_str().as_bytes())
        })
}

struct Head(Vec<u8>);

impl Head {
    fn request_line(&mut self, path: &str, query: Option<&str>) {
        self.0.extend_from_slice(b"POST ");
        self.0.extend_from_slice(path.as_bytes());
        if let Some(query) = query {
            self.0.push(b'?');
            self.0.extend_from_slice(query.as_bytes());
        }
        self.0.extend_from_slice(b" HTTP/1.1\r\n");
    }

    fn field(&mut self, name: &str, value: &[u8]) {
        self.field_of(name, &[value]);
    }

    fn field_of(&mut self, name: &str, value: &[&[u8]]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b": ");
        for part in value {
            self.0.extend_from_slice(part);
        }
        self.0.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
