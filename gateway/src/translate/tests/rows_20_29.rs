//! Images, files, formats and reasoning in requests.

use serde_json::{Value, json};

use super::say::{answered, message, plan, refused, sent, told, translated};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};

const CLAUDE: &str = "claude-sonnet-4-5";
const GEMINI: &str = "gemini-2.5-pro";

fn asking(content: Value) -> Value {
    json!({"model": "x", "messages": [{"role": "user", "content": content}]})
}

fn with(mut body: Value, fields: Value) -> Value {
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    body
}

fn plain(fields: Value) -> Value {
    with(asking(json!("hé")), fields)
}

#[test]
fn row_20_images_by_data_and_by_url() {
    let data = "data:image/png;base64,iVBORw0KGgo=";
    let url = "https://example.test/é.png?a=1";
    let body = asking(json!([
        {"type": "text", "text": "é"},
        {"type": "image_url", "image_url": {"url": data, "detail": "low"}},
        {"type": "image_url", "image_url": {"url": url}},
    ]));
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["messages"][0]["content"],
        json!([
            {"type": "text", "text": "é"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
            {"type": "image", "source": {"type": "url", "url": url}},
        ])
    );
    assert_eq!(
        told(Chat, To::Messages, CLAUDE, &body).0,
        "messages.content.image_url.detail"
    );
    assert_eq!(
        sent(Chat, To::Gemini, GEMINI, &body)["contents"][0]["parts"],
        json!([
            {"text": "é"},
            {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}},
            {"fileData": {"mimeType": "image/png", "fileUri": url}},
        ])
    );
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &body)["input"][0]["content"],
        json!([
            {"type": "input_text", "text": "é"},
            {"type": "input_image", "image_url": data, "detail": "low"},
            {"type": "input_image", "image_url": url, "detail": "auto"},
        ])
    );
    let body = with(
        asking(json!([
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
            {"type": "image", "source": {"type": "url", "url": url}},
        ])),
        json!({"max_tokens": 5}),
    );
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &body)["messages"][0]["content"],
        json!([
            {"type": "image_url", "image_url": {"url": data}},
            {"type": "image_url", "image_url": {"url": url}},
        ])
    );
}

#[test]
fn row_20_a_media_type_that_would_end_a_data_url_is_refused() {
    for media_type in ["image/png,x", "image/png;base64,x", "image/é"] {
        let body = json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": "aGk="}}
        ]}]});
        let refused = refused(Messages, To::Chat, "gpt-4o", &body);
        assert_eq!(
            refused.param, "messages[0].content[0].source.media_type",
            "{media_type}"
        );
    }
}

#[test]
fn row_21_an_image_in_a_result_is_kept() {
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}});
    let body = json!({"model": "x", "max_tokens": 5, "messages": [
        {"role": "user", "content": "hé"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "a", "name": "f", "input": {}}, {"type": "tool_use", "id": "b", "name": "g", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "vois é"}, image]},
            {"type": "tool_result", "tool_use_id": "b", "content": [image]}]}
    ]});
    let part = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}});
    let chat = sent(Messages, To::Chat, "gpt-4o", &body);
    assert_eq!(
        chat["messages"].as_array().unwrap()[2..],
        [
            json!({"role": "tool", "tool_call_id": "a", "content": "vois é"}),
            json!({"role": "tool", "tool_call_id": "b", "content": "The result is in the next message."}),
            json!({"role": "user", "content": [part, part]}),
        ]
    );
    let input = sent(Messages, To::Responses, "gpt-4o", &body)["input"].clone();
    assert_eq!(
        input[3],
        json!({"type": "function_call_output", "call_id": "a", "output": [
            {"type": "input_text", "text": "vois é"},
            {"type": "input_image", "image_url": "data:image/png;base64,iVBO", "detail": "auto"}]})
    );
    assert_eq!(
        sent(Messages, To::Gemini, GEMINI, &body)["contents"][2]["parts"],
        json!([
            {"functionResponse": {"name": "f", "response": {"result": "vois é"}}},
            {"functionResponse": {"name": "g", "response": {"result": ""}}},
            {"inlineData": {"mimeType": "image/png", "data": "iVBO"}},
            {"inlineData": {"mimeType": "image/png", "data": "iVBO"}},
        ])
    );
}

#[test]
fn row_22_content_that_cannot_be_sent_is_an_error() {
    let audio =
        asking(json!([{"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}}]));
    assert_eq!(
        refused(Chat, To::Messages, CLAUDE, &audio).param,
        "messages.content.input_audio"
    );
    assert_eq!(
        refused(Chat, To::Responses, "gpt-4o", &audio).param,
        "messages.content.input_audio"
    );
    assert_eq!(
        sent(Chat, To::Gemini, GEMINI, &audio)["contents"][0]["parts"],
        json!([{"inlineData": {"mimeType": "audio/wav", "data": "UklG"}}])
    );
    let unknown = asking(json!([{"type": "text", "text": "a"}, {"type": "video", "video": {}}]));
    let kept = asking(json!([{"type": "file", "file": {"file_id": "file-1"}}]));
    for to in [To::Messages, To::Responses, To::Gemini] {
        assert_eq!(
            refused(Chat, to, "m", &unknown).param,
            "messages[0].content[1].type"
        );
        assert_eq!(
            refused(Chat, to, "m", &kept).param,
            "messages[0].content[0].file.file_id"
        );
    }
    let file = asking(
        json!([{"type": "file", "file": {"filename": "é.pdf", "file_data": "data:application/pdf;base64,JVBE"}}]),
    );
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &file)["messages"][0]["content"],
        json!([{"type": "document", "title": "é.pdf",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}}])
    );
    let search = with(
        asking(json!([{"type": "search_result", "title": "a"}])),
        json!({"max_tokens": 5}),
    );
    assert_eq!(
        refused(Messages, To::Chat, "m", &search).param,
        "messages[0].content[0].type"
    );
}

#[test]
fn row_23_several_answers_are_refused_and_logprobs_dropped_by_name() {
    for to in [To::Messages, To::Responses, To::Gemini] {
        assert_eq!(refused(Chat, to, "m", &plain(json!({"n": 2}))).param, "n");
        let body =
            plain(json!({"n": 1, "logprobs": true, "top_logprobs": 3, "logit_bias": {"1": 2}}));
        assert_eq!(
            told(Chat, to, "m", &body).0,
            "logit_bias, logprobs, top_logprobs"
        );
    }
    let body = plain(json!({"n": 1, "logprobs": false}));
    assert_eq!(told(Chat, To::Messages, CLAUDE, &body).0, "");
}

#[test]
fn row_24_answers_by_a_schema() {
    let schema = json!({"type": "object", "properties": {"é": {"type": "number"}}, "additionalProperties": false});
    let body = plain(json!({"response_format": {"type": "json_schema",
        "json_schema": {"name": "n", "schema": schema, "strict": true}}}));
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["output_config"],
        json!({"format": {"type": "json_schema", "schema": schema}})
    );
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &body)["text"],
        json!({"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": true}})
    );
    assert_eq!(
        sent(Chat, To::Gemini, GEMINI, &body)["generationConfig"],
        json!({"responseMimeType": "application/json", "responseJsonSchema": schema})
    );
    let body = plain(
        json!({"max_tokens": 5, "output_config": {"format": {"type": "json_schema", "schema": schema}}}),
    );
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &body)["response_format"],
        json!({"type": "json_schema", "json_schema": {"name": "response", "schema": schema, "strict": true}})
    );
    let body = json!({"model": "x", "input": "hé", "text": {"format": {"type": "json_object"}, "verbosity": "low"}});
    let chat = sent(Responses, To::Chat, "gpt-4o", &body);
    assert_eq!(chat["response_format"], json!({"type": "json_object"}));
    assert_eq!(chat["verbosity"], "low");
    assert_eq!(
        told(Responses, To::Messages, CLAUDE, &body).0,
        "text.format, text.verbosity"
    );
}

#[test]
fn row_25_a_schema_by_way_of_a_tool_is_text_again() {
    let schema = json!({"type": "object"});
    let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema}});
    let old = "claude-3-5-sonnet-20241022";
    let tool = json!({"name": "respond_with_json", "description": "Gives the answer to the user.", "input_schema": schema});
    let body = plain(json!({"response_format": format}));
    let upstream = sent(Chat, To::Messages, old, &body);
    assert_eq!(upstream["tools"], json!([tool]));
    assert_eq!(
        upstream["tool_choice"],
        json!({"type": "tool", "name": "respond_with_json"})
    );
    assert_eq!(upstream["output_config"], json!(null));
    // Other tools survive, and the model chooses among all.
    let body = plain(
        json!({"response_format": format, "tools": [{"type": "function", "function": {"name": "f"}}]}),
    );
    let upstream = sent(Chat, To::Messages, old, &body);
    assert_eq!(upstream["tools"].as_array().unwrap().len(), 2);
    assert_eq!(upstream["tool_choice"], json!({"type": "any"}));
    let plan = translated(Chat, To::Messages, old, &body.to_string())
        .unwrap()
        .plan;
    let answer = |content: Value| -> Value {
        let told = plan
            .answer(message(content, "tool_use").to_string().as_bytes())
            .unwrap();
        serde_json::from_slice::<Value>(&told.body).unwrap()["choices"][0].clone()
    };
    let called =
        json!({"type": "tool_use", "id": "t", "name": "respond_with_json", "input": {"é": "1"}});
    let choice = answer(json!([called]));
    assert_eq!(choice["message"]["content"], "{\"é\":\"1\"}");
    assert_eq!(choice["message"]["tool_calls"], json!(null));
    assert_eq!(choice["finish_reason"], "stop");
    let choice = answer(json!([{"type": "tool_use", "id": "t", "name": "f", "input": {}}]));
    assert_eq!(choice["message"]["tool_calls"][0]["function"]["name"], "f");
    assert_eq!(choice["finish_reason"], "tool_calls");
    let events = super::say::events_text(&[
        super::say::message_start(),
        json!({"type": "content_block_start", "index": 0, "content_block": called}),
        json!({"type": "content_block_stop", "index": 0}),
        super::say::message_end("tool_use")[0].clone(),
        super::say::message_end("tool_use")[1].clone(),
    ]);
    let told = super::say::data(&super::say::streamed_pieces(
        plan,
        [events.as_bytes()],
        true,
    ));
    assert_eq!(
        told[1]["choices"][0]["delta"],
        json!({"content": "{\"é\":\"1\"}"})
    );
    assert_eq!(told[2]["choices"][0]["finish_reason"], "stop");
    assert_eq!(told.len(), 4);
}

#[test]
fn row_26_reasoning_effort() {
    let thinking = |model: &str, fields: Value| {
        let sent = sent(Chat, To::Messages, model, &plain(fields));
        (
            sent["thinking"].clone(),
            sent["output_config"].clone(),
            sent["max_tokens"].clone(),
        )
    };
    let effort = |effort: &str| json!({"reasoning_effort": effort});
    assert_eq!(
        thinking("claude-opus-4-7", effort("high")),
        (
            json!({"type": "adaptive"}),
            json!({"effort": "high"}),
            json!(16_384)
        )
    );
    assert_eq!(
        thinking("claude-opus-4-6", effort("minimal")),
        (
            json!({"type": "adaptive"}),
            json!({"effort": "low"}),
            json!(16_384)
        )
    );
    // Older: 1024 ≤ budget < max_tokens.
    assert_eq!(
        thinking(CLAUDE, effort("medium")),
        (
            json!({"type": "enabled", "budget_tokens": 8_192}),
            json!(null),
            json!(24_576)
        )
    );
    assert_eq!(
        thinking(
            CLAUDE,
            json!({"reasoning_effort": "high", "max_tokens": 2_000})
        ),
        (
            json!({"type": "enabled", "budget_tokens": 1_999}),
            json!(null),
            json!(2_000)
        )
    );
    assert_eq!(
        thinking(
            CLAUDE,
            json!({"reasoning_effort": "high", "max_tokens": 1_024})
        ),
        (json!(null), json!(null), json!(1_024))
    );
    assert_eq!(thinking(CLAUDE, effort("none")).0, json!(null));
    let old = plain(effort("low"));
    assert_eq!(
        told(Chat, To::Messages, "claude-3-5-haiku-20241022", &old).0,
        "reasoning_effort"
    );
    let unknown = plain(effort("enormous"));
    assert_eq!(
        refused(Chat, To::Messages, CLAUDE, &unknown).param,
        "reasoning_effort"
    );
    assert_eq!(
        sent(Chat, To::Responses, "o3", &old)["reasoning"],
        json!({"effort": "low"})
    );
    assert_eq!(
        sent(Chat, To::Gemini, GEMINI, &old)["generationConfig"],
        json!({"thinkingConfig": {"thinkingBudget": 2_048, "includeThoughts": true}})
    );
    assert_eq!(
        sent(Chat, To::Gemini, "gemini-3-pro-preview", &old)["generationConfig"],
        json!({"thinkingConfig": {"thinkingLevel": "low", "includeThoughts": true}})
    );
    let budget = plain(
        json!({"max_tokens": 9_000, "thinking": {"type": "enabled", "budget_tokens": 2_000}}),
    );
    assert_eq!(
        sent(Messages, To::Chat, "o3", &budget)["reasoning_effort"],
        "low"
    );
    let shown = sent(Messages, To::Responses, "o3", &budget);
    assert_eq!(
        shown["reasoning"],
        json!({"effort": "low", "summary": "auto"})
    );
    assert_eq!(shown["include"], json!(["reasoning.encrypted_content"]));
    // Sampling has no place beside thinking.
    let body = plain(json!({"reasoning_effort": "low", "temperature": 0.5, "top_p": 0.9}));
    assert_eq!(
        told(Chat, To::Messages, CLAUDE, &body).0,
        "temperature, top_p"
    );
}

#[test]
fn row_27_thinking_by_budget_becomes_adaptive_where_that_is_all_there_is() {
    let body = plain(
        json!({"max_tokens": 9_000, "thinking": {"type": "enabled", "budget_tokens": 2_000}}),
    );
    let sent_to = |model| sent(Chat, To::Messages, model, &body);
    assert_eq!(
        sent_to("claude-opus-4-7")["thinking"],
        json!({"type": "adaptive", "display": "summarized"})
    );
    assert_eq!(
        sent_to("claude-opus-4-7")["output_config"],
        json!({"effort": "low"})
    );
    assert_eq!(
        told(Chat, To::Messages, "claude-opus-4-7", &body).1,
        "reasoning_effort"
    );
    assert_eq!(
        sent_to(CLAUDE)["thinking"],
        json!({"type": "enabled", "budget_tokens": 2_000})
    );
    let off = plain(json!({"thinking": {"type": "disabled"}}));
    assert_eq!(
        sent(Chat, To::Messages, "claude-opus-5", &off)["thinking"],
        json!(null)
    );
}

#[test]
fn row_28_a_tool_is_not_forced_while_thinking() {
    let body = plain(json!({"reasoning_effort": "low", "tool_choice": "required",
        "tools": [{"type": "function", "function": {"name": "f"}}]}));
    for model in [CLAUDE, "claude-opus-4-7"] {
        assert_eq!(
            sent(Chat, To::Messages, model, &body)["tool_choice"],
            json!({"type": "auto"})
        );
        assert_eq!(told(Chat, To::Messages, model, &body).1, "tool_choice");
    }
}

#[test]
fn row_29_signed_thoughts_come_back_and_unsigned_are_dropped() {
    let content = json!([
        {"type": "thinking", "thinking": "je pense é", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "cmVk"},
        {"type": "text", "text": "oui"},
    ]);
    // Through Chat.
    let told_chat = answered(Chat, To::Messages, &message(content.clone(), "end_turn"));
    let spoken = told_chat["choices"][0]["message"].clone();
    assert_eq!(spoken["reasoning_content"], "je pense é");
    let back = json!({"model": "x", "messages": [
        {"role": "user", "content": "hé"}, spoken, {"role": "user", "content": "?"}]});
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &back)["messages"][1]["content"],
        content
    );
    // Through Responses.
    let told_responses = answered(
        Responses,
        To::Messages,
        &message(content.clone(), "end_turn"),
    );
    let mut input = vec![json!({"role": "user", "content": "hé"})];
    input.extend(told_responses["output"].as_array().unwrap().iter().cloned());
    input.push(json!({"role": "user", "content": "?"}));
    let back = json!({"model": "x", "input": input});
    assert_eq!(
        sent(Responses, To::Messages, CLAUDE, &back)["messages"][1]["content"],
        content
    );
    // Responses' own thoughts through Messages.
    let output = json!([
        {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "é"}], "encrypted_content": "ZW5j"},
        {"id": "m", "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "oui", "annotations": [], "logprobs": []}]}]);
    let response = json!({"id": "resp_1", "object": "response", "created_at": 7, "status": "completed", "model": "m", "output": output});
    let told_messages = answered(Messages, To::Responses, &response);
    assert_eq!(told_messages["content"][0]["thinking"], "é");
    let back = json!({"model": "x", "max_tokens": 5, "messages": [
        {"role": "user", "content": "hé"}, {"role": "assistant", "content": told_messages["content"]}]});
    assert_eq!(
        sent(Messages, To::Responses, "o3", &back)["input"][1],
        json!({"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "é"}], "encrypted_content": "ZW5j"})
    );
    // Unsigned ones, and those of another provider.
    let unsigned = json!({"model": "x", "messages": [
        {"role": "user", "content": "hé"}, {"role": "assistant", "content": "oui", "reasoning_content": "é"}]});
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &unsigned)["messages"][1]["content"],
        json!([{"type": "text", "text": "oui"}])
    );
    assert_eq!(
        told(Chat, To::Messages, CLAUDE, &unsigned).0,
        "messages.reasoning_content"
    );
    assert_eq!(
        told(Messages, To::Gemini, GEMINI, &back).0,
        "messages.content.thinking"
    );
    assert_eq!(plan(Chat, To::Messages).notes.dropped(), None);
}
