//! Tools: offered, chosen, called and answered.

use serde_json::{Value, json};

use super::say::{refused, sent, sent_text, told};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};

const CLAUDE: &str = "claude-sonnet-4-5";

fn chat(fields: Value) -> Value {
    with(
        json!({"model": "x", "messages": [{"role": "user", "content": "hé"}]}),
        fields,
    )
}

fn with(mut body: Value, fields: Value) -> Value {
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    body
}

fn tool(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name, "parameters": {"type": "object"}}})
}

/// A Chat conversation: user, `turns`.
fn turns(turns: &[Value]) -> Value {
    let mut all = vec![json!({"role": "user", "content": "hé"})];
    all.extend_from_slice(turns);
    json!({"model": "x", "messages": all, "tools": [tool("f")]})
}

fn call(id: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}})
}

#[test]
fn row_09_tool_choice() {
    let named = json!({"type": "function", "function": {"name": "f"}});
    for (choice, messages, responses, gemini) in [
        (
            json!("auto"),
            json!({"type": "auto"}),
            json!("auto"),
            json!({"mode": "AUTO"}),
        ),
        (
            json!("required"),
            json!({"type": "any"}),
            json!("required"),
            json!({"mode": "ANY"}),
        ),
        (
            json!("none"),
            json!({"type": "none"}),
            json!("none"),
            json!({"mode": "NONE"}),
        ),
        (
            named,
            json!({"type": "tool", "name": "f"}),
            json!({"type": "function", "name": "f"}),
            json!({"mode": "ANY", "allowedFunctionNames": ["f"]}),
        ),
    ] {
        let body = chat(json!({"tools": [tool("f")], "tool_choice": choice}));
        assert_eq!(
            sent(Chat, To::Messages, CLAUDE, &body)["tool_choice"],
            messages
        );
        assert_eq!(
            sent(Chat, To::Responses, "gpt-4o", &body)["tool_choice"],
            responses
        );
        assert_eq!(
            sent(Chat, To::Gemini, "gemini-2.5-pro", &body)["toolConfig"],
            json!({"functionCallingConfig": gemini})
        );
        // And back.
        let body = json!({"model": "x", "max_tokens": 5, "messages": [{"role": "user", "content": "hé"}],
            "tools": [{"name": "f", "input_schema": {"type": "object"}}], "tool_choice": messages});
        assert_eq!(
            sent(Messages, To::Chat, "gpt-4o", &body)["tool_choice"],
            choice
        );
    }
    // Without tools there is nothing to choose.
    let body = chat(json!({"tool_choice": "auto"}));
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["tool_choice"],
        json!(null)
    );
    assert_eq!(told(Chat, To::Messages, CLAUDE, &body).0, "tool_choice");
}

#[test]
fn row_10_parallel_calls_can_be_forbidden() {
    let body = chat(json!({"tools": [tool("f")], "parallel_tool_calls": false}));
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["tool_choice"],
        json!({"type": "auto", "disable_parallel_tool_use": true})
    );
    let body = chat(
        json!({"tools": [tool("f")], "parallel_tool_calls": false, "tool_choice": "required"}),
    );
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["tool_choice"],
        json!({"type": "any", "disable_parallel_tool_use": true})
    );
    let body = json!({"model": "x", "max_tokens": 5, "messages": [{"role": "user", "content": "hé"}],
        "tools": [{"name": "f", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": true}});
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &body)["parallel_tool_calls"],
        false
    );
    assert_eq!(
        told(Messages, To::Gemini, "gemini-2.5-pro", &body).0,
        "tool_choice.disable_parallel_tool_use"
    );
}

#[test]
fn row_11_a_tool_without_description_has_none() {
    for description in [json!({}), json!({"description": null})] {
        let function = with(
            json!({"name": "f", "parameters": {"type": "object"}}),
            description,
        );
        let body = chat(json!({"tools": [{"type": "function", "function": function}]}));
        assert_eq!(
            sent(Chat, To::Messages, CLAUDE, &body)["tools"],
            json!([{"name": "f", "input_schema": {"type": "object"}}])
        );
    }
}

#[test]
fn row_12_a_tool_without_parameters_takes_an_empty_object() {
    let body = chat(
        json!({"tools": [{"type": "function", "function": {"name": "f", "description": "d"}}]}),
    );
    let none = json!({"type": "object", "properties": {}});
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["tools"],
        json!([{"name": "f", "description": "d", "input_schema": none}])
    );
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &body)["tools"],
        json!([{"type": "function", "name": "f", "description": "d", "parameters": none, "strict": false}])
    );
    let body = json!({"model": "x", "input": "hé", "tools": [{"type": "function", "name": "f", "parameters": null}]});
    assert_eq!(
        sent(Responses, To::Chat, "gpt-4o", &body)["tools"],
        json!([{"type": "function", "function": {"name": "f", "parameters": none}}])
    );
}

#[test]
fn row_13_calls_in_the_conversation_without_tools() {
    let mut body = turns(&[
        json!({"role": "assistant", "content": null, "tool_calls": [call("c", "{}")]}),
        json!({"role": "tool", "tool_call_id": "c", "content": "1"}),
    ]);
    body.as_object_mut().unwrap().remove("tools");
    let sent = sent(Chat, To::Messages, CLAUDE, &body);
    assert_eq!(
        sent["tools"],
        json!([{"name": "f", "input_schema": {"type": "object", "properties": {}}}])
    );
    assert_eq!(sent["tool_choice"], json!({"type": "none"}));
}

#[test]
fn row_14_no_empty_text_beside_calls() {
    for content in [
        json!(""),
        json!(null),
        json!([{"type": "text", "text": ""}]),
    ] {
        let body = turns(&[
            json!({"role": "assistant", "content": content, "tool_calls": [call("c", "{\"é\":1}")]}),
            json!({"role": "tool", "tool_call_id": "c", "content": "1"}),
        ]);
        assert_eq!(
            sent(Chat, To::Messages, CLAUDE, &body)["messages"][1],
            json!({"role": "assistant", "content": [
                {"type": "tool_use", "id": "c", "name": "f", "input": {"é": 1}}]})
        );
    }
    // A message of nothing is none, and its neighbours become one.
    let body = turns(&[
        json!({"role": "assistant", "content": ""}),
        json!({"role": "user", "content": "?"}),
    ]);
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["messages"],
        json!([{"role": "user", "content": [{"type": "text", "text": "hé"}, {"type": "text", "text": "?"}]}])
    );
}

#[test]
fn row_15_empty_arguments_are_an_empty_object() {
    let body = turns(&[
        json!({"role": "assistant", "content": null, "tool_calls": [call("c", "")]}),
        json!({"role": "tool", "tool_call_id": "c", "content": "1"}),
    ]);
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["messages"][1]["content"][0]["input"],
        json!({})
    );
    assert_eq!(told(Chat, To::Messages, CLAUDE, &body), Default::default());
    assert_eq!(
        sent(Chat, To::Gemini, "gemini-2.5-pro", &body)["contents"][1]["parts"],
        json!([{"functionCall": {"name": "f", "args": {}}}])
    );
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &body)["input"][1]["arguments"],
        "{}"
    );
}

#[test]
fn row_16_arguments_that_are_no_json_become_an_object_and_a_signal() {
    for arguments in ["{\"a\":", "[1]", "\"{}\"", "é"] {
        let body = turns(&[
            json!({"role": "assistant", "content": null, "tool_calls": [call("c", arguments)]}),
            json!({"role": "tool", "tool_call_id": "c", "content": "1"}),
        ]);
        assert_eq!(
            sent(Chat, To::Messages, CLAUDE, &body)["messages"][1]["content"][0]["input"],
            json!({})
        );
        assert_eq!(
            told(Chat, To::Messages, CLAUDE, &body).1,
            "messages.tool_calls.function.arguments"
        );
    }
}

#[test]
fn row_17_numbers_and_keys_of_arguments_stay_as_they_were_spelled() {
    let exact = r#"{"é":1.50,"big":12345678901234567890123,"e":1E+2,"z":-0.0,"a":{"b":1,"b":2}}"#;
    let quoted = serde_json::to_string(exact).unwrap();
    let body = format!(
        r#"{{"model":"x","messages":[{{"role":"user","content":"?"}},{{"role":"assistant","content":null,"tool_calls":[{{"id":"c","type":"function","function":{{"name":"f","arguments":{quoted}}}}}]}},{{"role":"tool","tool_call_id":"c","content":"1"}}],"tools":[{{"type":"function","function":{{"name":"f","parameters":{{"type":"object","maximum":1.0,"é":1e400}}}}}}]}}"#
    );
    for (to, model) in [(To::Messages, CLAUDE), (To::Gemini, "gemini-2.5-pro")] {
        // What the mock or serde would read into a float is compared as text.
        let sent = crate::translate::request(Chat, to, model, body.as_bytes(), super::say::MOMENT)
            .unwrap();
        let text = String::from_utf8(sent.body.to_vec()).unwrap();
        assert!(text.contains(exact), "{text}");
        assert!(
            text.contains(r#"{"type":"object","maximum":1.0,"é":1e400}"#),
            "{text}"
        );
    }
    let back = format!(
        r#"{{"model":"x","max_tokens":5,"messages":[{{"role":"user","content":"?"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"c","name":"f","input":{exact}}}]}}]}}"#
    );
    assert!(sent_text(Messages, To::Chat, "gpt-4o", &back).contains(&quoted));
    assert!(sent_text(Messages, To::Responses, "gpt-4o", &back).contains(&quoted));
}

#[test]
fn row_18_several_results_are_one_message_results_first() {
    let body = turns(&[
        json!({"role": "assistant", "content": "je regarde", "tool_calls": [call("a", "{}"), call("b", "{}")]}),
        json!({"role": "tool", "tool_call_id": "a", "content": "un"}),
        json!({"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "deux é"}]}),
        json!({"role": "user", "content": "et?"}),
    ]);
    assert_eq!(
        sent(Chat, To::Messages, CLAUDE, &body)["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "hé"}]},
            {"role": "assistant", "content": [
                {"type": "text", "text": "je regarde"},
                {"type": "tool_use", "id": "a", "name": "f", "input": {}},
                {"type": "tool_use", "id": "b", "name": "f", "input": {}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "un"},
                {"type": "tool_result", "tool_use_id": "b", "content": "deux é"},
                {"type": "text", "text": "et?"}]}
        ])
    );
    assert_eq!(
        sent(Chat, To::Gemini, "gemini-2.5-pro", &body)["contents"][2],
        json!({"role": "user", "parts": [
            {"functionResponse": {"name": "f", "response": {"result": "un"}}},
            {"functionResponse": {"name": "f", "response": {"result": "deux é"}}},
            {"text": "et?"}]})
    );
}

#[test]
fn row_19_ids_outside_the_pattern_are_rewritten_alike() {
    let body = turns(&[
        json!({"role": "assistant", "content": null, "tool_calls": [call("functions.f:0", "{}"), call("functions_f_0", "{}")]}),
        json!({"role": "tool", "tool_call_id": "functions.f:0", "content": "1"}),
        json!({"role": "tool", "tool_call_id": "functions_f_0", "content": "2"}),
    ]);
    let sent = sent(Chat, To::Messages, CLAUDE, &body);
    let (calls, results) = (
        &sent["messages"][1]["content"],
        &sent["messages"][2]["content"],
    );
    assert_eq!(calls[0]["id"], "tg_functions_2Ef_3A0");
    assert_eq!(results[0]["tool_use_id"], "tg_functions_2Ef_3A0");
    assert_eq!(calls[1]["id"], "functions_f_0");
    assert_eq!(results[1]["tool_use_id"], "functions_f_0");
}

#[test]
fn what_cannot_be_said_is_refused_with_its_place() {
    let body = turns(&[
        json!({"role": "assistant", "tool_calls": [{"id": "c", "type": "custom", "custom": {}}]}),
    ]);
    assert_eq!(
        refused(Chat, To::Messages, CLAUDE, &body).param,
        "messages[1].tool_calls[0]"
    );
    let body = chat(json!({"tools": [tool("f"), {"type": "custom", "custom": {"name": "x"}}]}));
    assert_eq!(
        refused(Chat, To::Messages, CLAUDE, &body).param,
        "tools[1].type"
    );
}
