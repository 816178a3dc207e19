//! Messages.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Violation, list, text};

pub(super) fn check(body: &Value) -> Result<(), Violation> {
    for field in ["max_tokens", "messages"] {
        if body[field].is_null() {
            return Err(Violation::anthropic(field, "Field required"));
        }
    }
    if list(body, "messages").is_empty() {
        return Err(Violation::anthropic(
            "messages",
            "at least one message is required",
        ));
    }
    let mut calls = BTreeSet::new();
    let mut before = "";
    for (index, message) in list(body, "messages").iter().enumerate() {
        let role = text(message, "role");
        let place = format!("messages.{index}");
        match role {
            "user" | "assistant" => {}
            // Allowed since 2026 within a conversation (wire formats, 0).
            "system" if before == "user" => {}
            _ => {
                return Err(Violation::anthropic(
                    format!("{place}.role"),
                    "Input should be 'user' or 'assistant'",
                ));
            }
        }
        if role == before {
            return Err(Violation::anthropic(
                "messages",
                &format!(
                    "roles must alternate between \"user\" and \"assistant\", but found multiple \
                     \"{role}\" roles in a row"
                ),
            ));
        }
        before = role;
        calls = blocks(message, &place, &calls)?;
    }
    Ok(())
}

/// Holds the blocks of one message against the calls of the one before; gives
/// its own.
fn blocks<'a>(
    message: &'a Value,
    place: &str,
    calls: &BTreeSet<&str>,
) -> Result<BTreeSet<&'a str>, Violation> {
    if message["content"].as_str() == Some("") {
        return Err(Violation::anthropic(
            format!("{place}.content"),
            "messages must have non-empty content",
        ));
    }
    let mut own = BTreeSet::new();
    let mut open = calls.clone();
    let mut other = false;
    for (index, block) in list(message, "content").iter().enumerate() {
        let place = format!("{place}.content.{index}");
        match text(block, "type") {
            "text" if text(block, "text").is_empty() => {
                return Err(Violation::anthropic(
                    place,
                    "text content blocks must be non-empty",
                ));
            }
            "tool_use" => {
                let id = text(block, "id");
                check_id(id, &format!("{place}.tool_use.id"))?;
                if !block["input"].is_object() {
                    return Err(Violation::anthropic(
                        format!("{place}.tool_use.input"),
                        "Input should be a valid dictionary",
                    ));
                }
                own.insert(id);
                other = true;
            }
            "tool_result" => {
                let id = text(block, "tool_use_id");
                check_id(id, &format!("{place}.tool_result.tool_use_id"))?;
                if !calls.contains(id) {
                    return Err(Violation::anthropic(
                        place,
                        &format!(
                            "unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each \
                             `tool_result` block must have a corresponding `tool_use` block in \
                             the previous message."
                        ),
                    ));
                }
                if other {
                    return Err(Violation::anthropic(
                        place,
                        "`tool_result` blocks must come before all other content",
                    ));
                }
                open.remove(id);
            }
            _ => other = true,
        }
    }
    match open.first() {
        None => Ok(own),
        Some(id) => Err(Violation::anthropic(
            place,
            &format!(
                "`tool_use` ids were found without `tool_result` blocks immediately after: {id}. \
                 Each `tool_use` block must have a corresponding `tool_result` block in the next \
                 message."
            ),
        )),
    }
}

fn check_id(id: &str, place: &str) -> Result<(), Violation> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !id.is_empty() && id.bytes().all(good) {
        return Ok(());
    }
    Err(Violation::anthropic(
        place,
        "String should match pattern '^[a-zA-Z0-9_-]+$'",
    ))
}
