//! `[providers.NAME]`: services that answer for models.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use hyper::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use toml::Spanned;

use super::Problem;
use super::limits::TimeoutsTable;
use crate::config::kind::{self, CUSTOM, KINDS};
use crate::config::{
    ApiKey, Auth, BaseUrl, ConnectionLimits, Key, Kind, Provider, ProviderDialect, Timeouts, Trust,
    Variables,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderTable {
    kind: Option<Spanned<String>>,
    dialects: Option<Spanned<Vec<ProviderDialect>>>,
    base_url: Option<Spanned<String>>,
    api_key_env: Option<Spanned<String>>,
    auth: Option<Auth>,
    api_version: Option<Spanned<String>>,
    #[serde(default)]
    headers: BTreeMap<Spanned<String>, Spanned<String>>,
    ca_file: Option<Spanned<PathBuf>>,
    system_ca: Option<Spanned<bool>>,
    #[serde(default)]
    timeouts: TimeoutsTable,
    max_connections: Option<NonZeroUsize>,
    max_waiting: Option<usize>,
    max_idle: Option<usize>,
}

pub(super) fn check(
    name: Spanned<String>,
    table: ProviderTable,
    timeouts: Timeouts,
    variables: &Variables<'_>,
) -> Result<Provider, Problem> {
    let bad = |byte: char| byte == '/' || byte.is_control();
    if name.get_ref().is_empty() || name.get_ref().contains(bad) {
        return Err(Problem::at(
            &name,
            "a provider's name must not be empty or hold a `/` or control characters",
        ));
    }
    let kind = kind(table.kind.as_ref())?;
    let trust = trust(&table)?;
    let base_url = base_url(&name, &table, kind)?;
    let key = match table.api_key_env {
        Some(variable) => named_key(variable, variables)?,
        None => key_of_kind(table.kind.as_ref().unwrap_or(&name), kind, variables)?,
    };
    let connections = ConnectionLimits::default();
    Ok(Provider {
        dialects: dialects(&name, table.dialects, kind)?,
        kind,
        base_url,
        key,
        auth: table.auth.unwrap_or(kind.auth),
        api_version: table.api_version.map(api_version).transpose()?,
        headers: headers(table.headers)?,
        trust,
        timeouts: table.timeouts.over(timeouts),
        connections: ConnectionLimits {
            max: table.max_connections.map(usize::from),
            max_waiting: table.max_waiting.unwrap_or(connections.max_waiting),
            max_idle: table.max_idle.unwrap_or(connections.max_idle),
        },
        name: name.into_inner(),
    })
}

fn kind(text: Option<&Spanned<String>>) -> Result<Kind, Problem> {
    let Some(text) = text else {
        return Ok(CUSTOM);
    };
    kind::named(text.get_ref()).ok_or_else(|| {
        let names: Vec<_> = KINDS
            .iter()
            .map(|kind| format!("`{}`", kind.name))
            .collect();
        Problem::at(
            text,
            format!(
                "unknown kind `{}`, expected one of {}",
                text.get_ref(),
                names.join(", ")
            ),
        )
    })
}

fn dialects(
    name: &Spanned<String>,
    dialects: Option<Spanned<Vec<ProviderDialect>>>,
    kind: Kind,
) -> Result<Vec<ProviderDialect>, Problem> {
    match dialects {
        Some(dialects) if dialects.get_ref().is_empty() => Err(Problem::at(
            &dialects,
            format!("must name one of {}", valid_dialects()),
        )),
        Some(dialects) => Ok(dialects.into_inner()),
        None if kind.dialects.is_empty() => Err(Problem::at(
            name,
            "missing field `dialects`, or a `kind` that says them",
        )),
        None => Ok(kind.dialects.to_vec()),
    }
}

fn base_url(name: &Spanned<String>, table: &ProviderTable, kind: Kind) -> Result<BaseUrl, Problem> {
    match (&table.base_url, kind.base_url) {
        (Some(text), _) => {
            BaseUrl::parse(text.get_ref()).map_err(|problem| Problem::at(text, problem))
        }
        (None, Some(known)) => BaseUrl::parse(known).map_err(|problem| Problem::at(name, problem)),
        (None, None) if kind == CUSTOM => Err(Problem::at(
            name,
            "missing field `base_url`, or a `kind` that says it",
        )),
        (None, None) => Err(Problem::at(
            name,
            format!(
                "missing field `base_url`: with the kind `{}` it is different for each customer",
                kind.name
            ),
        )),
    }
}

/// The key from the variable that a kind of provider has; `told_by` is where the file says which
/// kind it is.
fn key_of_kind(
    told_by: &Spanned<String>,
    kind: Kind,
    variables: &Variables<'_>,
) -> Result<Key, Problem> {
    let Some(variable) = kind.key_env else {
        return Ok(Key {
            variable: None,
            value: None,
        });
    };
    let value = variables(variable)
        .map(ApiKey::new)
        .transpose()
        .map_err(|problem| {
            Problem::at(
                told_by,
                format!("environment variable {variable}: {problem}"),
            )
        })?;
    Ok(Key {
        variable: Some(variable.to_owned()),
        value,
    })
}

fn named_key(variable: Spanned<String>, variables: &Variables<'_>) -> Result<Key, Problem> {
    // A key pasted here by mistake must not reach a terminal, so the text is not repeated.
    if !is_variable_name(variable.get_ref()) {
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

/// Whether `text` can be the name of an environment variable.
pub(super) fn is_variable_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.bytes().all(fits)
}

fn api_version(text: Spanned<String>) -> Result<String, Problem> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if text.get_ref().is_empty() || !text.get_ref().bytes().all(fits) {
        return Err(Problem::at(
            &text,
            "must be a version such as \"2024-10-21\"",
        ));
    }
    Ok(text.into_inner())
}

/// Headers that the gateway writes itself, or that would break the message.
const OWN_HEADERS: [&str; 6] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "expect",
    "upgrade",
];

fn headers(
    table: BTreeMap<Spanned<String>, Spanned<String>>,
) -> Result<Vec<(String, String)>, Problem> {
    let mut headers = Vec::with_capacity(table.len());
    for (name, value) in table {
        let lower = name.get_ref().to_ascii_lowercase();
        if HeaderName::from_bytes(lower.as_bytes()).is_err() {
            return Err(Problem::at(&name, "is no header's name"));
        }
        if OWN_HEADERS.contains(&lower.as_str()) {
            return Err(Problem::at(
                &name,
                "is a header that the gateway writes itself",
            ));
        }
        if HeaderValue::from_str(value.get_ref()).is_err() {
            return Err(Problem::at(
                &value,
                "holds characters that cannot stand in a header",
            ));
        }
        headers.push((lower, value.into_inner()));
    }
    Ok(headers)
}

fn trust(table: &ProviderTable) -> Result<Trust, Problem> {
    let system = table.system_ca.as_ref().filter(|system| *system.get_ref());
    match (&table.ca_file, system) {
        (Some(_), Some(system)) => Err(Problem::at(
            system,
            "stands beside `ca_file`: certificates come from one or the other",
        )),
        (Some(path), None) => {
            let held = std::fs::read(path.get_ref())
                .map_err(|error| Problem::at(path, format!("cannot be read: {error}")))?;
            if !holds_certificates(&held) {
                return Err(Problem::at(
                    path,
                    "holds no certificate in PEM form, or a broken one",
                ));
            }
            Ok(Trust::File(path.get_ref().clone()))
        }
        (None, Some(_)) => Ok(Trust::System),
        (None, None) => Ok(Trust::CompiledIn),
    }
}

/// Whether a PEM file is whole, as it is not while it is being written, and somebody can be
/// trusted by it.
fn holds_certificates(pem: &[u8]) -> bool {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.is_ok_and(|certificates| {
        // A long list may hold some that rustls takes exception to; the others still count.
        RootCertStore::empty()
            .add_parsable_certificates(certificates)
            .0
            > 0
    })
}

fn valid_dialects() -> String {
    ProviderDialect::ALL
        .map(|dialect| format!("`{}`", dialect.name()))
        .join(", ")
}
