//! What is known of a provider before any request: where it is and what it is always told.

use std::time::Duration;

use crate::config::{ApiKey, Provider, Scheme};
use crate::dialect::Dialect;

/// A provider, ready to be sent requests.
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) response_timeout: Duration,
    pub(super) scheme: Scheme,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) authority: String,
    key: Option<ApiKey>,
    paths: [String; Dialect::ALL.len()],
}

impl Target {
    pub(crate) fn new(provider: &Provider) -> Self {
        let url = &provider.base_url;
        Self {
            name: provider.name.clone(),
            response_timeout: provider.response_timeout,
            scheme: url.scheme(),
            host: url.host().to_owned(),
            port: url.port(),
            authority: url.authority().to_owned(),
            key: provider.key.value.clone(),
            paths: Dialect::ALL.map(|dialect| url.path_of(dialect)),
        }
    }

    /// Whether the gateway has a key of its own for this provider.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The path for `dialect`. That the provider speaks it is for the routing to know.
    pub(super) fn path(&self, dialect: Dialect) -> &str {
        &self.paths[dialect as usize]
    }

    /// The key as headers carry it: the header's name, what stands before the key, the key.
    pub(super) fn credential(&self, dialect: Dialect) -> Option<[&str; 3]> {
        let key = self.key.as_ref()?.expose();
        Some(match dialect {
            Dialect::Chat | Dialect::Responses => ["authorization", "Bearer ", key],
            Dialect::Messages => ["x-api-key", "", key],
        })
    }
}
