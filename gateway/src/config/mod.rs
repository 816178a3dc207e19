//! What the gateway is told to do, checked: from a TOML file or from the environment alone.

mod base_url;
mod environment;
mod error;
mod file;
mod key;
mod place;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use base_url::{BaseUrl, Scheme};
pub(crate) use error::ConfigError;
pub(crate) use key::{ApiKey, Key};

use crate::dialect::Dialect;

/// Where the gateway listens when nothing says otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// The largest request body that is read, as Anthropic's own limit.
const DEFAULT_MAX_BODY_BYTES: usize = 32 * 1024 * 1024;
/// How long a provider may take until its answer begins: what OpenAI's SDKs wait.
const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_secs(600);

/// A whole configuration in which every name resolves.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) source: Source,
    pub(crate) listen: SocketAddr,
    pub(crate) max_body_bytes: usize,
    /// In the order of the file: for a bare model name, the first that speaks a dialect wins.
    pub(crate) providers: Vec<Provider>,
    pub(crate) models: Vec<Model>,
}

/// Where a configuration came from.
#[derive(Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Environment,
}

/// A service that answers for models.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) dialects: Vec<Dialect>,
    pub(crate) base_url: BaseUrl,
    pub(crate) key: Key,
    pub(crate) response_timeout: Duration,
}

/// A name that clients may ask for.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: String,
    /// Index into [`Config::providers`].
    pub(crate) provider: usize,
    /// What the provider calls the model.
    pub(crate) upstream: String,
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
}
