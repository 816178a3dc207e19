//! Writing a request's head, straight from the client's headers. No I/O.

use bytes::Bytes;
use hyper::Method;

use super::target::Target;
use crate::config::ProviderDialect;
use crate::dialect::Dialect;
use crate::http::Headers;
use crate::request::Endpoint;
use crate::trail::REQUEST_ID;

/// The version of the Messages interface asked for when the client names none.
const DEFAULT_ANTHROPIC_VERSION: &str = "2023-06-01";

/// A request on its way to a provider.
pub(crate) struct Outgoing<'a> {
    /// What the client asked.
    pub(crate) endpoint: Endpoint,
    /// The provider's dialect, if the body was translated into it.
    pub(crate) translated: Option<ProviderDialect>,
    /// Whether the client wants a stream.
    pub(crate) stream: bool,
    /// What the provider calls the model.
    pub(crate) model: &'a str,
    /// The client's query string, which may choose a provider's beta interface.
    pub(crate) query: Option<&'a str>,
    /// The client's headers; which of them are sent is decided here.
    pub(crate) headers: &'a Headers,
    /// Sent instead of the client's own.
    pub(crate) request_id: Option<&'a [u8]>,
    /// Whether the client's credentials are for the gateway, and nobody else's business.
    pub(crate) keyed: bool,
    pub(crate) body: Bytes,
    /// Whether the answer must come unencoded: a stream, whose end is watched for, or an answer
    /// whose usage is read.
    pub(crate) readable: bool,
}

/// A request that is passed through unread.
pub(crate) struct Passing<'a> {
    pub(crate) method: &'a Method,
    /// The path after the provider's name, from its `/` on.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a Headers,
    pub(crate) request_id: Option<&'a [u8]>,
    /// As [`Outgoing::keyed`].
    pub(crate) keyed: bool,
    pub(crate) announced: Announced,
}

/// What a request's head says about its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    /// There is none.
    Nothing,
    Length(u64),
    Chunked,
}

impl Outgoing<'_> {
    /// The head as it is sent to `target`.
    pub(super) fn head(&self, target: &Target) -> Vec<u8> {
        if let Some(dialect) = self.translated {
            return self.translated_head(target, dialect);
        }
        let mut head = Head(Vec::with_capacity(1024));
        head.0.extend_from_slice(b"POST ");
        target.write_path(self.endpoint, self.model, self.query, &mut head.0);
        head.0.extend_from_slice(b" HTTP/1.1\r\n");
        let dialect = self.endpoint.dialect();
        head.0.extend_from_slice(target.fixed(dialect.into()));
        head.request_id(self.request_id, target);
        head.forward(self.headers, target, self.keyed, self.readable);
        if dialect == Dialect::Messages
            && !self.headers.contains("anthropic-version")
            && !target.sets(b"anthropic-version")
        {
            head.field(b"anthropic-version", DEFAULT_ANTHROPIC_VERSION.as_bytes());
        }
        head.length(self.body.len() as u64);
        head.end()
    }

    /// The head of a request in another `dialect` than the client's. The client's headers speak
    /// of its own dialect, so only those go along that mean the same everywhere.
    fn translated_head(&self, target: &Target, dialect: ProviderDialect) -> Vec<u8> {
        let mut head = Head(Vec::with_capacity(512));
        head.0.extend_from_slice(b"POST ");
        let endpoint = match dialect {
            ProviderDialect::Chat => Some(Endpoint::Chat),
            ProviderDialect::Responses => Some(Endpoint::Responses),
            ProviderDialect::Messages => Some(Endpoint::Messages),
            ProviderDialect::Gemini => None,
        };
        match endpoint {
            Some(endpoint) => target.write_path(endpoint, self.model, None, &mut head.0),
            None => target.write_gemini_path(self.model, self.stream, &mut head.0),
        }
        head.0.extend_from_slice(b" HTTP/1.1\r\n");
        head.0.extend_from_slice(target.fixed(dialect));
        head.request_id(self.request_id, target);
        for (name, value) in self.headers.iter() {
            let forwards = matches!(name, b"user-agent" | b"traceparent" | b"tracestate");
            if forwards && !target.sets(name) {
                head.field(name, value);
            }
        }
        if !self.keyed && !target.has_key() {
            self.client_key(target, dialect, &mut head);
        }
        if !target.sets(b"content-type") {
            head.field(b"content-type", b"application/json");
        }
        if dialect == ProviderDialect::Messages && !target.sets(b"anthropic-version") {
            head.field(b"anthropic-version", DEFAULT_ANTHROPIC_VERSION.as_bytes());
        }
        head.length(self.body.len() as u64);
        head.end()
    }

    /// The client's own key, in the header where the provider looks for it.
    fn client_key(&self, target: &Target, dialect: ProviderDialect, head: &mut Head) {
        let plain = ["x-api-key", "api-key", "x-goog-api-key"]
            .iter()
            .find_map(|name| self.headers.get(name));
        let key = plain.or_else(|| {
            let value = self.headers.get("authorization")?;
            value.strip_prefix(b"Bearer ")
        });
        if let Some(key) = key {
            let (name, before) = target.key_header(dialect);
            head.field(name.as_bytes(), &[before.as_bytes(), key].concat());
        }
    }
}

impl Passing<'_> {
    pub(super) fn has_no_body(&self) -> bool {
        matches!(self.announced, Announced::Nothing | Announced::Length(0))
    }

    /// The head as it is sent to `target`.
    pub(super) fn head(&self, target: &Target) -> Vec<u8> {
        let mut head = Head(Vec::with_capacity(1024));
        head.0.extend_from_slice(self.method.as_str().as_bytes());
        head.0.push(b' ');
        target.write_passed_path(self.path, self.query, &mut head.0);
        head.0.extend_from_slice(b" HTTP/1.1\r\n");
        head.0.extend_from_slice(target.fixed_passthrough());
        head.request_id(self.request_id, target);
        head.forward(self.headers, target, self.keyed, false);
        match self.announced {
            Announced::Nothing => {}
            Announced::Length(bytes) => head.length(bytes),
            Announced::Chunked => head.field(b"transfer-encoding", b"chunked"),
        }
        head.end()
    }
}

struct Head(Vec<u8>);

impl Head {
    /// Writes those of the client's headers that are for the provider: none that concerns the
    /// connection or its body's length, none that the gateway writes itself, no cookie, and no
    /// key where the gateway has its own or the client's was for the gateway.
    fn forward(&mut self, headers: &Headers, target: &Target, keyed: bool, plain: bool) {
        let withhold_keys = keyed || target.has_key();
        let connection = headers.contains("connection");
        for (name, value) in headers.iter() {
            let forwards = match name {
                b"host"
                | b"content-length"
                | b"connection"
                | b"keep-alive"
                | b"proxy-connection"
                | b"proxy-authorization"
                | b"proxy-authenticate"
                | b"te"
                | b"trailer"
                | b"transfer-encoding"
                | b"upgrade"
                | b"expect"
                | b"x-request-id"
                | b"cookie" => false,
                b"authorization" | b"x-api-key" | b"api-key" | b"x-goog-api-key" => !withhold_keys,
                b"accept-encoding" => !plain,
                _ => !(connection && named_by_connection(headers, name)),
            };
            if forwards && !target.sets(name) {
                self.field(name, value);
            }
        }
    }

    /// The id by which the request is found again here and there.
    fn request_id(&mut self, id: Option<&[u8]>, target: &Target) {
        if let Some(id) = id
            && !target.sets(REQUEST_ID.as_bytes())
        {
            self.field(REQUEST_ID.as_bytes(), id);
        }
    }

    fn field(&mut self, name: &[u8], value: &[u8]) {
        self.0.extend_from_slice(name);
        self.0.extend_from_slice(b": ");
        self.0.extend_from_slice(value);
        self.0.extend_from_slice(b"\r\n");
    }

    fn length(&mut self, bytes: u64) {
        self.field(
            b"content-length",
            itoa::Buffer::new().format(bytes).as_bytes(),
        );
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"\r\n");
        self.0
    }
}

/// Whether the `connection` header makes `name` a header of this connection only.
fn named_by_connection(headers: &Headers, name: &[u8]) -> bool {
    headers
        .all("connection")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(name))
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
