//! Messages.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Violation, list, text};

/// Holds a request to generate against what Messages takes.
pub(super) fn check(body: &Value) -> Result<(), Violation> {
    if body["max_tokens"].is_null() {
        return Err(Violation::anthropic("max_tokens", "Field required"));
    }
    check_conversation(body)
}

/// Holds the conversation, which a request to count tokens has too.
pub(super) fn check_conversation(body: &Value) -> Result<(), Violation> {
    if body["messages"].is_null() {
        return Err(Violation::anthropic("messages", "Field required"));
    }
    if list(body, "messages").is_empty() {
        return Err(Violation::anthropic(
            "messages",
            "at least one message is required",
        ));
    }
    // Messages of one role in a row are one turn to the provider.
    let mut turn = Turn::default();
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
        if role != before {
            turn = Turn::after(turn.end()?);
        }
        before = role;
        turn.take(message, &place)?;
    }
    turn.end().map(drop)
}

/// The messages of one role in a row.
#[derive(Default)]
struct Turn<'a> {
    /// The calls of the turn before, which this one has to answer.
    asked: BTreeSet<&'a str>,
    /// Those that it has not answered yet.
    open: BTreeSet<&'a str>,
    /// Its own calls.
    own: BTreeSet<&'a str>,
    /// It has content that is no result.
    other: bool,
    /// Where its last message stands.
    place: String,
}

impl<'a> Turn<'a> {
    /// The turn after one that made `calls`.
    fn after(calls: BTreeSet<&'a str>) -> Self {
        Self {
            open: calls.clone(),
            asked: calls,
            ..Self::default()
        }
    }

    /// Ends the turn and gives its calls.
    fn end(self) -> Result<BTreeSet<&'a str>, Violation> {
        match self.open.first() {
            None => Ok(self.own),
            Some(id) => Err(Violation::anthropic(
                self.place,
                &format!(
                    "`tool_use` ids were found without `tool_result` blocks immediately after: \
                     {id}. Each `tool_use` block must have a corresponding `tool_result` block in \
                     the next message."
                ),
            )),
        }
    }

    fn take(&mut self, message: &'a Value, place: &str) -> Result<(), Violation> {
        place.clone_into(&mut self.place);
        match message["content"].as_str() {
            Some("") => {
                return Err(Violation::anthropic(
                    format!("{place}.content"),
                    "messages must have non-empty content",
                ));
            }
            Some(_) => self.other = true,
            None => {}
        }
        for (index, block) in list(message, "content").iter().enumerate() {
            self.block(block, format!("{place}.content.{index}"))?;
        }
        Ok(())
    }

    fn block(&mut self, block: &'a Value, place: String) -> Result<(), Violation> {
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
                self.own.insert(id);
                self.other = true;
            }
            "tool_result" => self.result(text(block, "tool_use_id"), place)?,
            _ => self.other = true,
        }
        Ok(())
    }

    fn result(&mut self, id: &str, place: String) -> Result<(), Violation> {
        check_id(id, &format!("{place}.tool_result.tool_use_id"))?;
        if !self.asked.contains(id) {
            return Err(Violation::anthropic(
                place,
                &format!(
                    "unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each \
                     `tool_result` block must have a corresponding `tool_use` block in the \
                     previous message."
                ),
            ));
        }
        if self.other {
            return Err(Violation::anthropic(
                place,
                "`tool_result` blocks must come before all other content",
            ));
        }
        self.open.remove(id);
        Ok(())
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
