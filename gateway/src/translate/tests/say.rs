//! Saying things in other dialects, in few words.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::Value;

use crate::config::ProviderDialect;
use crate::dialect::{Dialect, Fault};
use crate::translate::{Moment, Plan, Refused, Stream, Translated, request};

pub(super) const MOMENT: Moment = Moment {
    unix_seconds: 1_782_345_600,
    unique: 0xab,
};

pub(super) const CLIENTS: [Dialect; 3] = Dialect::ALL;
pub(super) const PROVIDERS: [ProviderDialect; 4] = [
    ProviderDialect::Chat,
    ProviderDialect::Responses,
    ProviderDialect::Messages,
    ProviderDialect::Gemini,
];

pub(super) fn translated(
    client: Dialect,
    provider: ProviderDialect,
    model: &str,
    body: &str,
) -> Result<Translated, Fault> {
    request(client, provider, model, body.as_bytes(), MOMENT)
}

/// The request that reaches a provider, as text; it is JSON.
pub(super) fn sent_text(
    client: Dialect,
    provider: ProviderDialect,
    model: &str,
    body: &str,
) -> String {
    let sent =
        translated(client, provider, model, body).unwrap_or_else(|why| panic!("{why}: {body}"));
    let text = String::from_utf8(sent.body.to_vec()).unwrap();
    serde_json::from_str::<Value>(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
    text
}

/// The same, decoded.
pub(super) fn sent(client: Dialect, provider: ProviderDialect, model: &str, body: &Value) -> Value {
    serde_json::from_str(&sent_text(client, provider, model, &body.to_string())).unwrap()
}

/// What the client is told of a request: what was dropped, and what was changed.
pub(super) fn told(
    client: Dialect,
    provider: ProviderDialect,
    model: &str,
    body: &Value,
) -> (String, String) {
    let notes = translated(client, provider, model, &body.to_string())
        .unwrap()
        .plan
        .notes;
    (
        notes.dropped().unwrap_or_default(),
        notes.changed().unwrap_or_default(),
    )
}

/// Why a request is refused.
pub(super) fn refused(
    client: Dialect,
    provider: ProviderDialect,
    model: &str,
    body: &Value,
) -> Refused {
    match translated(client, provider, model, &body.to_string()) {
        Err(Fault::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

/// The least request of a dialect.
pub(super) fn least(client: Dialect) -> &'static str {
    match client {
        Dialect::Chat => {
            r#"{"model":"m","messages":[{"role":"user","content":"hé"}],"stream":true,"stream_options":{"include_usage":true}}"#
        }
        Dialect::Responses => r#"{"model":"m","input":"hé","stream":true}"#,
        Dialect::Messages => {
            r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hé"}],"stream":true}"#
        }
    }
}

pub(super) fn plan(client: Dialect, provider: ProviderDialect) -> Plan {
    translated(client, provider, "m", least(client))
        .unwrap()
        .plan
}

/// The whole answer that a client gets for a provider's.
pub(super) fn answered(client: Dialect, provider: ProviderDialect, body: &Value) -> Value {
    let told = plan(client, provider)
        .answer(body.to_string().as_bytes())
        .unwrap();
    serde_json::from_slice(&told.body).unwrap()
}

/// What a client reads of a provider's stream that comes in `pieces`.
pub(super) fn streamed_pieces<'p>(
    plan: Plan,
    pieces: impl IntoIterator<Item = &'p [u8]>,
    clean: bool,
) -> String {
    let mut stream = Stream::new(Arc::new(plan), "p");
    let mut out = Vec::new();
    for piece in pieces {
        out.extend(stream.push(piece).unwrap_or_default());
    }
    let broken = Fault::StreamBroken {
        provider: "p".to_owned(),
    };
    out.extend(stream.finish(clean, &broken).unwrap_or_default());
    assert!(stream.ended());
    String::from_utf8(out).unwrap()
}

/// The data of the events that a client reads of the provider's `events`.
pub(super) fn streamed(client: Dialect, provider: ProviderDialect, events: &[Value]) -> Vec<Value> {
    data(&streamed_pieces(
        plan(client, provider),
        [events_text(events).as_bytes()],
        true,
    ))
}

/// Events as their provider writes them: strings as they are, objects as JSON.
pub(super) fn events_text(events: &[Value]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Value::String(word) => text.push_str(&format!("data: {word}\n\n")),
            _ => text.push_str(&format!("data: {event}\n\n")),
        }
    }
    text
}

/// The data of the events in `stream`.
pub(super) fn data(stream: &str) -> Vec<Value> {
    stream
        .split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| {
            let line = event
                .lines()
                .find_map(|line| line.strip_prefix("data: "))
                .unwrap();
            serde_json::from_str(line).unwrap_or_else(|_| Value::from(line))
        })
        .collect()
}

/// A Messages answer with this content and end.
pub(super) fn message(content: Value, stop: &str) -> Value {
    serde_json::json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": stop, "stop_sequence": null,
        "usage": {"input_tokens": 9, "output_tokens": 2}
    })
}

/// What comes first in a Messages stream.
pub(super) fn message_start() -> Value {
    serde_json::json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
        "stop_reason": null, "stop_sequence": null,
        "usage": {"input_tokens": 9, "output_tokens": 1}
    }})
}

/// What comes last in a Messages stream.
pub(super) fn message_end(stop: &str) -> [Value; 2] {
    [
        serde_json::json!({"type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": null}, "usage": {"output_tokens": 2}}),
        serde_json::json!({"type": "message_stop"}),
    ]
}

/// The error body that a client gets for a provider's.
pub(super) fn error(
    client: Dialect,
    provider: ProviderDialect,
    status: u16,
    body: &str,
) -> (u16, Value) {
    let status = StatusCode::from_u16(status).unwrap();
    let fault = Fault::Provider(plan(client, provider).problem(status, body.as_bytes()));
    let told = serde_json::from_slice(&client.error_body(&fault, None)).unwrap();
    (fault.status_for(client).as_u16(), told)
}
