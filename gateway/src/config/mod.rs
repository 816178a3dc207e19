//! What the gateway is told to do, checked: from a TOML file or from the environment alone.

mod base_url;
mod client_key;
mod environment;
mod error;
mod file;
mod key;
mod kind;
mod limits;
mod operations;
mod place;
mod provider;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub(crate) use base_url::{BaseUrl, Scheme};
pub(crate) use client_key::{ClientKey, KeyHash, ModelPattern};
pub(crate) use error::ConfigError;
pub(crate) use key::{ApiKey, Key};
pub(crate) use kind::Kind;
pub(crate) use limits::{Breaker, Limits, Retries, Timeouts};
pub(crate) use operations::Operations;
#[cfg(test)]
pub(crate) use provider::test_provider;
pub(crate) use provider::{Auth, ConnectionLimits, Provider, ProviderDialect, Trust};

/// Where the gateway listens when nothing says otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// A whole configuration in which every name resolves.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) source: Source,
    pub(crate) listen: SocketAddr,
    /// Whether to listen beyond loopback although no client needs a key.
    pub(crate) allow_open: bool,
    pub(crate) limits: Limits,
    pub(crate) retries: Retries,
    pub(crate) breaker: Breaker,
    /// In the order of the file: for a bare model name, the first that speaks a dialect wins.
    pub(crate) providers: Vec<Provider>,
    pub(crate) models: Vec<Model>,
    /// The keys of clients; where there are none, everybody is served.
    pub(crate) keys: Vec<ClientKey>,
    pub(crate) operations: Operations,
}

/// Where a configuration came from.
#[derive(Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Environment,
}

/// A name that clients may ask for.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: String,
    /// Other names for the same.
    pub(crate) aliases: Vec<String>,
    /// Equals among which each request chooses by weight; at least one.
    pub(crate) targets: Vec<ModelTarget>,
    /// Where a request goes when no target answers, in this order.
    pub(crate) fallbacks: Vec<ModelTarget>,
}

/// A model of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelTarget {
    /// Index into [`Config::providers`].
    pub(crate) provider: usize,
    /// What the provider calls the model.
    pub(crate) upstream: String,
    /// The share of requests among the targets of one model; above 0.
    pub(crate) weight: u32,
}

/// Reads environment variables; an empty one counts as unset.
type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Config {
    /// Reads `file`, or without one the environment.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let variables = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match file {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
                        path: path.to_owned(),
                        source,
                    })?;
                file::parse(path, &text, &variables)
            }
            None => environment::read(&variables),
        }
    }

    /// Fails where strangers could use the providers' keys: beyond loopback somebody must have
    /// said so.
    pub(crate) fn check_exposure(&self) -> Result<(), ConfigError> {
        if self.listen.ip().is_loopback() || !self.keys.is_empty() || self.allow_open {
            Ok(())
        } else {
            Err(ConfigError::Open {
                listen: self.listen,
            })
        }
    }
}
