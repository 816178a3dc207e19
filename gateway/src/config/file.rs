//! The TOML file: its shape, and the checks that its shape cannot make.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::place::Place;
use super::{
    ApiKey, BaseUrl, Config, ConfigError, DEFAULT_LISTEN, DEFAULT_MAX_BODY_BYTES,
    DEFAULT_RESPONSE_TIMEOUT, Key, Model, Provider, Source, Variables,
};
use crate::dialect::Dialect;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<Spanned<String>>,
    max_body_bytes: Option<usize>,
    #[serde(default)]
    providers: std::collections::HashMap<Spanned<String>, ProviderTable>,
    #[serde(default)]
    models: Vec<ModelTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderTable {
    dialects: Spanned<Vec<Dialect>>,
    base_url: Spanned<String>,
    api_key_env: Option<Spanned<String>>,
    response_timeout: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelTable {
    name: Spanned<String>,
    provider: Spanned<String>,
    upstream: Option<Spanned<String>>,
}

/// A problem and the byte of the file where it stands.
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
    let mut tables: Vec<_> = file.providers.into_iter().collect();
    tables.sort_by_key(|(name, _)| name.span().start);
    let mut providers = Vec::with_capacity(tables.len());
    for (name, table) in tables {
        providers.push(provider(name, table, variables)?);
    }
    if providers.is_empty() {
        return Err(Problem {
            offset: 0,
            text: "there must be a provider: add a table [providers.NAME]".to_owned(),
        });
    }
    let mut models: Vec<Model> = Vec::with_capacity(file.models.len());
    for table in file.models {
        let model = model(&table, &providers)?;
        if models.iter().any(|other| other.name == model.name) {
            return Err(Problem::at(
                &table.name,
                format!("the model `{}` is listed twice", model.name),
            ));
        }
        models.push(model);
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
        max_body_bytes: file.max_body_bytes.unwrap_or(DEFAULT_MAX_BODY_BYTES),
        providers,
        models,
    })
}

fn provider(
    name: Spanned<String>,
    table: ProviderTable,
    variables: &Variables<'_>,
) -> Result<Provider, Problem> {
    if name.get_ref().is_empty() || name.get_ref().contains('/') {
        return Err(Problem::at(
            &name,
            "a provider's name must not be empty or hold a `/`",
        ));
    }
    if table.dialects.get_ref().is_empty() {
        return Err(Problem::at(
            &table.dialects,
            format!("must name one of {}", valid_dialects()),
        ));
    }
    let base_url = BaseUrl::parse(table.base_url.get_ref())
        .map_err(|problem| Problem::at(&table.base_url, problem))?;
    let response_timeout = match &table.response_timeout {
        Some(text) => timeout(text)?,
        None => DEFAULT_RESPONSE_TIMEOUT,
    };
    Ok(Provider {
        name: name.into_inner(),
        dialects: table.dialects.into_inner(),
        base_url,
        key: key(table.api_key_env, variables)?,
        response_timeout,
    })
}

fn key(variable: Option<Spanned<String>>, variables: &Variables<'_>) -> Result<Key, Problem> {
    let Some(variable) = variable else {
        return Ok(Key {
            variable: None,
            value: None,
        });
    };
    // A key pasted here by mistake must not reach a terminal, so the text is not repeated.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if variable.get_ref().is_empty() || !variable.get_ref().bytes().all(is_name) {
        return Err(Problem::at(
            &variable,
            "must be the name of an environment variable, such as \"OPENAI_API_KEY\"",
        ));
    }
    let value = variables(variable.get_ref())
        .map(ApiKey::new)
        .transpose()
        .map_err(|problem| Problem::at(&variable, problem))?;
    Ok(Key {
        variable: Some(variable.into_inner()),
        value,
    })
}

fn timeout(text: &Spanned<String>) -> Result<Duration, Problem> {
    match humantime::parse_duration(text.get_ref()) {
        Ok(Duration::ZERO) => Err(Problem::at(text, "must be longer than zero")),
        Ok(timeout) => Ok(timeout),
        Err(error) => Err(Problem::at(
            text,
            format!("must be a duration, such as \"90s\" or \"10m\": {error}"),
        )),
    }
}

fn model(table: &ModelTable, providers: &[Provider]) -> Result<Model, Problem> {
    let name = table.name.get_ref();
    if name.is_empty() {
        return Err(Problem::at(&table.name, "must not be empty"));
    }
    if let Some((prefix, _)) = name.split_once('/')
        && providers.iter().any(|provider| provider.name == prefix)
    {
        return Err(Problem::at(
            &table.name,
            format!(
                "`{name}` always routes to the provider `{prefix}`, so listing it has no effect"
            ),
        ));
    }
    let wanted = table.provider.get_ref();
    let provider = providers
        .iter()
        .position(|provider| provider.name == *wanted)
        .ok_or_else(|| {
            let names: Vec<_> = providers
                .iter()
                .map(|provider| format!("`{}`", provider.name))
                .collect();
            Problem::at(
                &table.provider,
                format!(
                    "unknown provider `{wanted}`, expected one of {}",
                    names.join(", ")
                ),
            )
        })?;
    let upstream = table.upstream.as_ref().unwrap_or(&table.name);
    if upstream.get_ref().is_empty() {
        return Err(Problem::at(upstream, "must not be empty"));
    }
    Ok(Model {
        name: name.clone(),
        provider,
        upstream: upstream.get_ref().clone(),
    })
}

fn valid_dialects() -> String {
    Dialect::ALL
        .map(|dialect| format!("`{}`", dialect.name()))
        .join(", ")
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
