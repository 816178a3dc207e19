//! Responses' items and events, and Gemini.

use serde_json::{Value, json};

use super::say::{
    answered, chunk, completion, data, error, events_text, message, message_end, message_start,
    plan, refused, sent, streamed, streamed_pieces, told, translated,
};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};
use crate::dialect::Fault;

fn call(id: &str) -> Value {
    json!({"type": "function_call", "call_id": id, "name": "f", "arguments": "{\"é\":1}"})
}

fn items(items: &[Value]) -> Value {
    let mut all = vec![json!({"role": "user", "content": "hé"})];
    all.extend_from_slice(items);
    json!({"model": "x", "input": all})
}

fn chat_call(id: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{\"é\":1}"}})
}

fn gemini(parts: Value, finish: Option<&str>) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(finish);
    }
    json!({"candidates": [candidate], "responseId": "r1", "modelVersion": "g"})
}

#[test]
fn row_46_consecutive_calls_are_one_message() {
    let body = items(&[
        call("a"),
        call("b"),
        json!({"type": "function_call_output", "call_id": "a", "output": "un"}),
        json!({"type": "function_call_output", "call_id": "b", "output": "deux"}),
    ]);
    assert_eq!(
        sent(Responses, To::Chat, "gpt-4o", &body)["messages"],
        json!([
            {"role": "user", "content": "hé"},
            {"role": "assistant", "content": null, "tool_calls": [chat_call("a"), chat_call("b")]},
            {"role": "tool", "tool_call_id": "a", "content": "un"},
            {"role": "tool", "tool_call_id": "b", "content": "deux"},
        ])
    );
    let upstream = sent(Responses, To::Messages, "claude-sonnet-4-5", &body);
    let lengths: Vec<usize> = upstream["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["content"].as_array().unwrap().len())
        .collect();
    assert_eq!(lengths, [1, 2, 2]);
}

#[test]
fn row_47_a_message_and_a_call_are_one_message_and_one_choice() {
    let said = json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "oui"}]});
    let body = items(&[
        said,
        call("a"),
        json!({"type": "function_call_output", "call_id": "a", "output": "un"}),
    ]);
    assert_eq!(
        sent(Responses, To::Chat, "gpt-4o", &body)["messages"][1],
        json!({"role": "assistant", "content": "oui", "tool_calls": [chat_call("a")]})
    );
    let response = json!({"id": "resp_1", "status": "completed", "model": "m", "output": [
        {"type": "message", "id": "m1", "role": "assistant", "content": [{"type": "output_text", "text": "oui"}]},
        {"type": "function_call", "id": "fc_1", "call_id": "a", "name": "f", "arguments": "{\"é\":1}"}]});
    let told = answered(Chat, To::Responses, &response);
    assert_eq!(told["choices"].as_array().unwrap().len(), 1);
    assert_eq!(told["choices"][0]["message"]["content"], "oui");
    assert_eq!(
        told["choices"][0]["message"]["tool_calls"],
        json!([chat_call("a")])
    );
    assert_eq!(told["choices"][0]["finish_reason"], "tool_calls");
}

#[test]
fn row_48_results_are_a_string_or_a_list() {
    for output in [json!("é"), json!([{"type": "input_text", "text": "é"}])] {
        let body = items(&[
            call("a"),
            json!({"type": "function_call_output", "call_id": "a", "output": output}),
        ]);
        assert_eq!(
            sent(Responses, To::Chat, "gpt-4o", &body)["messages"][2],
            json!({"role": "tool", "tool_call_id": "a", "content": "é"})
        );
        assert_eq!(
            sent(Responses, To::Messages, "claude-opus-4-7", &body)["messages"][2]["content"],
            json!([{"type": "tool_result", "tool_use_id": "a", "content": "é"}])
        );
    }
    let body = json!({"model": "x", "messages": [
        {"role": "user", "content": "hé"}, {"role": "assistant", "tool_calls": [chat_call("a")]},
        {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "é"}]}]});
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &body)["input"][2]["output"],
        "é"
    );
}

#[test]
fn row_49_functions_are_nested_and_other_tools_refused() {
    let function = json!({"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true});
    let body = json!({"model": "x", "input": "hé", "tools": [function], "tool_choice": {"type": "function", "name": "f"}});
    let chat = sent(Responses, To::Chat, "gpt-4o", &body);
    assert_eq!(
        chat["tools"],
        json!([{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true}}])
    );
    assert_eq!(
        chat["tool_choice"],
        json!({"type": "function", "function": {"name": "f"}})
    );
    for kind in ["web_search", "custom", "mcp", "computer_use_preview"] {
        let body =
            json!({"model": "x", "input": "hé", "tools": [function, {"type": kind, "name": "c"}]});
        for to in [To::Chat, To::Messages, To::Gemini] {
            assert_eq!(refused(Responses, to, "m", &body).param, "tools[1].type");
        }
    }
}

#[test]
fn row_50_what_was_kept_elsewhere_is_refused() {
    for (name, value) in [
        ("previous_response_id", json!("resp_1")),
        ("conversation", json!("conv_1")),
        ("prompt", json!({"id": "p"})),
        ("background", json!(true)),
    ] {
        let mut body = items(&[]);
        body[name] = value;
        assert_eq!(refused(Responses, To::Messages, "m", &body).param, name);
    }
    let reference = items(&[json!({"type": "item_reference", "id": "msg_1"})]);
    assert_eq!(
        refused(Responses, To::Chat, "m", &reference).param,
        "input[1].type"
    );
    let mut body = items(&[]);
    body["truncation"] = json!("auto");
    assert_eq!(told(Responses, To::Chat, "m", &body).0, "truncation");
    let fault = Fault::Refused(refused(Responses, To::Chat, "m", &reference));
    let told: Value = serde_json::from_slice(&Responses.error_body(&fault, None)).unwrap();
    assert_eq!(told["error"]["param"], "input[1].type");
    assert_eq!(told["error"]["type"], "invalid_request_error");
}

#[test]
fn row_51_a_truncated_answer_is_incomplete() {
    let cut = completion(json!({"role": "assistant", "content": "é"}), "length");
    let told = answered(Responses, To::Chat, &cut);
    assert_eq!(
        (&told["status"], &told["completed_at"]),
        (&json!("incomplete"), &json!(null))
    );
    assert_eq!(
        told["incomplete_details"],
        json!({"reason": "max_output_tokens"})
    );
    let told = streamed(
        Responses,
        To::Chat,
        &[
            chunk(json!({"content": "é"}), json!(null)),
            chunk(json!({}), json!("length")),
            json!("[DONE]"),
        ],
    );
    let last = told.last().unwrap();
    assert_eq!(last["type"], "response.incomplete");
    assert_eq!(
        last["response"]["incomplete_details"],
        json!({"reason": "max_output_tokens"})
    );
    // And back.
    assert_eq!(
        answered(Messages, To::Responses, &last["response"])["stop_reason"],
        "max_tokens"
    );
}

#[test]
fn row_52_the_whole_text_stands_in_all_four_last_events() {
    let told = streamed(
        Responses,
        To::Messages,
        &[
            message_start(),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "un \"é\" "}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "deux\n"}}),
            json!({"type": "content_block_stop", "index": 0}),
            message_end("end_turn")[0].clone(),
            message_end("end_turn")[1].clone(),
        ],
    );
    let text = "un \"é\" deux\n";
    let types: Vec<&str> = told
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed"
        ]
    );
    assert_eq!(told[6]["text"], text);
    assert_eq!(told[7]["part"]["text"], text);
    assert_eq!(told[8]["item"]["content"][0]["text"], text);
    assert_eq!(told[9]["response"]["output"][0], told[8]["item"]);
}

#[test]
fn row_53_numbers_from_0_and_content_even_if_empty() {
    let told = streamed(
        Responses,
        To::Chat,
        &[
            chunk(json!({"content": "é"}), json!(null)),
            chunk(json!({}), json!("stop")),
            json!("[DONE]"),
        ],
    );
    for (number, event) in told.iter().enumerate() {
        assert_eq!(event["sequence_number"], number);
    }
    assert_eq!(told[2]["item"]["content"], json!([]));
    assert_eq!(told[4]["logprobs"], json!([]));
    // The members that OpenResponses requires, in every response object.
    for event in [&told[0], &told[1], told.last().unwrap()] {
        for name in [
            "id",
            "object",
            "created_at",
            "status",
            "completed_at",
            "incomplete_details",
            "previous_response_id",
            "instructions",
            "error",
            "truncation",
            "text",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "top_logprobs",
            "temperature",
            "reasoning",
            "usage",
            "max_output_tokens",
            "max_tool_calls",
            "store",
            "background",
            "service_tier",
            "metadata",
            "safety_identifier",
            "prompt_cache_key",
            "model",
            "output",
            "parallel_tool_calls",
            "tool_choice",
            "tools",
        ] {
            assert!(
                event["response"].as_object().unwrap().contains_key(name),
                "{name}"
            );
        }
    }
}

#[test]
fn row_54_text_cut_within_a_character_stays_whole() {
    let events = events_text(&[
        chunk(json!({"content": "é😀"}), json!(null)),
        chunk(json!({}), json!("stop")),
        json!("[DONE]"),
    ]);
    let whole = streamed_pieces(plan(Messages, To::Chat), [events.as_bytes()], true);
    assert!(whole.contains("é😀"));
    let bytes = streamed_pieces(plan(Messages, To::Chat), events.as_bytes().chunks(1), true);
    assert_eq!(bytes, whole);
}

#[test]
fn row_55_a_null_reason_is_none() {
    let told = streamed(
        Messages,
        To::Chat,
        &[
            chunk(json!({"content": "a"}), json!(null)),
            chunk(json!({"content": "b"}), json!(null)),
            chunk(json!({}), json!("stop")),
            json!("[DONE]"),
        ],
    );
    assert_eq!(data_of(&told), ["a", "b"]);
}

fn data_of(told: &[Value]) -> Vec<&str> {
    told.iter()
        .filter_map(|event| event["delta"]["text"].as_str())
        .collect()
}

#[test]
fn row_56_a_call_long_before_its_stop_is_remembered() {
    let events = [
        gemini(
            json!([{"functionCall": {"name": "f", "args": {"é": 1.50}}}]),
            None,
        ),
        gemini(json!([{"text": ""}]), Some("STOP")),
    ];
    let told = streamed(Chat, To::Gemini, &events);
    let call = &told[1]["choices"][0]["delta"]["tool_calls"][0];
    assert_eq!(
        (&call["id"], &call["function"]["name"]),
        (&json!("call_r1_0"), &json!("f"))
    );
    assert_eq!(told[3]["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(told.last().unwrap(), "[DONE]");
    let told = streamed(Messages, To::Gemini, &events);
    assert_eq!(told[told.len() - 2]["delta"]["stop_reason"], "tool_use");
}

#[test]
fn row_57_a_thoughts_signature_goes_round() {
    let parts = json!([
        {"text": "je pense", "thought": true},
        {"functionCall": {"name": "f", "args": {"é": 1}}, "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "g", "args": {}}}]);
    let answer = gemini(parts, Some("STOP"));
    let f = json!({"functionCall": {"name": "f", "args": {"é": 1}}, "thoughtSignature": "c2ln"});
    let g = json!({"functionCall": {"name": "g", "args": {}}});
    let result = json!({"role": "user", "parts": [
        {"functionResponse": {"name": "f", "response": {"x": 1}}}, {"functionResponse": {"name": "g", "response": {"result": "2"}}}]});
    let expected = json!([{"role": "user", "parts": [{"text": "hé"}]}, {"role": "model", "parts": [f, g]}, result]);
    let contents =
        |client, body: Value| sent(client, To::Gemini, "gemini-3-pro", &body)["contents"].clone();
    // Chat.
    let message = answered(Chat, To::Gemini, &answer)["choices"][0]["message"].clone();
    assert_eq!(message["reasoning_content"], "je pense");
    let (a, b) = (
        &message["tool_calls"][0]["id"],
        &message["tool_calls"][1]["id"],
    );
    assert_ne!(a, b);
    let back = json!({"model": "x", "messages": [{"role": "user", "content": "hé"}, message,
        {"role": "tool", "tool_call_id": a, "content": "{\"x\":1}"}, {"role": "tool", "tool_call_id": b, "content": "2"}]});
    assert_eq!(contents(Chat, back), expected);
    // Messages.
    let content = answered(Messages, To::Gemini, &answer)["content"].clone();
    let ids: Vec<&Value> = content
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|block| block.get("id"))
        .collect();
    let back = json!({"model": "x", "max_tokens": 5, "messages": [{"role": "user", "content": "hé"},
        {"role": "assistant", "content": content}, {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": ids[0], "content": "{\"x\":1}"},
            {"type": "tool_result", "tool_use_id": ids[1], "content": "2"}]}]});
    assert_eq!(contents(Messages, back), expected);
    // Responses.
    let mut input = vec![json!({"role": "user", "content": "hé"})];
    input.extend(
        answered(Responses, To::Gemini, &answer)["output"]
            .as_array()
            .unwrap()
            .iter()
            .cloned(),
    );
    input.push(json!({"type": "function_call_output", "call_id": a, "output": "{\"x\":1}"}));
    input.push(json!({"type": "function_call_output", "call_id": b, "output": "2"}));
    assert_eq!(
        contents(Responses, json!({"model": "x", "input": input})),
        expected
    );
    // A stream carries it as well.
    let told = streamed(Chat, To::Gemini, &[answer]);
    let carried = told.iter().any(|chunk| {
        chunk["choices"][0]["delta"]["tool_calls"][0]["extra_content"]["google"]["thought_signature"] == "c2ln"
    });
    assert!(carried);
    // Another model's call gets the word that Google documents for it.
    let foreign = json!({"model": "x", "messages": [{"role": "user", "content": "hé"},
        {"role": "assistant", "tool_calls": [chat_call("a")]}, {"role": "tool", "tool_call_id": "a", "content": "1"}]});
    assert_eq!(
        contents(Chat, foreign)[1]["parts"][0]["thoughtSignature"],
        "skip_thought_signature_validator"
    );
}

#[test]
fn row_58_geminis_limit_is_length() {
    let answer = gemini(json!([{"text": "é"}]), Some("MAX_TOKENS"));
    assert_eq!(
        answered(Chat, To::Gemini, &answer)["choices"][0]["finish_reason"],
        "length"
    );
    assert_eq!(
        answered(Messages, To::Gemini, &answer)["stop_reason"],
        "max_tokens"
    );
    assert_eq!(
        streamed(Responses, To::Gemini, &[answer]).last().unwrap()["type"],
        "response.incomplete"
    );
}

#[test]
fn errors_are_told_in_the_clients_words() {
    let anthropic = r#"{"type":"error","error":{"type":"rate_limit_error","message":"trop é"},"request_id":"r"}"#;
    assert_eq!(
        error(Chat, To::Messages, 429, anthropic),
        (
            429,
            json!({"error": {"message": "trop é", "type": "invalid_request_error", "param": null, "code": "rate_limit_exceeded"}})
        )
    );
    let openai = r#"{"error":{"message":"no","type":"server_error","param":null,"code":null}}"#;
    assert_eq!(
        error(Messages, To::Chat, 503, openai),
        (
            529,
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "no"}, "request_id": null})
        )
    );
    assert_eq!(error(Chat, To::Messages, 529, anthropic).0, 503);
    assert_eq!(error(Chat, To::Messages, 500, "<html>").0, 502);
    let google = r#"{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}"#;
    assert_eq!(
        error(Responses, To::Gemini, 404, google).1["error"]["code"],
        "model_not_found"
    );
    assert_eq!(
        error(Messages, To::Gemini, 404, google).1["error"]["type"],
        "not_found_error"
    );
    let body =
        json!({"error": {"message": "no", "type": "server_error", "param": null, "code": null}})
            .to_string();
    let failure = plan(Messages, To::Chat)
        .answer(body.as_bytes())
        .unwrap_err();
    assert_eq!(failure.into_fault("p").to_string(), "no");
    assert!(plan(Messages, To::Chat).answer(b"{}").is_err());
    let bad = translated(Chat, To::Messages, "m", "{\"model\":\"m\"}").unwrap_err();
    assert!(matches!(bad, Fault::Refused(refused) if refused.param == "messages"));
    assert!(
        data(&streamed_pieces(
            plan(Chat, To::Chat),
            [b"data: x\n\n".as_slice()],
            true
        ))[0]["error"]
            .is_object()
    );
    let message = message(json!([]), "end_turn");
    assert_eq!(
        answered(Chat, To::Messages, &message)["choices"][0]["message"]["content"],
        json!(null)
    );
}
