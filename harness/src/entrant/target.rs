//! How load reaches a started entrant.

use std::net::SocketAddr;

use workload::Dialect;

use super::{Crossing, Manifest, Secrets, UnknownPlaceholder, Values};
use crate::route::{ProviderDialect, Route};

/// Where and how requests are sent; what `loadgen` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `http://HOST:PORT`, without a path.
    pub base_url: String,
    /// The model that is asked for.
    pub model: String,
    /// Headers added to each request.
    pub headers: Vec<(String, String)>,
    /// Paths that differ from the dialect's own.
    pub paths: Vec<(Dialect, String)>,
    /// The same of requests that are to reach a provider of another dialect.
    pub crossings: Vec<CrossingTarget>,
    /// What of it no message may tell.
    pub secrets: Secrets,
}

/// Where and how requests of one dialect are sent that are to reach a provider
/// of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossingTarget {
    client: Dialect,
    provider: ProviderDialect,
    target: Target,
}

impl Target {
    /// The address in its URL; `None` where that has a name.
    pub fn address(&self) -> Option<SocketAddr> {
        self.base_url.strip_prefix("http://")?.parse().ok()
    }

    /// The target of an entrant that listens at `base_url`.
    ///
    /// # Errors
    /// A header or path holds a placeholder that has no value.
    pub fn new(
        manifest: &Manifest,
        base_url: String,
        values: &Values,
    ) -> Result<Self, UnknownPlaceholder> {
        let mut headers = Vec::new();
        for (name, value) in &manifest.headers {
            headers.push((name.clone(), values.fill(value)?));
        }
        let mut paths = Vec::new();
        for (&dialect, path) in &manifest.paths {
            paths.push((dialect, values.fill(path)?));
        }
        let mut target = Self {
            base_url,
            model: manifest.model.clone(),
            headers,
            paths,
            crossings: Vec::new(),
            secrets: Secrets::of(manifest, values),
        };
        let mut crossings = Vec::new();
        for (&client, providers) in &manifest.translation {
            for (&provider, crossing) in providers {
                crossings.push(CrossingTarget {
                    client,
                    provider,
                    target: target.crossed(client, crossing, values)?,
                });
            }
        }
        target.crossings = crossings;
        Ok(target)
    }

    /// The same with what a crossing changes of it.
    fn crossed(
        &self,
        client: Dialect,
        crossing: &Crossing,
        values: &Values,
    ) -> Result<Self, UnknownPlaceholder> {
        let mut target = self.clone();
        if let Some(model) = &crossing.model {
            target.model.clone_from(model);
        }
        for (name, value) in &crossing.headers {
            let headers = &mut target.headers;
            headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            headers.push((name.clone(), values.fill(value)?));
        }
        if let Some(path) = &crossing.path {
            target.paths.retain(|(other, _)| *other != client);
            target.paths.push((client, values.fill(path)?));
        }
        Ok(target)
    }

    /// The target of requests on a route: as declared, or this itself where
    /// the route is the client's own; `None` of others.
    pub fn on(&self, route: Route) -> Option<&Self> {
        let is_it = |one: &&CrossingTarget| {
            one.client == route.workload.dialect && one.provider == route.provider
        };
        match self.crossings.iter().find(is_it) {
            Some(crossing) => Some(&crossing.target),
            None => (!route.is_translated()).then_some(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use workload::Workload;

    use super::*;
    use crate::plan::Profile;

    const MANIFEST: &str = r#"
title = "a"
runtime = "a"
direct = true
model = "m"
headers = { x-provider = "openai", x-other = "o" }
paths = { messages = "/a" }

[translation]
messages.chat = {}
messages.gemini = { model = "g", path = "/b", headers = { X-Provider = "google {mock_url}" } }
"#;

    #[test]
    fn a_crossing_changes_what_it_says_and_nothing_else() {
        let manifest: Manifest = toml::from_str(MANIFEST).unwrap();
        let values = Values::default().with("mock_url", "http://mock");
        let target = Target::new(&manifest, "http://x".into(), &values).unwrap();
        let messages = Workload::new(Dialect::Messages, true);
        let on = |workload, provider| target.on(Route { workload, provider });
        let chat = on(messages, ProviderDialect::Chat).unwrap();
        assert_eq!(
            (&chat.model, &chat.headers, &chat.paths),
            (&target.model, &target.headers, &target.paths)
        );
        let gemini = on(messages, ProviderDialect::Gemini).unwrap();
        assert_eq!(gemini.model, "g");
        assert_eq!(gemini.paths, [(Dialect::Messages, "/b".to_owned())]);
        let headers: Vec<String> = gemini
            .headers
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(headers, ["x-other=o", "X-Provider=google http://mock"]);
        assert_eq!(on(messages, ProviderDialect::Messages), Some(&target));
        assert_eq!(on(messages, ProviderDialect::Responses), None);
        let chat = Workload::new(Dialect::Chat, false);
        assert_eq!(on(chat, ProviderDialect::Messages), None);
        assert_eq!(manifest.declared_routes().len(), 4);
        let routes = |profile| manifest.routes_of(&Profile::named(profile).unwrap()).len();
        assert_eq!(routes("translation"), 4 + 6);
        assert_eq!(routes("quick"), 4);
        assert_eq!(routes("aws"), 0);
    }
}
