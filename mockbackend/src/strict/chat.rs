//! Chat Completions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Violation, list, text};

const ROLES: [&str; 6] = [
    "system",
    "developer",
    "user",
    "assistant",
    "tool",
    "function",
];

/// The most stop sequences.
const MAX_STOPS: usize = 4;

pub(super) fn check(body: &Value) -> Result<(), Violation> {
    if !body["messages"].is_array() {
        return Err(Violation::at(
            "messages",
            "Missing required parameter: 'messages'.",
        ));
    }
    if list(body, "messages").is_empty() {
        return Err(Violation::at(
            "messages",
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got \
             an empty array instead.",
        ));
    }
    if list(body, "stop").len() > MAX_STOPS {
        return Err(Violation::at(
            "stop",
            "Invalid 'stop': array too long. Expected an array with maximum length 4.",
        ));
    }
    if !body["max_tokens"].is_null() && reasons(text(body, "model")) {
        return Err(Violation::at(
            "max_tokens",
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
             'max_completion_tokens' instead.",
        ));
    }
    conversation(list(body, "messages"))
}

/// Whether a model of this name reasons, and so takes no `max_tokens`.
fn reasons(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    ["o1", "o3", "o4", "gpt-5"]
        .iter()
        .any(|family| name.starts_with(family))
}

/// Every result of a tool follows its call, and every call gets its result.
fn conversation(messages: &[Value]) -> Result<(), Violation> {
    let mut open = BTreeSet::new();
    for (index, message) in messages.iter().enumerate() {
        let role = text(message, "role");
        if !ROLES.contains(&role) {
            return Err(Violation::at(
                format!("messages[{index}].role"),
                format!("Invalid value: '{role}'. Supported values are: {ROLES:?}."),
            ));
        }
        if role == "tool" {
            if !open.remove(text(message, "tool_call_id")) {
                return Err(Violation::at(
                    format!("messages[{index}].role"),
                    "Invalid parameter: messages with role 'tool' must be a response to a \
                     preceeding message with 'tool_calls'.",
                ));
            }
            continue;
        }
        unanswered(&open, index)?;
        let calls = list(message, "tool_calls");
        if role == "assistant" {
            open.extend(calls.iter().map(|call| text(call, "id")));
        }
        if message["content"].is_null()
            && calls.is_empty()
            && message["function_call"].is_null()
            && message["refusal"].is_null()
            && message["audio"].is_null()
        {
            return Err(Violation::at(
                format!("messages[{index}].content"),
                "Invalid value for 'content': expected a string, got null.",
            ));
        }
    }
    unanswered(&open, messages.len())
}

fn unanswered(open: &BTreeSet<&str>, index: usize) -> Result<(), Violation> {
    let Some(call) = open.first() else {
        return Ok(());
    };
    Err(Violation::at(
        format!("messages[{index}].role"),
        format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding \
             to each 'tool_call_id'. The following tool_call_ids did not have response messages: \
             {call}"
        ),
    ))
}
