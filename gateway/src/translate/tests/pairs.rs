//! The mock provider's own answers through every pair, kept as files.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p gateway --lib pairs` writes them anew; look at the
//! difference before it is committed.

use std::path::PathBuf;

use serde_json::Value;

use super::say::{CLIENTS, PROVIDERS, plan, streamed_pieces};
use crate::config::ProviderDialect;

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

/// The fixtures of a provider: their names and texts.
fn fixtures(provider: ProviderDialect, ending: &str) -> Vec<(String, String)> {
    let folder = folder().join("fixtures").join(name(provider));
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
    fixtures(provider, "sse")
        .into_iter()
        .map(|(_, text)| text)
        .collect()
}

/// The shortest stream of a provider that has a thought, text, a call and usage.
pub(super) fn short_stream(provider: ProviderDialect) -> String {
    let all = fixtures(provider, "sse");
    let (_, text) = all.iter().find(|(name, _)| name == "short").unwrap();
    text.clone()
}

/// Holds `text` against the file that was looked at by a human.
fn snapshot(path: &str, text: &str) {
    let path = folder().join("snapshots").join(path);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{path:?} differs from:\n{text}");
}

#[test]
fn whole_answers() {
    for provider in PROVIDERS {
        for (fixture, text) in fixtures(provider, "json") {
            for client in CLIENTS {
                let told = plan(client, provider).answer(text.as_bytes()).unwrap();
                let value: Value = serde_json::from_slice(&told.body).unwrap();
                let file = format!("{}/{fixture}.{}.json", name(provider), client.name());
                snapshot(
                    &file,
                    &format!("{}\n", serde_json::to_string_pretty(&value).unwrap()),
                );
            }
        }
    }
}

#[test]
fn streamed_answers() {
    for provider in PROVIDERS {
        for (fixture, text) in fixtures(provider, "sse") {
            for client in CLIENTS {
                let told = streamed_pieces(plan(client, provider), [text.as_bytes()], true);
                let file = format!("{}/{fixture}.{}.sse", name(provider), client.name());
                snapshot(&file, &told);
            }
        }
    }
}
