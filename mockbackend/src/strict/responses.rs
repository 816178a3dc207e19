//! Responses.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Violation, list, text};

/// The types of input items. One without a type is a message.
const ITEMS: [&str; 27] = [
    "",
    "message",
    "function_call",
    "function_call_output",
    "reasoning",
    "item_reference",
    "file_search_call",
    "web_search_call",
    "computer_call",
    "computer_call_output",
    "image_generation_call",
    "code_interpreter_call",
    "local_shell_call",
    "local_shell_call_output",
    "shell_call",
    "shell_call_output",
    "apply_patch_call",
    "apply_patch_call_output",
    "mcp_list_tools",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "custom_tool_call",
    "custom_tool_call_output",
    "compaction",
    "tool_search_call",
    "tool_search_output",
];

const ROLES: [&str; 4] = ["user", "assistant", "system", "developer"];

pub(super) fn check(body: &Value) -> Result<(), Violation> {
    // A prompt of the provider's, or what came before, can stand for it.
    let elsewhere = ["prompt", "previous_response_id", "conversation"];
    if body["input"].is_null() && elsewhere.iter().all(|field| body[*field].is_null()) {
        return Err(Violation::at(
            "input",
            "Missing required parameter: 'input'.",
        ));
    }
    let mut calls = BTreeSet::new();
    for (index, item) in list(body, "input").iter().enumerate() {
        let kind = text(item, "type");
        if !ITEMS.contains(&kind) {
            return Err(Violation::at(
                format!("input[{index}].type"),
                format!("Invalid value: '{kind}'."),
            ));
        }
        match kind {
            "" | "message" => {
                let role = text(item, "role");
                if !ROLES.contains(&role) {
                    return Err(Violation::at(
                        format!("input[{index}].role"),
                        format!("Invalid value: '{role}'."),
                    ));
                }
            }
            "function_call" => {
                calls.insert(text(item, "call_id"));
            }
            // With a response before it, the call may be there.
            "function_call_output" if body["previous_response_id"].is_null() => {
                let call = text(item, "call_id");
                if !calls.contains(call) {
                    return Err(Violation::at(
                        "input",
                        format!("No tool call found for function call output with call_id {call}."),
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
