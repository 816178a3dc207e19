//! Usage, and the order of a stream.

use serde_json::{Value, json};

use super::say::{
    MOMENT, answered, chunk, completion, data, events_text, message, message_end, message_start,
    plan, sent, streamed, streamed_pieces, translated,
};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};

fn text_chunks() -> Vec<Value> {
    vec![
        chunk(
            json!({"role": "assistant", "content": "", "refusal": null}),
            json!(null),
        ),
        chunk(json!({"content": "é"}), json!(null)),
        chunk(json!({}), json!("stop")),
    ]
}

fn usage_chunk(usage: &Value) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 7, "model": "m", "choices": [], "usage": usage})
}

fn call(index: u64, id: &str, arguments: &str) -> Value {
    json!({"index": index, "id": id, "type": "function", "function": {"name": "f", "arguments": arguments}})
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

#[test]
fn row_36_the_prompt_includes_what_was_cached() {
    let mut answer = message(json!([{"type": "text", "text": "é"}]), "end_turn");
    answer["usage"] = json!({"input_tokens": 9, "cache_read_input_tokens": 16, "cache_creation_input_tokens": 4, "output_tokens": 2});
    assert_eq!(
        answered(Chat, To::Messages, &answer)["usage"],
        json!({"prompt_tokens": 29, "completion_tokens": 2, "total_tokens": 31,
            "prompt_tokens_details": {"cached_tokens": 16, "cache_write_tokens": 4}})
    );
    assert_eq!(
        answered(Responses, To::Messages, &answer)["usage"],
        json!({"input_tokens": 29, "input_tokens_details": {"cached_tokens": 16, "cache_write_tokens": 4},
            "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 31})
    );
}

#[test]
fn row_37_input_excludes_what_was_cached() {
    let mut answer = completion(json!({"role": "assistant", "content": "é"}), "stop");
    answer["usage"] = json!({"prompt_tokens": 25, "completion_tokens": 9, "total_tokens": 34,
        "prompt_tokens_details": {"cached_tokens": 16}, "completion_tokens_details": {"reasoning_tokens": 7}});
    let expected = json!({"input_tokens": 9, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 16, "output_tokens": 9});
    assert_eq!(answered(Messages, To::Chat, &answer)["usage"], expected);
    let response = json!({"id": "resp_1", "status": "completed", "model": "m", "output": [], "usage": {
        "input_tokens": 25, "input_tokens_details": {"cached_tokens": 16, "cache_write_tokens": 2},
        "output_tokens": 9, "output_tokens_details": {"reasoning_tokens": 7}, "total_tokens": 34}});
    assert_eq!(
        answered(Messages, To::Responses, &response)["usage"],
        json!({"input_tokens": 7, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 16, "output_tokens": 9})
    );
    let gemini = json!({"candidates": [{"content": {"parts": [{"text": "é"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 25, "cachedContentTokenCount": 16, "candidatesTokenCount": 2, "thoughtsTokenCount": 7}});
    assert_eq!(answered(Messages, To::Gemini, &gemini)["usage"], expected);
    assert_eq!(
        answered(Chat, To::Gemini, &gemini)["usage"],
        json!({"prompt_tokens": 25, "completion_tokens": 9, "total_tokens": 34,
            "prompt_tokens_details": {"cached_tokens": 16}, "completion_tokens_details": {"reasoning_tokens": 7}})
    );
}

#[test]
fn row_38_figures_of_a_stream_are_totals() {
    let told = streamed(
        Chat,
        To::Messages,
        &[
            message_start(),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "é"}}),
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
            "usage": {"input_tokens": 9, "output_tokens": 2}}),
            json!({"type": "message_stop"}),
        ],
    );
    assert_eq!(
        told[told.len() - 2]["usage"],
        json!({"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11, "prompt_tokens_details": {"cached_tokens": 0}})
    );
}

#[test]
fn row_39_the_first_event_estimates_and_the_last_knows() {
    let mut events = text_chunks();
    events.push(usage_chunk(
        &json!({"prompt_tokens": 25, "completion_tokens": 2, "total_tokens": 27}),
    ));
    events.push(json!("[DONE]"));
    let plan = plan(Messages, To::Chat);
    let estimate = plan.estimated_input;
    assert!(estimate > 0);
    let told = data(&streamed_pieces(
        plan,
        [events_text(&events).as_bytes()],
        true,
    ));
    assert_eq!(told[0]["message"]["usage"]["input_tokens"], estimate);
    assert_eq!(told[4]["usage"]["input_tokens"], 25);
    // A provider that knows at once is believed.
    let told = streamed(
        Messages,
        To::Gemini,
        &[
            json!({"candidates": [{"content": {"parts": [{"text": "é"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 25, "candidatesTokenCount": 2}, "responseId": "r", "modelVersion": "g"}),
        ],
    );
    assert_eq!(told[0]["message"]["usage"]["input_tokens"], 25);
}

#[test]
fn row_40_the_end_waits_for_the_usage_behind_it() {
    let mut events = text_chunks();
    events.push(usage_chunk(
        &json!({"prompt_tokens": 25, "completion_tokens": 2, "total_tokens": 27}),
    ));
    events.push(json!("[DONE]"));
    let told = streamed(Messages, To::Chat, &events);
    assert_eq!(
        types(&told),
        [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop"
        ]
    );
    assert_eq!(
        told[4]["usage"],
        json!({"input_tokens": 25, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 2})
    );
}

#[test]
fn row_41_usage_is_always_asked_for_and_told_only_if_wanted() {
    let asked = json!({"model": "x", "max_tokens": 5, "stream": true, "messages": [{"role": "user", "content": "hé"}]});
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &asked)["stream_options"],
        json!({"include_usage": true})
    );
    let mut events = vec![message_start()];
    events.extend(message_end("end_turn"));
    let text = events_text(&events);
    for (options, wanted) in [
        ("", false),
        (r#","stream_options":{"include_usage":false}"#, false),
        (r#","stream_options":{"include_usage":true}"#, true),
    ] {
        let body = format!(
            r#"{{"model":"x","stream":true,"messages":[{{"role":"user","content":"hé"}}]{options}}}"#
        );
        let plan = translated(Chat, To::Messages, "claude-opus-4-7", &body)
            .unwrap()
            .plan;
        let told = streamed_pieces(plan, [text.as_bytes()], true);
        assert_eq!(told.contains("\"usage\":{"), wanted, "{told}");
        assert_eq!(told.contains("\"usage\":null"), wanted, "{told}");
        assert!(told.ends_with("data: [DONE]\n\n"));
    }
    assert_eq!(MOMENT.unique, 0xab);
}

#[test]
fn row_42_a_stream_that_begins_with_a_call_has_no_empty_text() {
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(
                json!({"role": "assistant", "content": "", "refusal": null}),
                json!(null),
            ),
            chunk(
                json!({"content": null, "tool_calls": [call(0, "a", "")]}),
                json!(null),
            ),
            chunk(
                json!({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
                json!(null),
            ),
            chunk(json!({}), json!("tool_calls")),
            json!("[DONE]"),
        ],
    );
    assert_eq!(
        told[1],
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "a", "name": "f", "input": {}}})
    );
    assert_eq!(
        types(&told)[2..],
        [
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop"
        ]
    );
    assert_eq!(told[5]["delta"]["stop_reason"], "tool_use");
}

#[test]
fn row_43_arguments_beside_the_name_are_not_lost() {
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(json!({"role": "assistant", "content": "é"}), json!(null)),
            chunk(
                json!({"tool_calls": [call(0, "a", "{\"é\":1}")]}),
                json!(null),
            ),
            chunk(json!({}), json!("tool_calls")),
            json!("[DONE]"),
        ],
    );
    assert_eq!(told[3]["type"], "content_block_stop");
    assert_eq!(told[4]["content_block"]["name"], "f");
    assert_eq!(
        told[5]["delta"],
        json!({"type": "input_json_delta", "partial_json": ""})
    );
    assert_eq!(
        told[6]["delta"],
        json!({"type": "input_json_delta", "partial_json": "{\"é\":1}"})
    );
}

#[test]
fn row_44_parallel_calls_are_blocks_one_after_the_other() {
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(
                json!({"role": "assistant", "tool_calls": [call(0, "a", "{}"), call(1, "b", "")]}),
                json!(null),
            ),
            chunk(
                json!({"tool_calls": [{"index": 1, "function": {"arguments": "{\"x\":2}"}}]}),
                json!(null),
            ),
            chunk(json!({}), json!("tool_calls")),
            json!("[DONE]"),
        ],
    );
    let blocks: Vec<(&str, u64)> = told[1..told.len() - 2]
        .iter()
        .map(|event| {
            (
                event["type"].as_str().unwrap(),
                event["index"].as_u64().unwrap(),
            )
        })
        .collect();
    let (start, delta, stop) = (
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
    );
    assert_eq!(
        blocks,
        [
            (start, 0),
            (delta, 0),
            (delta, 0),
            (stop, 0),
            (start, 1),
            (delta, 1),
            (delta, 1),
            (stop, 1)
        ]
    );
    // Calls that are mingled have no such order: an error, not a wrong answer.
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(
                json!({"tool_calls": [call(0, "a", ""), call(1, "b", "")]}),
                json!(null),
            ),
            chunk(
                json!({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
                json!(null),
            ),
            chunk(json!({}), json!("tool_calls")),
            json!("[DONE]"),
        ],
    );
    assert_eq!(told.last().unwrap()["type"], "error");
}

#[test]
fn row_45_results_come_before_what_else_the_user_says() {
    let body = json!({"model": "x", "max_tokens": 5, "messages": [
        {"role": "user", "content": "hé"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {"é": 1}}]},
        {"role": "user", "content": [
            {"type": "text", "text": "voilà"},
            {"type": "tool_result", "tool_use_id": "a", "content": "un", "is_error": true}]}
    ]});
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &body)["messages"],
        json!([
            {"role": "user", "content": "hé"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"é\":1}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "un"},
            {"role": "user", "content": "voilà"}
        ])
    );
}
