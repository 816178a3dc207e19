//! Calls and ends in answers.

use serde_json::{Value, json};

use super::say::{
    answered, chunk, completion, message, message_end, message_start, plan, streamed,
};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};

fn deltas(told: &[Value]) -> Vec<Value> {
    told.iter()
        .filter_map(|chunk| chunk.get("choices")?.get(0)?.get("delta").cloned())
        .collect()
}

fn block(index: u64, block: Value, pieces: &[Value]) -> Vec<Value> {
    let mut events =
        vec![json!({"type": "content_block_start", "index": index, "content_block": block})];
    events.extend(
        pieces
            .iter()
            .map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})),
    );
    events.push(json!({"type": "content_block_stop", "index": index}));
    events
}

fn message_stream(blocks: &[Vec<Value>], stop: &str) -> Vec<Value> {
    let mut events = vec![message_start()];
    events.extend(blocks.concat());
    events.extend(message_end(stop));
    events
}

fn tool(id: &str) -> Value {
    json!({"type": "tool_use", "id": id, "name": "f", "input": {}})
}

fn arguments(text: &str) -> Value {
    json!({"type": "input_json_delta", "partial_json": text})
}

#[test]
fn row_30_calls_are_numbered_by_themselves() {
    let text = json!({"type": "text", "text": ""});
    let told = streamed(
        Chat,
        To::Messages,
        &message_stream(
            &[
                block(0, text, &[json!({"type": "text_delta", "text": "é"})]),
                block(
                    1,
                    tool("a"),
                    &[arguments(""), arguments("{\"é\""), arguments(":1}")],
                ),
                block(2, tool("b"), &[arguments("{}")]),
            ],
            "tool_use",
        ),
    );
    let call = |index: u64, id: &str| {
        json!({"tool_calls": [
        {"index": index, "id": id, "type": "function", "function": {"name": "f", "arguments": ""}}]})
    };
    let more = |index: u64, text: &str| json!({"tool_calls": [{"index": index, "function": {"arguments": text}}]});
    assert_eq!(
        deltas(&told),
        [
            json!({"role": "assistant", "content": "", "refusal": null}),
            json!({"content": "é"}),
            call(0, "a"),
            more(0, "{\"é\""),
            more(0, ":1}"),
            call(1, "b"),
            more(1, "{}"),
            json!({}),
        ]
    );
    assert_eq!(told[7]["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(told.last().unwrap(), "[DONE]");
}

#[test]
fn row_31_a_call_without_arguments_ends_as_an_empty_object() {
    let events = message_stream(
        &[
            block(0, tool("a"), &[arguments("")]),
            block(1, tool("b"), &[]),
        ],
        "tool_use",
    );
    let empty =
        |index: u64| json!({"tool_calls": [{"index": index, "function": {"arguments": "{}"}}]});
    let told = deltas(&streamed(Chat, To::Messages, &events));
    assert_eq!((&told[2], &told[4]), (&empty(0), &empty(1)));
    let told = streamed(Responses, To::Messages, &events);
    let done = told
        .iter()
        .find(|event| event["type"] == "response.function_call_arguments.done")
        .unwrap();
    assert_eq!(done["arguments"], "{}");
    assert_eq!(
        told.last().unwrap()["response"]["output"][1]["arguments"],
        "{}"
    );
    let whole = answered(Chat, To::Messages, &message(json!([tool("a")]), "tool_use"));
    assert_eq!(
        whole["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"],
        "{}"
    );
}

#[test]
fn row_32_refusals() {
    let refusal = message(json!([{"type": "text", "text": "désolé"}]), "refusal");
    let told = answered(Chat, To::Messages, &refusal);
    assert_eq!(told["choices"][0]["finish_reason"], "content_filter");
    assert_eq!(told["choices"][0]["message"]["content"], "désolé");
    let told = answered(Responses, To::Messages, &refusal);
    assert_eq!(told["status"], "incomplete");
    assert_eq!(
        told["incomplete_details"],
        json!({"reason": "content_filter"})
    );
    for answer in [
        completion(
            json!({"role": "assistant", "content": null, "refusal": "désolé"}),
            "stop",
        ),
        completion(
            json!({"role": "assistant", "content": "désolé"}),
            "content_filter",
        ),
    ] {
        let told = answered(Messages, To::Chat, &answer);
        assert_eq!(told["stop_reason"], "refusal");
        assert_eq!(told["content"], json!([{"type": "text", "text": "désolé"}]));
    }
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(json!({"role": "assistant", "refusal": ""}), json!(null)),
            chunk(json!({"refusal": "désolé"}), json!(null)),
            chunk(json!({}), json!("stop")),
            json!("[DONE]"),
        ],
    );
    assert_eq!(
        told[2]["delta"],
        json!({"type": "text_delta", "text": "désolé"})
    );
    assert_eq!(told[4]["delta"]["stop_reason"], "refusal");
    // OpenAI's two dialects have the same words for it.
    let said = completion(
        json!({"role": "assistant", "content": null, "refusal": "désolé"}),
        "stop",
    );
    let told = answered(Responses, To::Chat, &said);
    assert_eq!(told["status"], "completed");
    assert_eq!(
        told["output"][0]["content"],
        json!([{"type": "refusal", "refusal": "désolé"}])
    );
    let told = answered(Chat, To::Responses, &told);
    assert_eq!(told["choices"][0]["message"]["refusal"], "désolé");
    assert_eq!(told["choices"][0]["finish_reason"], "stop");
    let safety = json!({"candidates": [{"content": {"parts": [{"text": "désolé"}]}, "finishReason": "SAFETY"}]});
    assert_eq!(
        answered(Messages, To::Gemini, &safety)["stop_reason"],
        "refusal"
    );
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}});
    assert_eq!(
        answered(Chat, To::Gemini, &blocked)["choices"][0]["finish_reason"],
        "content_filter"
    );
}

#[test]
fn row_33_a_full_context_and_a_pause_are_no_silent_stop() {
    for stop in ["model_context_window_exceeded", "pause_turn"] {
        let answer = message(json!([{"type": "text", "text": "é"}]), stop);
        assert_eq!(
            answered(Chat, To::Messages, &answer)["choices"][0]["finish_reason"],
            "length"
        );
        assert_eq!(
            answered(Responses, To::Messages, &answer)["status"],
            "incomplete"
        );
    }
}

#[test]
fn row_34_cut_off_in_a_call_the_arguments_stay_partial() {
    let part = "{\"é\":[1,";
    let told = streamed(
        Chat,
        To::Messages,
        &message_stream(&[block(0, tool("a"), &[arguments(part)])], "max_tokens"),
    );
    assert_eq!(
        told[2]["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"],
        part
    );
    assert_eq!(told[3]["choices"][0]["finish_reason"], "length");
    assert_eq!(told.len(), 5 + 1);
    // Before its first piece there is nothing, not an empty object.
    let told = deltas(&streamed(
        Chat,
        To::Messages,
        &message_stream(&[block(0, tool("a"), &[])], "max_tokens"),
    ));
    assert_eq!(told.len(), 3);
    let call = json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": part}});
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(
                json!({"role": "assistant", "tool_calls": [call]}),
                json!(null),
            ),
            chunk(json!({}), json!("length")),
            json!("[DONE]"),
        ],
    );
    assert_eq!(told[3]["delta"], arguments(part));
    assert_eq!(told[5]["delta"]["stop_reason"], "max_tokens");
    // Whole, Messages has no place for half an object; that is said.
    let whole = completion(
        json!({"role": "assistant", "content": null, "tool_calls": [call]}),
        "length",
    );
    let told = plan(Messages, To::Chat)
        .answer(whole.to_string().as_bytes())
        .unwrap();
    assert_eq!(told.notes.changed().unwrap(), "messages.content.input");
    let told = answered(Responses, To::Chat, &whole);
    assert_eq!(told["output"][0]["arguments"], part);
    assert_eq!(told["status"], "incomplete");
}

#[test]
fn row_35_the_stop_sequence_that_was_met_is_told() {
    for name in ["stop_reason", "matched_stop"] {
        let mut answer = completion(json!({"role": "assistant", "content": "a"}), "stop");
        answer["choices"][0][name] = json!("é!");
        let told = answered(Messages, To::Chat, &answer);
        assert_eq!(
            (&told["stop_reason"], &told["stop_sequence"]),
            (&json!("stop_sequence"), &json!("é!"))
        );
        let mut end = chunk(json!({}), json!("stop"));
        end["choices"][0][name] = json!("é!");
        let told = streamed(
            Messages,
            To::Chat,
            &[
                chunk(json!({"content": "a"}), json!(null)),
                end,
                json!("[DONE]"),
            ],
        );
        let delta = &told[told.len() - 2]["delta"];
        assert_eq!(
            (&delta["stop_reason"], &delta["stop_sequence"]),
            (&json!("stop_sequence"), &json!("é!"))
        );
        // A number is a token, not a sequence.
        answer["choices"][0][name] = json!(128_009);
        assert_eq!(
            answered(Messages, To::Chat, &answer)["stop_reason"],
            "end_turn"
        );
    }
}
