//! `[[models]]`: names that clients may ask for.

use std::num::NonZeroU32;

use serde::Deserialize;
use toml::Spanned;

use super::Problem;
use crate::config::{Model, ModelTarget, Provider};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelTable {
    name: Spanned<String>,
    /// The one target, in short.
    provider: Option<Spanned<String>>,
    upstream: Option<Spanned<String>>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    targets: Vec<TargetTable>,
    #[serde(default)]
    fallbacks: Vec<Spanned<String>>,
}

/// The most targets of one model.
const MOST_TARGETS: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetTable {
    provider: Spanned<String>,
    upstream: Option<Spanned<String>>,
    weight: Option<NonZeroU32>,
}

pub(super) fn check(tables: &[ModelTable], providers: &[Provider]) -> Result<Vec<Model>, Problem> {
    let mut models: Vec<Model> = Vec::with_capacity(tables.len());
    let mut names: Vec<&str> = Vec::new();
    for table in tables {
        for name in std::iter::once(&table.name).chain(&table.aliases) {
            check_name(name, providers)?;
            if names.contains(&name.get_ref().as_str()) {
                return Err(Problem::at(
                    name,
                    format!("the model `{}` is listed twice", name.get_ref()),
                ));
            }
            names.push(name.get_ref());
        }
        models.push(Model {
            name: table.name.get_ref().clone(),
            aliases: table
                .aliases
                .iter()
                .map(|name| name.get_ref().clone())
                .collect(),
            targets: targets(table, providers)?,
            fallbacks: table
                .fallbacks
                .iter()
                .map(|text| fallback(text, providers))
                .collect::<Result<_, _>>()?,
        });
    }
    Ok(models)
}

fn check_name(name: &Spanned<String>, providers: &[Provider]) -> Result<(), Problem> {
    if name.get_ref().is_empty() {
        return Err(Problem::at(name, "must not be empty"));
    }
    match name.get_ref().split_once('/') {
        Some((prefix, _)) if providers.iter().any(|provider| provider.name == prefix) => {
            Err(Problem::at(
                name,
                format!(
                    "`{}` always routes to the provider `{prefix}`, so listing it has no effect",
                    name.get_ref()
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn targets(table: &ModelTable, providers: &[Provider]) -> Result<Vec<ModelTarget>, Problem> {
    match (&table.provider, &table.targets[..]) {
        (Some(provider), []) => {
            let upstream = table.upstream.as_ref().unwrap_or(&table.name);
            Ok(vec![target(provider, upstream, None, providers)?])
        }
        (None, []) => Err(Problem::at(
            &table.name,
            "needs a provider: say `provider = \"NAME\"`, or list several as `targets`",
        )),
        (Some(provider), _) => Err(Problem::at(
            provider,
            "stands beside `targets`: say either where the model is, or list its targets",
        )),
        (None, [.., last]) if table.targets.len() > MOST_TARGETS => Err(Problem::at(
            &last.provider,
            format!("is one of more than {MOST_TARGETS} targets of a model"),
        )),
        (None, targets) => {
            if let Some(upstream) = &table.upstream {
                return Err(Problem::at(
                    upstream,
                    "stands beside `targets`: give each target its own `upstream`",
                ));
            }
            targets
                .iter()
                .map(|one| {
                    let upstream = one.upstream.as_ref().unwrap_or(&table.name);
                    target(&one.provider, upstream, one.weight, providers)
                })
                .collect()
        }
    }
}

fn target(
    provider: &Spanned<String>,
    upstream: &Spanned<String>,
    weight: Option<NonZeroU32>,
    providers: &[Provider],
) -> Result<ModelTarget, Problem> {
    let provider = position(provider.get_ref(), providers)
        .map_err(|problem| Problem::at(provider, problem))?;
    if upstream.get_ref().is_empty() {
        return Err(Problem::at(upstream, "must not be empty"));
    }
    Ok(ModelTarget {
        provider,
        upstream: upstream.get_ref().clone(),
        weight: weight.map_or(1, NonZeroU32::get),
    })
}

fn fallback(text: &Spanned<String>, providers: &[Provider]) -> Result<ModelTarget, Problem> {
    let Some((provider, upstream)) = text.get_ref().split_once('/') else {
        return Err(Problem::at(
            text,
            "must be \"PROVIDER/MODEL\", the model as the provider calls it",
        ));
    };
    if upstream.is_empty() {
        return Err(Problem::at(text, "names no model after the `/`"));
    }
    Ok(ModelTarget {
        provider: position(provider, providers).map_err(|problem| Problem::at(text, problem))?,
        upstream: upstream.to_owned(),
        weight: 1,
    })
}

fn position(wanted: &str, providers: &[Provider]) -> Result<usize, String> {
    providers
        .iter()
        .position(|provider| provider.name == wanted)
        .ok_or_else(|| {
            let names: Vec<_> = providers
                .iter()
                .map(|provider| format!("`{}`", provider.name))
                .collect();
            format!(
                "unknown provider `{wanted}`, expected one of {}",
                names.join(", ")
            )
        })
}
