//! What is known of a provider before any request: where it is and what it is always told.

use super::permits::Permits;
use crate::config::{Provider, ProviderDialect, Scheme, Timeouts, Trust};
use crate::dialect::Dialect;
use crate::request::Endpoint;

/// A provider, ready to be sent requests.
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) timeouts: Timeouts,
    /// As of its kind.
    pub(crate) takes_stream_options: bool,
    pub(super) max_idle: usize,
    pub(super) permits: Permits,
    pub(super) scheme: Scheme,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) trust: Trust,
    has_key: bool,
    /// What it speaks, best first.
    speaks: Vec<ProviderDialect>,
    paths: [String; Endpoint::ALL.len()],
    /// The path before a model's name, in Gemini's own interface.
    gemini_path: String,
    /// The base URL's path, for what is passed through.
    base_path: String,
    deployments: Option<Deployments>,
    /// For each dialect, the header lines that every request begins with.
    fixed: [Vec<u8>; ProviderDialect::ALL.len()],
    /// For each dialect, the header that a key stands in, and what stands before it.
    key_headers: [(&'static str, &'static str); ProviderDialect::ALL.len()],
    /// The same for what is passed through.
    fixed_passthrough: Vec<u8>,
    /// The names of the headers that the configuration adds, which replace the client's.
    added: Vec<String>,
}

/// Azure's older paths, which name the model: `BASE/openai/deployments/MODEL/…?api-version=…`;
/// for Responses `BASE/openai/responses?api-version=…`.
///
/// Source: the reference of the Azure OpenAI data plane. Its newer paths (`…/openai/v1/`) are
/// those of OpenAI and need no version.
struct Deployments {
    base: String,
    query: String,
}

impl Target {
    pub(crate) fn new(provider: &Provider) -> Self {
        let url = &provider.base_url;
        let deployments = provider.api_version.as_ref().map(|version| {
            let base = url.path().strip_suffix("/openai").unwrap_or(url.path());
            Deployments {
                base: format!("{base}/openai/deployments/"),
                query: format!("api-version={version}"),
            }
        });
        let passed = provider.dialects.first().copied();
        Self {
            name: provider.name.clone(),
            timeouts: provider.timeouts,
            takes_stream_options: provider.kind.takes_stream_options,
            max_idle: provider.connections.max_idle,
            permits: Permits::new(provider.connections),
            scheme: url.scheme(),
            host: url.host().to_owned(),
            port: url.port(),
            trust: provider.trust.clone(),
            has_key: provider.key.value.is_some(),
            speaks: provider.dialects.clone(),
            paths: Endpoint::ALL.map(|endpoint| url.path_of(endpoint)),
            gemini_path: url.gemini_path(),
            base_path: url.path().to_owned(),
            deployments,
            fixed: ProviderDialect::ALL.map(|dialect| fixed(provider, dialect)),
            key_headers: ProviderDialect::ALL.map(|dialect| provider.auth.header(dialect)),
            added: provider
                .headers
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            fixed_passthrough: fixed(provider, passed.unwrap_or(ProviderDialect::Chat)),
        }
    }

    /// Whether the gateway has a key of its own for this provider.
    pub(crate) fn has_key(&self) -> bool {
        self.has_key
    }

    /// The dialect in which the provider is asked for a client of `dialect`, if it does not
    /// speak that itself.
    pub(crate) fn translation(&self, dialect: Dialect) -> Option<ProviderDialect> {
        if self.speaks.contains(&dialect.into()) {
            return None;
        }
        self.speaks.first().copied()
    }

    /// The header that a key stands in, and what stands before it.
    pub(super) fn key_header(&self, dialect: ProviderDialect) -> (&'static str, &'static str) {
        self.key_headers[dialect as usize]
    }

    /// Writes the path and query for an answer of `model` in Gemini's own interface.
    pub(super) fn write_gemini_path(&self, model: &str, stream: bool, to: &mut Vec<u8>) {
        to.extend_from_slice(self.gemini_path.as_bytes());
        write_segment(model, to);
        to.extend_from_slice(if stream {
            b":streamGenerateContent?alt=sse"
        } else {
            b":generateContent"
        });
    }

    /// Writes the path and query for `endpoint`. That the provider speaks its dialect is for
    /// the routing to know.
    pub(super) fn write_path(
        &self,
        endpoint: Endpoint,
        model: &str,
        query: Option<&str>,
        to: &mut Vec<u8>,
    ) {
        let own = match (&self.deployments, endpoint) {
            (Some(deployments), Endpoint::Chat | Endpoint::Embeddings) => {
                to.extend_from_slice(deployments.base.as_bytes());
                write_segment(model, to);
                to.extend_from_slice(match endpoint {
                    Endpoint::Embeddings => b"/embeddings",
                    _ => b"/chat/completions",
                });
                Some(deployments.query.as_str())
            }
            (Some(deployments), Endpoint::Responses) => {
                let root = deployments.base.strip_suffix("deployments/");
                to.extend_from_slice(root.unwrap_or_default().as_bytes());
                to.extend_from_slice(b"responses");
                Some(deployments.query.as_str())
            }
            _ => {
                to.extend_from_slice(self.paths[endpoint as usize].as_bytes());
                None
            }
        };
        write_query([own, query], to);
    }

    /// Writes the path for what is passed through: `rest`, which begins with a `/`, after the
    /// base URL. SDKs differ in who adds the `/v1`, so where both have it, it stands once.
    pub(super) fn write_passed_path(&self, rest: &str, query: Option<&str>, to: &mut Vec<u8>) {
        let base = match self.base_path.strip_suffix("/v1") {
            Some(base) if rest == "/v1" || rest.starts_with("/v1/") => base,
            _ => self.base_path.as_str(),
        };
        to.extend_from_slice(base.as_bytes());
        to.extend_from_slice(rest.as_bytes());
        if base.is_empty() && rest.is_empty() {
            to.push(b'/');
        }
        write_query([None, query], to);
    }

    /// The header lines that every request in `dialect` begins with.
    pub(super) fn fixed(&self, dialect: ProviderDialect) -> &[u8] {
        &self.fixed[dialect as usize]
    }

    /// Whether the configuration gives the header `name` a value of its own.
    pub(super) fn sets(&self, name: &[u8]) -> bool {
        self.added.iter().any(|added| name == added.as_bytes())
    }

    pub(super) fn fixed_passthrough(&self) -> &[u8] {
        &self.fixed_passthrough
    }
}

/// `host`, the key, and the headers that the configuration adds.
fn fixed(provider: &Provider, dialect: ProviderDialect) -> Vec<u8> {
    let mut lines = format!("host: {}\r\n", provider.base_url.authority());
    if let Some(key) = &provider.key.value {
        let (name, before) = provider.auth.header(dialect);
        lines.push_str(&format!("{name}: {before}{}\r\n", key.expose()));
    }
    for (name, value) in &provider.headers {
        lines.push_str(&format!("{name}: {value}\r\n"));
    }
    lines.into_bytes()
}

/// Writes `text` as one segment of a path (RFC 3986, section 3.3).
fn write_segment(text: &str, to: &mut Vec<u8>) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(byte);
        } else {
            to.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
}

fn write_query(parts: [Option<&str>; 2], to: &mut Vec<u8>) {
    for (part, before) in parts.into_iter().flatten().zip([b'?', b'&']) {
        to.push(before);
        to.extend_from_slice(part.as_bytes());
    }
}
