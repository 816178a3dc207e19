//! A provider as configured.

use std::path::PathBuf;

use serde::Deserialize;

use super::{BaseUrl, Key, Kind, Timeouts};
use crate::dialect::Dialect;

/// A service that answers for models.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) dialects: Vec<ProviderDialect>,
    pub(crate) base_url: BaseUrl,
    pub(crate) key: Key,
    pub(crate) auth: Auth,
    /// Azure's `api-version`: its paths then have the deployment in them.
    pub(crate) api_version: Option<String>,
    /// Headers that every request gets.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) trust: Trust,
    pub(crate) timeouts: Timeouts,
    pub(crate) connections: ConnectionLimits,
}

impl Provider {
    /// Whether the provider answers in `dialect` without translation.
    pub(crate) fn speaks(&self, dialect: Dialect) -> bool {
        self.dialects.contains(&dialect.into())
    }
}

/// A provider for tests, at `http://host:9/v1`, with neither dialects nor a key.
#[cfg(test)]
pub(crate) fn test_provider(name: &str) -> Provider {
    Provider {
        name: name.to_owned(),
        kind: super::kind::CUSTOM,
        dialects: Vec::new(),
        base_url: BaseUrl::parse("http://host:9/v1").unwrap(),
        key: Key {
            variable: None,
            value: None,
        },
        auth: Auth::Dialect,
        api_version: None,
        headers: Vec::new(),
        trust: Trust::CompiledIn,
        timeouts: Timeouts::default(),
        connections: ConnectionLimits::default(),
    }
}

/// A dialect that a provider can speak: those of clients, and one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProviderDialect {
    Chat,
    Responses,
    Messages,
    /// Gemini's own interface, `models/MODEL:generateContent`.
    Gemini,
}

impl ProviderDialect {
    pub(crate) const ALL: [Self; 4] = [Self::Chat, Self::Responses, Self::Messages, Self::Gemini];

    /// As configuration files write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
        }
    }
}

impl From<Dialect> for ProviderDialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Chat => Self::Chat,
            Dialect::Responses => Self::Responses,
            Dialect::Messages => Self::Messages,
        }
    }
}

/// The header that carries a provider's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Auth {
    /// `x-api-key` for Messages, else `authorization: Bearer`.
    Dialect,
    /// `authorization: Bearer`.
    Bearer,
    XApiKey,
    /// Azure's.
    ApiKey,
    /// Gemini's.
    XGoogApiKey,
}

impl Auth {
    /// The header's name and what stands in it before the key, for a request in `dialect`.
    pub(crate) fn header(self, dialect: ProviderDialect) -> (&'static str, &'static str) {
        match self {
            Self::Dialect if dialect == ProviderDialect::Messages => ("x-api-key", ""),
            Self::Dialect if dialect == ProviderDialect::Gemini => ("x-goog-api-key", ""),
            Self::Dialect | Self::Bearer => ("authorization", "Bearer "),
            Self::XApiKey => ("x-api-key", ""),
            Self::ApiKey => ("api-key", ""),
            Self::XGoogApiKey => ("x-goog-api-key", ""),
        }
    }
}

/// Whose certificates are good, towards a provider that speaks TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Trust {
    /// Those of the authorities compiled in: Mozilla's.
    #[default]
    CompiledIn,
    /// Those of the authorities that the system trusts.
    System,
    /// Those of the authorities in a PEM file, and no others.
    File(PathBuf),
}

/// How many connections a provider gets, of all workers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    /// In use at a time; `None` is as many as it takes.
    pub(crate) max: Option<usize>,
    /// Requests that wait for one of them; more are refused.
    pub(crate) max_waiting: usize,
    /// Kept for later, by each worker.
    pub(crate) max_idle: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max: None,
            max_waiting: 1024,
            max_idle: 256,
        }
    }
}
