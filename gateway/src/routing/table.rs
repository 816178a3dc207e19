//! The routing table: from a model's name and the client's dialect to a provider.
//!
//! 1. `provider/model` goes to that provider, which is asked for `model`.
//! 2. A listed name goes to the provider it is listed with, under its upstream name.
//! 3. Any other name without a `/` goes, as it is, to the first provider that speaks the
//!    client's dialect.

use std::collections::HashMap;

use crate::config::{Config, Model, Provider};
use crate::dialect::{Dialect, Fault, UnknownModel};

pub(crate) struct RoutingTable {
    providers: Vec<Speaker>,
    /// The listed models, in the configuration's order, and where to find each by its name.
    models: Vec<Listed>,
    by_name: HashMap<String, usize>,
    /// For each dialect, the first provider that speaks it.
    first_speakers: [Option<usize>; Dialect::ALL.len()],
}

struct Speaker {
    name: String,
    dialects: Vec<Dialect>,
}

/// A model that the configuration lists.
pub(crate) struct Listed {
    pub(crate) name: String,
    provider: usize,
    upstream: String,
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route<'a> {
    /// Index into the configuration's providers.
    pub(crate) provider: usize,
    /// What the provider calls the model.
    pub(crate) upstream: &'a str,
}

impl RoutingTable {
    pub(crate) fn new(config: &Config) -> Self {
        let listed = |model: &Model| Listed {
            name: model.name.clone(),
            provider: model.provider,
            upstream: model.upstream.clone(),
        };
        let speaker = |provider: &Provider| Speaker {
            name: provider.name.clone(),
            dialects: provider.dialects.clone(),
        };
        let models: Vec<_> = config.models.iter().map(listed).collect();
        Self {
            providers: config.providers.iter().map(speaker).collect(),
            by_name: models
                .iter()
                .enumerate()
                .map(|(index, model)| (model.name.clone(), index))
                .collect(),
            models,
            first_speakers: Dialect::ALL.map(|dialect| {
                config
                    .providers
                    .iter()
                    .position(|provider| provider.dialects.contains(&dialect))
            }),
        }
    }

    /// The listed models and the names of their providers.
    pub(crate) fn listed(&self) -> impl ExactSizeIterator<Item = (&Listed, &str)> {
        self.models
            .iter()
            .map(|model| (model, self.providers[model.provider].name.as_str()))
    }

    /// Finds the provider for `model`, asked for in `dialect`.
    pub(crate) fn resolve<'a>(
        &'a self,
        model: &'a str,
        dialect: Dialect,
    ) -> Result<Route<'a>, Fault> {
        self.find(model, dialect)
            .map_err(|why| Fault::UnknownModel {
                model: model.to_owned(),
                why,
            })
    }

    fn find<'a>(&'a self, model: &'a str, dialect: Dialect) -> Result<Route<'a>, UnknownModel> {
        let prefix = model.split_once('/');
        if let Some((prefix, upstream)) = prefix
            && let Some(provider) = self.providers.iter().position(|one| one.name == prefix)
        {
            return self.route(provider, upstream, dialect);
        }
        if let Some(listed) = self.by_name.get(model).map(|index| &self.models[*index]) {
            return self.route(listed.provider, &listed.upstream, dialect);
        }
        if let Some((prefix, _)) = prefix {
            return Err(UnknownModel::NoSuchProvider {
                prefix: prefix.to_owned(),
                known: self.names(),
            });
        }
        match self.first_speakers[dialect as usize] {
            Some(provider) => Ok(Route {
                provider,
                upstream: model,
            }),
            None => Err(UnknownModel::NobodySpeaks {
                dialect: dialect.name(),
            }),
        }
    }

    fn route<'a>(
        &self,
        provider: usize,
        upstream: &'a str,
        dialect: Dialect,
    ) -> Result<Route<'a>, UnknownModel> {
        let speaker = &self.providers[provider];
        if speaker.dialects.contains(&dialect) {
            Ok(Route { provider, upstream })
        } else {
            Err(UnknownModel::OtherDialect {
                provider: speaker.name.clone(),
                dialect: dialect.name(),
            })
        }
    }

    fn names(&self) -> String {
        let names: Vec<_> = self
            .providers
            .iter()
            .map(|provider| format!("`{}`", provider.name))
            .collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BaseUrl, Key, Source};

    fn table() -> RoutingTable {
        let provider = |name: &str, dialects: &[Dialect]| Provider {
            name: name.to_owned(),
            dialects: dialects.to_vec(),
            base_url: BaseUrl::parse("http://h").unwrap(),
            key: Key {
                variable: None,
                value: None,
            },
            response_timeout: std::time::Duration::from_secs(1),
        };
        let model = |name: &str, provider, upstream: &str| Model {
            name: name.to_owned(),
            provider,
            upstream: upstream.to_owned(),
        };
        RoutingTable::new(&Config {
            source: Source::Environment,
            listen: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 1,
            providers: vec![
                provider("claude", &[Dialect::Messages]),
                provider("first", &[Dialect::Chat]),
                provider("second", &[Dialect::Chat]),
            ],
            models: vec![
                model("fast", 2, "gpt-4o-mini"),
                model("meta/llama", 2, "meta/llama"),
            ],
        })
    }

    fn chat(model: &str) -> Result<(usize, String), String> {
        table()
            .resolve(model, Dialect::Chat)
            .map(|route| (route.provider, route.upstream.to_owned()))
            .map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_prefix_names_the_provider() {
        assert_eq!(chat("second/gpt"), Ok((2, "gpt".to_owned())));
        assert_eq!(chat("second/meta/llama"), Ok((2, "meta/llama".to_owned())));
        assert_eq!(chat("first/fast"), Ok((1, "fast".to_owned())));
    }

    #[test]
    fn a_listed_name_goes_where_it_is_listed() {
        assert_eq!(chat("fast"), Ok((2, "gpt-4o-mini".to_owned())));
        assert_eq!(chat("meta/llama"), Ok((2, "meta/llama".to_owned())));
    }

    #[test]
    fn any_other_name_goes_to_the_first_that_speaks_the_dialect() {
        assert_eq!(chat("gpt"), Ok((1, "gpt".to_owned())));
        assert_eq!(
            table().resolve("gpt", Dialect::Messages).unwrap(),
            Route {
                provider: 0,
                upstream: "gpt"
            }
        );
    }

    #[test]
    fn says_why_nobody_answers() {
        assert_eq!(
            chat("nobody/gpt").unwrap_err(),
            "The model `nobody/gpt` does not exist here: no provider is named `nobody` (there \
             are: `claude`, `first`, `second`)."
        );
        assert_eq!(
            chat("claude/opus").unwrap_err(),
            "The model `claude/opus` does not exist here: its provider `claude` does not speak \
             the chat dialect."
        );
        assert_eq!(
            table()
                .resolve("gpt", Dialect::Responses)
                .unwrap_err()
                .to_string(),
            "The model `gpt` does not exist here: no provider speaks the responses dialect."
        );
    }

    #[test]
    fn lists_models_with_their_providers() {
        let table = table();
        let listed: Vec<_> = table
            .listed()
            .map(|(model, provider)| (model.name.as_str(), provider))
            .collect();
        assert_eq!(listed, [("fast", "second"), ("meta/llama", "second")]);
    }
}
