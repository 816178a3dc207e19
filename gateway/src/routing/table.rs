//! The routing table: from a model's name and the client's dialect to the providers that may
//! answer.
//!
//! 1. `provider/model` goes to that provider, which is asked for `model`.
//! 2. A listed name goes to one of the targets it is listed with, under that target's name for
//!    it, and from there to its fallbacks.
//! 3. Any other name without a `/` goes, as it is, to the first provider that speaks the
//!    client's dialect, or else to the first of all.
//!
//! A provider of another dialect answers by translation, where the endpoint can be translated.

use std::collections::HashMap;

use crate::config::{Config, Model, ModelTarget, Provider};
use crate::dialect::{Dialect, Fault, UnknownModel};
use crate::request::Endpoint;

pub(crate) struct RoutingTable {
    providers: Vec<Speaker>,
    /// The listed models, in the configuration's order, and where to find each by its names.
    models: Vec<Listed>,
    by_name: HashMap<String, usize>,
    /// For each dialect, the first provider that speaks it.
    first_speakers: [Option<usize>; Dialect::ALL.len()],
}

struct Speaker {
    name: String,
    speaks: [bool; Dialect::ALL.len()],
}

/// A model that the configuration lists.
pub(crate) struct Listed {
    name: String,
    aliases: Vec<String>,
    /// The provider of its first target.
    provider: usize,
    /// For each dialect, where it may be answered in that dialect.
    plans: [Plan; Dialect::ALL.len()],
    /// Where it may be answered in whatever dialect.
    translated: Plan,
}

/// Where a listed model may be answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Equals, chosen from by weight.
    pub(super) targets: Vec<ModelTarget>,
    pub(super) fallbacks: Vec<ModelTarget>,
}

/// A provider, and what it calls the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// Index into the configuration's providers.
    pub(crate) provider: usize,
    pub(crate) upstream: &'a str,
}

/// Where a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// To one place only.
    One(Place<'a>),
    /// Where the configuration lists the model of this name.
    Listed(&'a Plan, &'a str),
}

impl Listed {
    /// Every name that a client may ask for it by.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.aliases)
            .map(String::as_str)
    }
}

impl Route<'_> {
    /// The provider that a request would mostly go to.
    pub(crate) fn first_provider(&self) -> usize {
        match self {
            Self::One(place) => place.provider,
            Self::Listed(plan, _) => plan.targets.first().map_or(0, |target| target.provider),
        }
    }
}

impl RoutingTable {
    pub(crate) fn new(config: &Config) -> Self {
        let speaker = |provider: &Provider| Speaker {
            name: provider.name.clone(),
            speaks: Dialect::ALL.map(|dialect| provider.speaks(dialect)),
        };
        let providers: Vec<_> = config.providers.iter().map(speaker).collect();
        let models: Vec<_> = config
            .models
            .iter()
            .map(|model| listed(model, &providers))
            .collect();
        let names = models
            .iter()
            .enumerate()
            .flat_map(|(index, model)| model.names().map(move |name| (name.to_owned(), index)));
        Self {
            by_name: names.collect(),
            first_speakers: Dialect::ALL.map(|dialect| {
                providers
                    .iter()
                    .position(|provider| provider.speaks[dialect as usize])
            }),
            providers,
            models,
        }
    }

    /// The listed models and the names of their providers.
    pub(crate) fn listed(&self) -> impl ExactSizeIterator<Item = (&Listed, &str)> {
        self.models
            .iter()
            .map(|model| (model, self.providers[model.provider].name.as_str()))
    }

    /// The index of the provider called `name`.
    pub(crate) fn provider(&self, name: &str) -> Option<usize> {
        self.providers.iter().position(|one| one.name == name)
    }

    /// Finds where `model`, asked for at `endpoint`, may be answered.
    pub(crate) fn resolve<'a>(
        &'a self,
        model: &'a str,
        endpoint: Endpoint,
    ) -> Result<Route<'a>, Fault> {
        self.find(model, endpoint.dialect(), endpoint.is_translated())
            .map_err(|why| Fault::UnknownModel {
                model: model.to_owned(),
                why,
            })
    }

    fn find<'a>(
        &'a self,
        model: &'a str,
        dialect: Dialect,
        translated: bool,
    ) -> Result<Route<'a>, UnknownModel> {
        // `split_once` on a character costs ten times as much.
        let prefix = memchr::memchr(b'/', model.as_bytes())
            .map(|slash| (&model[..slash], &model[slash + 1..]));
        if let Some((prefix, upstream)) = prefix
            && let Some(provider) = self.provider(prefix)
        {
            return if translated || self.providers[provider].speaks[dialect as usize] {
                Ok(Route::One(Place { provider, upstream }))
            } else {
                Err(self.other_dialect(provider, dialect))
            };
        }
        if let Some(listed) = self.by_name.get(model).map(|index| &self.models[*index]) {
            let plan = if translated {
                &listed.translated
            } else {
                &listed.plans[dialect as usize]
            };
            return if plan.targets.is_empty() {
                Err(self.other_dialect(listed.provider, dialect))
            } else {
                Ok(Route::Listed(plan, &listed.name))
            };
        }
        if let Some((prefix, _)) = prefix {
            return Err(UnknownModel::NoSuchProvider {
                prefix: prefix.to_owned(),
                known: self.names(),
            });
        }
        let any = || (translated && !self.providers.is_empty()).then_some(0);
        match self.first_speakers[dialect as usize].or_else(any) {
            Some(provider) => Ok(Route::One(Place {
                provider,
                upstream: model,
            })),
            None => Err(UnknownModel::NobodySpeaks {
                dialect: dialect.name(),
            }),
        }
    }

    fn other_dialect(&self, provider: usize, dialect: Dialect) -> UnknownModel {
        UnknownModel::OtherDialect {
            provider: self.providers[provider].name.clone(),
            dialect: dialect.name(),
        }
    }

    /// The providers' names, in the configuration's order.
    pub(crate) fn provider_names(&self) -> impl Iterator<Item = &str> {
        self.providers.iter().map(|provider| provider.name.as_str())
    }

    /// The names of all providers, for a message.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self
            .providers
            .iter()
            .map(|provider| format!("`{}`", provider.name))
            .collect();
        names.join(", ")
    }
}

fn listed(model: &Model, providers: &[Speaker]) -> Listed {
    let speaking = |targets: &[ModelTarget], dialect: Dialect| {
        let speaks = |target: &&ModelTarget| providers[target.provider].speaks[dialect as usize];
        targets.iter().filter(speaks).cloned().collect()
    };
    Listed {
        name: model.name.clone(),
        aliases: model.aliases.clone(),
        provider: model.targets.first().map_or(0, |target| target.provider),
        plans: Dialect::ALL.map(|dialect| Plan {
            targets: speaking(&model.targets, dialect),
            fallbacks: speaking(&model.fallbacks, dialect),
        }),
        translated: Plan {
            targets: model.targets.clone(),
            fallbacks: model.fallbacks.clone(),
        },
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
