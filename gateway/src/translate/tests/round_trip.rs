//! A conversation through another dialect and back means the same.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::say::sent;
use crate::config::ProviderDialect;
use crate::dialect::Dialect;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé😀\"\\\\\n ]{1,12}",
        any::<String>().prop_filter("no words", |text| !text.is_empty())
    ]
}

/// Arguments as models write them, keys outside ASCII included.
fn arguments() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(
        "[a-zé\"]{1,4}",
        prop_oneof![
            text().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
        ],
        0..3,
    )
    .prop_map(|members| json!(members))
}

/// One exchange: what the user says, and the answer, perhaps by way of calls.
fn exchange() -> impl Strategy<Value = Vec<Value>> {
    let calls = prop::collection::vec((arguments(), text()), 0..3);
    (text(), text(), calls).prop_map(|(question, answer, calls)| {
        let mut turns = vec![json!({"role": "user", "content": question})];
        if !calls.is_empty() {
            let all: Vec<Value> = calls
                .iter()
                .enumerate()
                .map(|(index, (arguments, _))| {
                    json!({"id": format!("call_{index}"), "type": "function",
                    "function": {"name": "f", "arguments": arguments.to_string()}})
                })
                .collect();
            turns.push(json!({"role": "assistant", "content": null, "tool_calls": all}));
            turns.extend(calls.iter().enumerate().map(|(index, (_, result))| {
                json!({"role": "tool", "tool_call_id": format!("call_{index}"), "content": result})
            }));
        }
        turns.push(json!({"role": "assistant", "content": answer}));
        turns
    })
}

prop_compose! {
    /// A Chat request in the words that all dialects share.
    fn conversation()(
        system in prop::option::of(text()),
        exchanges in prop::collection::vec(exchange(), 0..3),
        last in text(),
        limit in 1..5_000u64,
        choice in prop::sample::select(vec![
            json!("auto"), json!("none"), json!("required"), json!({"type": "function", "function": {"name": "f"}})]),
    ) -> Value {
        let mut messages: Vec<Value> = system.into_iter().map(|text| json!({"role": "system", "content": text})).collect();
        messages.extend(exchanges.into_iter().flatten());
        messages.push(json!({"role": "user", "content": last}));
        json!({"model": "m", "messages": messages, "max_tokens": limit, "temperature": 0.5, "stream": true,
            "tools": [{"type": "function", "function": {"name": "f", "description": "é",
                "parameters": {"type": "object", "properties": {}}, "strict": true}}],
            "tool_choice": choice, "parallel_tool_calls": true})
    }
}

/// Arguments are the same if they are the same JSON; a text alone is the same as a list of it.
fn meaning(mut body: Value) -> Value {
    for message in body["messages"].as_array_mut().unwrap() {
        if let [only] = message["content"].as_array().map_or(&[][..], Vec::as_slice) {
            message["content"] = only["text"].clone();
        }
        for call in message["tool_calls"]
            .as_array_mut()
            .map_or(&mut [][..], Vec::as_mut_slice)
        {
            let arguments: Value =
                serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
            call["function"]["arguments"] = arguments;
        }
    }
    for told in ["stream_options", "store", "parallel_tool_calls"] {
        body.as_object_mut().unwrap().remove(told);
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chat_to_messages_to_chat(body in conversation()) {
        let there = sent(Dialect::Chat, ProviderDialect::Messages, "m", &body);
        let back = sent(Dialect::Messages, ProviderDialect::Chat, "m", &there);
        prop_assert_eq!(meaning(back), meaning(body));
    }

    #[test]
    fn chat_to_responses_to_chat(body in conversation()) {
        let there = sent(Dialect::Chat, ProviderDialect::Responses, "m", &body);
        let back = sent(Dialect::Responses, ProviderDialect::Chat, "m", &there);
        prop_assert_eq!(meaning(back), meaning(body));
    }

    #[test]
    fn chat_to_messages_by_way_of_responses(body in conversation()) {
        let straight = sent(Dialect::Chat, ProviderDialect::Messages, "m", &body);
        let there = sent(Dialect::Chat, ProviderDialect::Responses, "m", &body);
        let around = sent(Dialect::Responses, ProviderDialect::Messages, "m", &there);
        prop_assert_eq!(around, straight);
    }
}
