//! `[[keys]]`: who may use the gateway.

use std::num::NonZeroU32;

use serde::Deserialize;
use toml::Spanned;

use super::Problem;
use super::provider::is_variable_name;
use crate::config::{ApiKey, ClientKey, KeyHash, ModelPattern, Variables};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyTable {
    name: Spanned<String>,
    sha256: Option<Spanned<String>>,
    key_env: Option<Spanned<String>>,
    models: Option<Vec<String>>,
    requests_per_minute: Option<NonZeroU32>,
}

pub(super) fn check(
    tables: Vec<KeyTable>,
    variables: &Variables<'_>,
) -> Result<Vec<ClientKey>, Problem> {
    let mut keys: Vec<ClientKey> = Vec::with_capacity(tables.len());
    for table in tables {
        let hash = hash(&table, variables)?;
        let name = table.name;
        if name.get_ref().is_empty() || name.get_ref().chars().any(char::is_control) {
            return Err(Problem::at(
                &name,
                "must not be empty or hold control characters",
            ));
        }
        if keys.iter().any(|other| other.name == *name.get_ref()) {
            return Err(Problem::at(
                &name,
                format!("the key `{}` is listed twice", name.get_ref()),
            ));
        }
        if let Some(other) = keys.iter().find(|other| other.hash == hash) {
            return Err(Problem::at(
                &name,
                format!("is the same key as that of `{}`", other.name),
            ));
        }
        keys.push(ClientKey {
            name: name.into_inner(),
            hash,
            models: table
                .models
                .map(|models| models.iter().map(|text| ModelPattern::new(text)).collect()),
            requests_per_minute: table.requests_per_minute,
        });
    }
    Ok(keys)
}

fn hash(table: &KeyTable, variables: &Variables<'_>) -> Result<KeyHash, Problem> {
    match (&table.sha256, &table.key_env) {
        (Some(digits), None) => {
            KeyHash::parse(digits.get_ref()).map_err(|problem| Problem::at(digits, problem))
        }
        (None, Some(variable)) => {
            if !is_variable_name(variable.get_ref()) {
                return Err(Problem::at(
                    variable,
                    "must be the name of an environment variable, such as \"TEAM_A_KEY\"",
                ));
            }
            match variables(variable.get_ref()) {
                // One that no client can send would only lock its owner out.
                Some(key) => ApiKey::new(key)
                    .map(|key| KeyHash::of(key.expose().as_bytes()))
                    .map_err(|problem| Problem::at(variable, problem)),
                // Without it the key would match nobody, or worse, everybody.
                None => Err(Problem::at(
                    variable,
                    "this environment variable is not set",
                )),
            }
        }
        (Some(_), Some(variable)) => Err(Problem::at(
            variable,
            "stands beside `sha256`: a key has one or the other",
        )),
        (None, None) => Err(Problem::at(
            &table.name,
            "needs `sha256`, which `gateway hash-key` prints, or `key_env`",
        )),
    }
}
