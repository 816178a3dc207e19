//! Every choice of a tool in every dialect, there and back. Wire row 9 plays the most common over
//! the wire.

use serde_json::{Value, json};

use super::say::{sent, told};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages};

const CLAUDE: &str = "claude-sonnet-4-5";

fn chat(fields: Value) -> Value {
    let mut body = json!({"model": "x", "messages": [{"role": "user", "content": "hé"}]});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    body
}

fn tool(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name, "parameters": {"type": "object"}}})
}

#[test]
fn every_choice_there_and_back() {
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
