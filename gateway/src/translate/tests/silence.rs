//! Nothing of a request is dropped in silence: every member of every object is carried, refused,
//! or named in what the client is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::pairs::{fixtures, model};
use super::say::{CLIENTS, PROVIDERS, translated};
use crate::config::ProviderDialect;
use crate::dialect::{Dialect, Fault};

/// A member that no dialect has.
const UNKNOWN: &str = "zz_unknown";

/// A place in a request: names of members and indices of elements.
type Path = Vec<String>;

/// What became of a request: what the provider gets, what is told as dropped and as changed.
#[derive(PartialEq)]
struct Fate {
    body: Value,
    dropped: Vec<String>,
    changed: Vec<String>,
}

/// `None` where it is refused.
fn fate(client: Dialect, provider: ProviderDialect, body: &Value) -> Option<Fate> {
    let list = |told: Option<String>| -> Vec<String> {
        let told = told.unwrap_or_default();
        told.split(", ").map(str::to_owned).collect()
    };
    match translated(client, provider, model(provider), &body.to_string()) {
        Ok(sent) => Some(Fate {
            dropped: list(sent.plan.notes.dropped()),
            changed: list(sent.plan.notes.changed()),
            body: serde_json::from_slice(&sent.body).unwrap(),
        }),
        Err(Fault::Refused(_)) => None,
        Err(other) => panic!("{other}: {body}"),
    }
}

/// The pairs in which something is translated.
fn pairs() -> impl Iterator<Item = (Dialect, ProviderDialect)> {
    let all = CLIENTS
        .into_iter()
        .flat_map(|client| PROVIDERS.map(|provider| (client, provider)));
    all.filter(|(client, provider)| {
        let spoken = match client {
            Dialect::Chat => ProviderDialect::Chat,
            Dialect::Responses => ProviderDialect::Responses,
            Dialect::Messages => ProviderDialect::Messages,
        };
        spoken != *provider
    })
}

/// Requests that hold every object that a client may send, beside the fixtures.
fn rare(client: Dialect) -> Vec<Value> {
    let schema = json!({"type": "object", "properties": {"é": {"type": "string"}}});
    match client {
        Dialect::Chat => vec![
            json!({"model": "m", "stream": true, "metadata": {"a": "b"},
                "stream_options": {"include_usage": true, "include_obfuscation": false},
                "thinking": {"type": "enabled", "budget_tokens": 2_000, "display": "omitted"},
                "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": schema, "strict": true}}],
                "tool_choice": {"type": "function", "function": {"name": "f"}},
                "response_format": {"type": "json_schema", "json_schema":
                    {"name": "n", "description": "d", "schema": schema, "strict": true}},
                "messages": [
                    {"role": "user", "content": [
                        {"type": "text", "text": "é"},
                        {"type": "image_url", "image_url": {"url": "https://example.test/a.png", "detail": "low"}},
                        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}}]},
                    {"role": "assistant", "content": "oui", "reasoning_content": "je pense",
                        "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "je pense", "signature": "tg1.m.c2ln"}],
                        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"},
                            "extra_content": {"google": {"thought_signature": "c2ln"}}}]},
                    {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "1"}]},
                    {"role": "assistant", "content": [{"type": "refusal", "refusal": "non"}],
                        "thinking_blocks": [{"type": "thinking", "thinking": "a", "signature": "c2ln"}]},
                    {"role": "user", "content": "?"}]}),
            json!({"model": "m", "response_format": {"type": "json_object"}, "reasoning_effort": "low",
                "messages": [{"role": "user", "content": [
                    {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}}]}]}),
        ],
        Dialect::Responses => vec![
            json!({"model": "m", "stream": true, "stream_options": {"include_obfuscation": false},
                "metadata": {"a": "b"}, "reasoning": {"effort": "low", "summary": "detailed"},
                "text": {"verbosity": "low", "format": {"type": "json_schema", "name": "n",
                    "description": "d", "schema": schema, "strict": true}},
                "tools": [{"type": "function", "name": "f", "description": "d", "parameters": schema, "strict": true}],
                "tool_choice": {"type": "function", "name": "f"},
                "input": [
                    {"role": "user", "content": [
                        {"type": "input_text", "text": "é"},
                        {"type": "input_image", "image_url": "https://example.test/a.png", "detail": "low"},
                        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}]},
                    {"type": "reasoning", "id": "rs_1", "encrypted_content": "ZW5j",
                        "summary": [{"type": "summary_text", "text": "je pense"}],
                        "content": [{"type": "reasoning_text", "text": "fort"}]},
                    {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [
                        {"type": "output_text", "text": "oui", "annotations": [], "logprobs": []},
                        {"type": "refusal", "refusal": "non"}]},
                    {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}", "status": "completed"},
                    {"type": "function_call_output", "id": "fco_1", "call_id": "c", "status": "completed",
                        "output": [{"type": "input_text", "text": "1"}]}]}),
            json!({"model": "m", "input": "é", "text": {"format": {"type": "text"}}}),
            json!({"model": "m", "input": "é", "text": {"format": {"type": "json_object"}}}),
        ],
        Dialect::Messages => vec![
            json!({"model": "m", "max_tokens": 9_000, "metadata": {"user_id": "u"},
                "system": [{"type": "text", "text": "sois bref"}],
                "thinking": {"type": "enabled", "budget_tokens": 2_000, "display": "omitted"},
                "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": schema}},
                "tools": [{"type": "custom", "name": "f", "description": "d", "input_schema": schema, "strict": true}],
                "tool_choice": {"type": "tool", "name": "f", "disable_parallel_tool_use": true},
                "messages": [
                    {"role": "user", "content": [
                        {"type": "text", "text": "é", "citations": []},
                        {"type": "image", "source": {"type": "url", "url": "https://example.test/a.png"}},
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}},
                        {"type": "document", "title": "t", "source": {"type": "text", "media_type": "text/plain", "data": "é"}},
                        {"type": "document", "title": "t", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}}]},
                    {"role": "assistant", "content": [
                        {"type": "thinking", "thinking": "je pense", "signature": "c2ln"},
                        {"type": "redacted_thinking", "data": "cmVk"},
                        {"type": "text", "text": "oui"},
                        {"type": "tool_use", "id": "c", "name": "f", "input": {"é": 1}, "caller": {"type": "direct"}}]},
                    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "is_error": true,
                        "content": [{"type": "text", "text": "1"}]}]}]}),
            json!({"model": "m", "max_tokens": 9, "output_format": {"type": "json_schema", "schema": schema},
                "messages": [{"role": "user", "content": "é"}]}),
        ],
    }
}

/// All requests that a client may send.
fn requests(client: Dialect) -> Vec<Value> {
    let fixtures = fixtures(&format!("requests/{}", client.name()), "json");
    let fixtures = fixtures
        .iter()
        .map(|(_, text)| serde_json::from_str(text).unwrap());
    fixtures.chain(rare(client)).collect()
}

/// Every object in `value`, and where it stands.
fn objects(value: &Value, at: &mut Path, found: &mut Vec<Path>) {
    let mut inside = |name: String, value: &Value| {
        at.push(name);
        objects(value, at, found);
        at.pop();
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                inside(name.clone(), value);
            }
            found.push(at.clone());
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                inside(index.to_string(), value);
            }
        }
        _ => {}
    }
}

fn all_objects(value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    objects(value, &mut Path::new(), &mut found);
    found
}

fn object<'v>(value: &'v mut Value, path: &Path) -> &'v mut serde_json::Map<String, Value> {
    let object = path.iter().fold(value, |value, step| match value {
        Value::Array(elements) => &mut elements[step.parse::<usize>().unwrap()],
        value => &mut value[step],
    });
    object.as_object_mut().unwrap()
}

/// The path without indices, as names are told.
fn dotted(path: &Path) -> String {
    let names = path.iter().filter(|step| step.parse::<usize>().is_err());
    names.map(String::as_str).collect::<Vec<_>>().join(".")
}

/// Whether one of the names is that of `place`, or of something that it stands in.
fn names(told: &[String], place: &str) -> bool {
    // A result's blocks are told of as any other's.
    let place = place.replace("content.content", "content");
    told.iter()
        .any(|name| !name.is_empty() && place.starts_with(name.as_str()))
}

#[test]
fn a_member_that_nobody_knows_is_carried_refused_or_named() {
    let mut tried = 0;
    for (client, provider) in pairs() {
        for body in requests(client) {
            if fate(client, provider, &body).is_none() {
                continue;
            }
            for path in all_objects(&body) {
                let mut with = body.clone();
                object(&mut with, &path).insert(UNKNOWN.to_owned(), json!(UNKNOWN));
                let Some(fate) = fate(client, provider, &with) else {
                    continue;
                };
                tried += 1;
                let place = dotted(&path);
                let named = fate.dropped.iter().any(|name| name.ends_with(UNKNOWN));
                let carried = fate.body.to_string().contains(UNKNOWN);
                assert!(
                    named || carried || names(&fate.dropped, &place),
                    "{client:?} to {provider:?}: a member of `{place}` is lost in silence\n{with}"
                );
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

/// Members that may go without a word, because they say what happens anyway: `name` of `object`.
fn says_nothing(object: &serde_json::Map<String, Value>, place: &str, name: &str) -> bool {
    let value = &object[name];
    let defaults = [
        json!(null),
        json!("{}"),
        json!({}),
        json!({"type": "text"}),
        json!({"format": {"type": "text"}}),
        json!(["reasoning.encrypted_content"]),
    ];
    defaults.contains(value)
        || match name {
            // The gateway's own choice of a model stands in its place; whether it streams may
            // stand in the path.
            "model" | "stream" => place == name,
            // For the answer, not for the provider.
            "include_usage" | "include_obfuscation" | "stream_options" => true,
            "type" | "index" | "annotations" | "citations" | "logprobs" | "caller" => true,
            "media_type" => value == "text/plain",
            "detail" | "summary" => value == "auto",
            "arguments" => value == "",
            "store" => value == false,
            // Other dialects' schemas are always kept to.
            "strict" => value == true && place.contains("format"),
            // As much as unsaid.
            "budget_tokens" => value == 4_096,
            // What an item of Responses is called where it was kept.
            "id" | "status" => place.starts_with("input."),
            // The details beside it say the same.
            "reasoning_content" => object.contains_key("reasoning_details"),
            _ => false,
        }
}

/// A part of a thought, all of which were named as dropped.
fn is_dropped_thought(object: &serde_json::Map<String, Value>, name: &str, fate: &Fate) -> bool {
    let kinds = [
        "thinking",
        "redacted_thinking",
        "reasoning",
        "reasoning.text",
        "reasoning_text",
        "summary_text",
    ];
    let thought = kinds
        .iter()
        .any(|kind| object.get("type") == Some(&json!(kind)))
        || ["reasoning_details", "thinking_blocks"].contains(&name);
    let told = [
        "messages.reasoning_content",
        "input.reasoning",
        "messages.content.thinking",
    ];
    thought
        && fate
            .dropped
            .iter()
            .any(|name| told.contains(&name.as_str()))
}

#[test]
fn a_member_that_is_known_makes_a_difference_or_is_named() {
    let mut tried = 0;
    let mut lost = BTreeSet::new();
    for (client, provider) in pairs() {
        for body in requests(client) {
            let Some(with) = fate(client, provider, &body) else {
                continue;
            };
            for path in all_objects(&body) {
                let members = object(&mut body.clone(), &path).clone();
                for (name, value) in &members {
                    let mut without = body.clone();
                    object(&mut without, &path).remove(name);
                    let place = dotted(&[path.clone(), vec![name.clone()]].concat());
                    let fate = fate(client, provider, &without);
                    tried += 1;
                    if fate.is_some_and(|fate| fate == with)
                        && !says_nothing(&members, &place, name)
                        && !is_dropped_thought(&members, name, &with)
                        && !names(&with.dropped, &place)
                    {
                        lost.insert(format!("{client:?} to {provider:?}: {place}: {value}"));
                    }
                }
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
    assert!(lost.is_empty(), "lost in silence: {lost:#?}");
}
