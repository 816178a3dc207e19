//! Input of any kind: an answer or an error, never a panic.

use proptest::prelude::*;

use super::say::{CLIENTS, PROVIDERS, plan, streamed_pieces, translated};
use crate::translate::json::Text;

/// JSON that looks like a dialect's, with anything for values.
fn likely() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "model",
        "messages",
        "input",
        "role",
        "content",
        "type",
        "text",
        "tool_calls",
        "function",
        "arguments",
        "tools",
        "tool_choice",
        "system",
        "id",
        "name",
        "choices",
        "delta",
        "index",
        "finish_reason",
        "message",
        "candidates",
        "parts",
        "functionCall",
        "args",
        "output",
        "item",
        "response",
        "status",
        "error",
        "usage",
        "content_block",
        "thinking",
        "signature",
        "user",
        "assistant",
        "tool",
        "tool_use",
        "tool_result",
        "stop",
        "message_start",
        "content_block_delta",
        "message_delta",
        "message_stop",
        "response.completed",
        "max_tokens",
        "output_item.added",
        "call_id",
        "function_call",
        "reasoning",
        "image_url",
        "url",
        "data:a;base64,b",
        "é\"\\",
    ]);
    let quoted = |word: &str| serde_json::to_string(word).unwrap();
    let leaf = prop_oneof![
        words.clone().prop_map(quoted),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1.50".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        Just("\"\\ud83d\"".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec((words.clone(), inner), 0..5).prop_map(move |all| {
                let members: Vec<String> = all
                    .iter()
                    .map(|(key, value)| format!("{}:{value}", quoted(key)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn requests(text in prop_oneof![any::<String>(), likely()]) {
        for client in CLIENTS {
            for provider in PROVIDERS {
                if let Ok(sent) = translated(client, provider, "claude-opus-4-7", &text) {
                    prop_assert!(serde_json::from_slice::<&serde_json::value::RawValue>(&sent.body).is_ok());
                }
            }
        }
    }

    #[test]
    fn answers(text in prop_oneof![any::<String>(), likely()]) {
        for client in CLIENTS {
            for provider in PROVIDERS {
                if let Ok(told) = plan(client, provider).answer(text.as_bytes()) {
                    prop_assert!(serde_json::from_slice::<&serde_json::value::RawValue>(&told.body).is_ok());
                }
                let _ = plan(client, provider).problem(hyper::StatusCode::BAD_REQUEST, text.as_bytes());
            }
        }
    }

    #[test]
    fn streams(events in prop::collection::vec(prop_oneof![any::<String>(), likely()], 0..6), clean: bool) {
        let text: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        for client in CLIENTS {
            for provider in PROVIDERS {
                let told = streamed_pieces(plan(client, provider), [text.as_bytes()], clean);
                for line in told.lines().filter_map(|line| line.strip_prefix("data: ")) {
                    let json = serde_json::from_str::<&serde_json::value::RawValue>(line);
                    prop_assert!(json.is_ok() || line == "[DONE]", "{}", line);
                }
            }
        }
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for client in CLIENTS {
            for provider in PROVIDERS {
                let _ = crate::translate::request(client, provider, "m", &bytes, super::say::MOMENT);
                let _ = plan(client, provider).answer(&bytes);
                let _ = streamed_pieces(plan(client, provider), [bytes.as_slice()], true);
            }
        }
        let _ = Text::plain(String::from_utf8_lossy(&bytes).into_owned());
    }
}
