use std::net::SocketAddr;

use super::*;
use crate::config::{Breaker, Limits, Provider, ProviderDialect, Retries, Source, test_provider};

fn table() -> RoutingTable {
    let provider = |name: &str, dialects: &[ProviderDialect]| Provider {
        dialects: dialects.to_vec(),
        ..test_provider(name)
    };
    let target = |provider, upstream: &str| ModelTarget {
        provider,
        upstream: upstream.to_owned(),
        weight: 1,
    };
    let model = |name: &str, targets: &[ModelTarget]| Model {
        name: name.to_owned(),
        aliases: vec![format!("also-{name}")],
        targets: targets.to_vec(),
        fallbacks: vec![target(0, "claude"), target(1, "gpt")],
    };
    RoutingTable::new(&Config {
        source: Source::Environment,
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        allow_open: false,
        limits: Limits::default(),
        retries: Retries::default(),
        breaker: Breaker::default(),
        providers: vec![
            provider("claude", &[ProviderDialect::Messages]),
            provider("first", &[ProviderDialect::Chat]),
            provider("second", &[ProviderDialect::Chat]),
        ],
        models: vec![
            model("fast", &[target(2, "gpt-4o-mini")]),
            model("meta/llama", &[target(2, "meta/llama"), target(0, "x")]),
        ],
        keys: Vec::new(),
        operations: crate::config::Operations::default(),
    })
}

fn chat(model: &str) -> Result<(usize, String), String> {
    table()
        .resolve(model, Endpoint::Chat)
        .map(|route| match route {
            Route::One(place) => (place.provider, place.upstream.to_owned()),
            Route::Listed(plan, _) => {
                let target = &plan.targets[0];
                (target.provider, target.upstream.clone())
            }
        })
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
    assert_eq!(chat("also-fast"), Ok((2, "gpt-4o-mini".to_owned())));
}

#[test]
fn where_nothing_is_translated_only_places_that_speak_the_dialect_are_planned() {
    let table = table();
    let planned = |endpoint| {
        let Ok(Route::Listed(plan, "meta/llama")) = table.resolve("meta/llama", endpoint) else {
            panic!("listed")
        };
        let providers = |targets: &[ModelTarget]| -> Vec<_> {
            targets.iter().map(|target| target.provider).collect()
        };
        (providers(&plan.targets), providers(&plan.fallbacks))
    };
    assert_eq!(planned(Endpoint::Embeddings), (vec![2], vec![1]));
    assert_eq!(planned(Endpoint::Chat), (vec![2, 0], vec![0, 1]));
}

#[test]
fn any_other_name_goes_to_the_first_that_speaks_the_dialect() {
    assert_eq!(chat("gpt"), Ok((1, "gpt".to_owned())));
    assert_eq!(
        table().resolve("gpt", Endpoint::Messages).unwrap(),
        Route::One(Place {
            provider: 0,
            upstream: "gpt"
        })
    );
}

#[test]
fn says_why_nobody_answers() {
    assert_eq!(
        chat("nobody/gpt").unwrap_err(),
        "The model `nobody/gpt` does not exist here: no provider is named `nobody` (there \
         are: `claude`, `first`, `second`)."
    );
    let refused = |model, endpoint| {
        let table = table();
        table.resolve(model, endpoint).unwrap_err().to_string()
    };
    assert_eq!(
        refused("claude/opus", Endpoint::Embeddings),
        "The model `claude/opus` does not exist here: its provider `claude` does not speak \
         the chat dialect."
    );
    let mut only_chat = table();
    only_chat.first_speakers[Dialect::Messages as usize] = None;
    assert_eq!(
        only_chat
            .resolve("gpt", Endpoint::CountTokens)
            .unwrap_err()
            .to_string(),
        "The model `gpt` does not exist here: no provider speaks the messages dialect."
    );
}

#[test]
fn a_provider_of_another_dialect_answers_by_translation() {
    assert_eq!(chat("claude/opus"), Ok((0, "opus".to_owned())));
    let first = Route::One(Place {
        provider: 0,
        upstream: "gpt",
    });
    assert_eq!(table().resolve("gpt", Endpoint::Responses).unwrap(), first);
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
