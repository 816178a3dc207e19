//! Thoughts of a stream, sent back by clients that put its pieces together in their ways.

use serde_json::{Value, json};

use super::say::{message_end, message_start, sent, streamed};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::Chat;

/// A client that puts members together which it does not know, as `add` says.
fn rebuilt(chunks: &[Value], add: impl Fn(Option<&Value>, &Value) -> Value) -> Value {
    let mut spoken = json!({"content": ""});
    for delta in chunks
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"])
        .filter_map(Value::as_object)
    {
        for (name, value) in delta {
            let value = match name.as_str() {
                "content" => {
                    (spoken[name].as_str().unwrap().to_owned() + value.as_str().unwrap()).into()
                }
                "role" => value.clone(),
                _ => add(spoken.get(name), value),
            };
            spoken[name] = value;
        }
    }
    spoken
}

#[test]
fn row_29_streamed_thoughts_come_back_however_a_client_puts_them_together() {
    let delta = |index: u64, delta: Value| json!({"type": "content_block_delta", "index": index, "delta": delta});
    let start = |index: u64, block: Value| json!({"type": "content_block_start", "index": index, "content_block": block});
    let stop = |index: u64| json!({"type": "content_block_stop", "index": index});
    let mut events = vec![
        message_start(),
        start(
            0,
            json!({"type": "thinking", "thinking": "", "signature": ""}),
        ),
        delta(
            0,
            json!({"type": "thinking_delta", "thinking": "je \"pense"}),
        ),
        delta(0, json!({"type": "thinking_delta", "thinking": "\" é"})),
        delta(0, json!({"type": "signature_delta", "signature": "c2ln"})),
        stop(0),
        start(1, json!({"type": "redacted_thinking", "data": "cmVk"})),
        stop(1),
        start(2, json!({"type": "text", "text": ""})),
        delta(2, json!({"type": "text_delta", "text": "oui"})),
        stop(2),
    ];
    events.extend(message_end("end_turn"));
    let chunks = streamed(Chat, To::Messages, &events);
    let last_wins = rebuilt(&chunks, |_, new| new.clone());
    let added_up = rebuilt(&chunks, |old, new| match (old, new) {
        (Some(Value::String(old)), Value::String(new)) => (old.clone() + new).into(),
        (Some(Value::Array(_)), Value::Array(_)) => panic!("told twice: {new}"),
        _ => new.clone(),
    });
    assert_eq!(added_up["reasoning_content"], "je \"pense\" é");
    for spoken in [last_wins, added_up] {
        let back = json!({"model": "x", "messages": [
            {"role": "user", "content": "hé"}, spoken, {"role": "user", "content": "?"}]});
        assert_eq!(
            sent(Chat, To::Messages, "claude-sonnet-4-5", &back)["messages"][1]["content"],
            json!([
                {"type": "thinking", "thinking": "je \"pense\" é", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "cmVk"},
                {"type": "text", "text": "oui"},
            ])
        );
    }
}
