//! Requests and answers through every pair, kept as files: what clients of each dialect ask, and
//! the mock provider's own answers.
//!
//! `INSTA_UPDATE=always cargo test -p gateway --lib pairs` writes them anew; look at the
//! difference before it is committed.

use std::path::PathBuf;

use serde_json::Value;

use super::say::{CLIENTS, PROVIDERS, plan, streamed_pieces, translated};
use crate::config::ProviderDialect;
use crate::dialect::Fault;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/translate/tests")
}

fn name(provider: ProviderDialect) -> &'static str {
    match provider {
        ProviderDialect::Chat => "chat",
        ProviderDialect::Responses => "responses",
        ProviderDialect::Messages => "messages",
        ProviderDialect::Gemini => "gemini",
    }
}

/// A model as the provider has them.
pub(super) fn model(provider: ProviderDialect) -> &'static str {
    match provider {
        ProviderDialect::Chat => "gpt-4o",
        ProviderDialect::Responses => "gpt-5.1",
        ProviderDialect::Messages => "claude-sonnet-4-5",
        ProviderDialect::Gemini => "gemini-2.5-flash",
    }
}

/// The fixtures in a folder: their names and texts.
pub(super) fn fixtures(inside: &str, ending: &str) -> Vec<(String, String)> {
    let folder = folder().join("fixtures").join(inside);
    let mut all: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|one| one == ending))
        .map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (stem, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    all.sort();
    assert!(all.len() >= 4, "{folder:?}");
    all
}

/// The streams of a provider.
pub(super) fn streams(provider: ProviderDialect) -> Vec<String> {
    fixtures(name(provider), "sse")
        .into_iter()
        .map(|(_, text)| text)
        .collect()
}

/// The shortest stream of a provider that has a thought, text, a call and usage.
pub(super) fn short_stream(provider: ProviderDialect) -> String {
    let all = fixtures(name(provider), "sse");
    let (_, text) = all.iter().find(|(name, _)| name == "short").unwrap();
    text.clone()
}

/// Holds `text` against the file that was looked at by a human.
fn snapshot(inside: &str, file: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots").join(inside));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file, text));
}

fn pretty(json: &[u8]) -> String {
    let value: Value = serde_json::from_slice(json).unwrap();
    format!("{}\n", serde_json::to_string_pretty(&value).unwrap())
}

#[test]
fn requests() {
    for client in CLIENTS {
        for (fixture, text) in fixtures(&format!("requests/{}", client.name()), "json") {
            for provider in PROVIDERS {
                let said = match translated(client, provider, model(provider), &text) {
                    Ok(sent) => {
                        let notes = &sent.plan.notes;
                        let list = |list: Option<String>| list.unwrap_or_else(|| "-".to_owned());
                        format!(
                            "dropped: {}\nchanged: {}\n{}",
                            list(notes.dropped()),
                            list(notes.changed()),
                            pretty(&sent.body)
                        )
                    }
                    Err(Fault::Refused(refused)) => {
                        format!("refused: {} ({})", refused, refused.param)
                    }
                    Err(other) => panic!("{fixture}: {other}"),
                };
                let file = format!("{fixture}.{}", name(provider));
                snapshot(&format!("requests/{}", client.name()), &file, &said);
            }
        }
    }
}

#[test]
fn whole_answers() {
    for provider in PROVIDERS {
        for (fixture, text) in fixtures(name(provider), "json") {
            for client in CLIENTS {
                let told = plan(client, provider).answer(text.as_bytes()).unwrap();
                let file = format!("{fixture}.{}.json", client.name());
                snapshot(name(provider), &file, &pretty(&told.body));
            }
        }
    }
}

#[test]
fn streamed_answers() {
    for provider in PROVIDERS {
        for (fixture, text) in fixtures(name(provider), "sse") {
            for client in CLIENTS {
                let told = streamed_pieces(plan(client, provider), [text.as_bytes()], true);
                let file = format!("{fixture}.{}.sse", client.name());
                snapshot(name(provider), &file, &told);
            }
        }
    }
}
