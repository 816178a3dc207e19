//! The TOML file: its shape, and the checks that its shape cannot make.

mod client_key;
mod limits;
mod model;
mod provider;
mod value;

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::place::Place;
use super::{Config, ConfigError, DEFAULT_LISTEN, Source, Variables};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<Spanned<String>>,
    #[serde(default)]
    allow_open: bool,
    max_body_bytes: Option<usize>,
    #[serde(default)]
    limits: limits::LimitsTable,
    #[serde(default)]
    timeouts: limits::TimeoutsTable,
    #[serde(default)]
    retries: limits::RetriesTable,
    #[serde(default)]
    breaker: limits::BreakerTable,
    #[serde(default)]
    providers: std::collections::HashMap<Spanned<String>, provider::ProviderTable>,
    #[serde(default)]
    models: Vec<model::ModelTable>,
    #[serde(default)]
    keys: Vec<client_key::KeyTable>,
    #[serde(default)]
    log: super::operations::Log,
    #[serde(default)]
    metrics: super::operations::Metrics,
    #[serde(default)]
    usage: super::operations::Usage,
    #[serde(default)]
    stream: super::operations::Stream,
    #[serde(default)]
    shutdown_timeout: super::operations::ShutdownTimeout,
}

/// A problem and the byte of the file where it stands.
#[derive(Debug)]
struct Problem {
    offset: usize,
    text: String,
}

impl Problem {
    fn at<T>(value: &Spanned<T>, text: impl Into<String>) -> Self {
        Self {
            offset: value.span().start,
            text: text.into(),
        }
    }
}

/// Reads the file's `text`; keys come from `variables`.
pub(super) fn parse(
    path: &Path,
    text: &str,
    variables: &Variables<'_>,
) -> Result<Config, ConfigError> {
    toml::from_str::<File>(text)
        .map_err(|error| Problem {
            offset: error.span().map_or(0, |span| span.start),
            text: error.message().to_owned(),
        })
        .and_then(|file| check(path, file, variables))
        .map_err(|problem| ConfigError::InFile {
            path: path.to_owned(),
            place: Box::new(Place::of(text, problem.offset)),
            problem: problem.text,
        })
}

/// The address of [`DEFAULT_LISTEN`].
pub(super) fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn check(path: &Path, file: File, variables: &Variables<'_>) -> Result<Config, Problem> {
    let timeouts = file.timeouts.over(super::Timeouts::default());
    let mut tables: Vec<_> = file.providers.into_iter().collect();
    tables.sort_by_key(|(name, _)| name.span().start);
    let mut providers = Vec::with_capacity(tables.len());
    for (name, table) in tables {
        providers.push(provider::check(name, table, timeouts, variables)?);
    }
    if providers.is_empty() {
        return Err(Problem {
            offset: 0,
            text: "there must be a provider: add a table [providers.NAME]".to_owned(),
        });
    }
    Ok(Config {
        source: Source::File(path.to_owned()),
        listen: match file.listen {
            Some(listen) => listen.get_ref().parse().map_err(|_| {
                Problem::at(
                    &listen,
                    format!("must be an IP address and a port, such as \"{DEFAULT_LISTEN}\""),
                )
            })?,
            None => default_listen(),
        },
        allow_open: file.allow_open,
        limits: file.limits.limits(file.max_body_bytes),
        retries: file.retries.retries(),
        breaker: file.breaker.breaker(),
        models: model::check(&file.models, &providers)?,
        keys: client_key::check(file.keys, variables)?,
        providers,
        operations: super::Operations {
            log: file.log,
            metrics: file.metrics,
            usage: file.usage,
            stream: file.stream,
            shutdown_timeout: file.shutdown_timeout,
        },
    })
}

#[cfg(test)]
mod tests;
