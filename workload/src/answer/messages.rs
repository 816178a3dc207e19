//! Anthropic Messages, as a client reads it.

use std::borrow::Cow;

use serde::Deserialize;

use super::json::{BadShape, HasText, Joined, Text, or_empty, read, require};
use super::{Progress, Reading};
use crate::sse;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Joined<'a, Block<'a>>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
}

impl<'a> HasText<'a> for Block<'a> {
    fn text(self) -> Cow<'a, str> {
        or_empty(self.text.filter(|_| self.kind.is("text")))
    }
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    message: Option<Opening<'a>>,
    #[serde(borrow)]
    content_block: Option<Block<'a>>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Opening<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
}

/// The text of a whole answer.
pub(super) fn whole_text(body: &[u8]) -> Result<Cow<'_, str>, BadShape> {
    let message: Message<'_> = read(body)?;
    require(
        message.kind.is_some_and(|kind| kind.is("message")),
        "`type` is not `message`",
    )?;
    require(
        message.role.is_some_and(|role| role.is("assistant")),
        "`role` is not `assistant`",
    )?;
    require(message.stop_reason.is_some(), "no `stop_reason`")?;
    let content = message.content;
    Ok(content.ok_or_else(|| BadShape::new("no `content`"))?.0)
}

/// What one event of a stream means.
pub(super) fn read_event<'a>(
    event: sse::Event<'a>,
    progress: &mut Progress,
) -> Result<Reading<'a>, BadShape> {
    let read: Event<'a> = read(event.data)?;
    // The official clients drop an event whose `event` line is missing.
    require(
        event.name == read.kind.0.as_bytes(),
        "the `event` line is not the event's `type`",
    )?;
    match &*read.kind.0 {
        "message_start" => {
            require(!progress.opened, "`message_start` came twice")?;
            require(
                read.message
                    .and_then(|message| message.role)
                    .is_some_and(|role| role.is("assistant")),
                "`message_start` without an assistant's message",
            )?;
            progress.opened = true;
            Ok(Reading::Nothing)
        }
        "content_block_start" => {
            require(progress.opened, "a block before `message_start`")?;
            let block = read
                .content_block
                .ok_or_else(|| BadShape::new("`content_block_start` without its block"))?;
            require(
                !block.kind.is("tool_use"),
                "a tool call that was not asked for",
            )?;
            progress.block_opened = true;
            Ok(Reading::Text(or_empty(block.text)))
        }
        "content_block_delta" => {
            require(progress.block_opened, "a delta before its block")?;
            let delta = read
                .delta
                .ok_or_else(|| BadShape::new("`content_block_delta` without its delta"))?;
            if delta.kind.is_some_and(|kind| kind.is("text_delta")) {
                Ok(Reading::Text(or_empty(delta.text)))
            } else {
                Ok(Reading::Nothing)
            }
        }
        "message_delta" => {
            progress.finished |= read.delta.is_some_and(|delta| delta.stop_reason.is_some());
            Ok(Reading::Nothing)
        }
        "message_stop" => {
            require(progress.opened, "`message_stop` before `message_start`")?;
            Ok(Reading::Terminal(None))
        }
        "error" => Ok(Reading::Error(read.error.unwrap_or_default().to_string())),
        _ => Ok(Reading::Nothing),
    }
}
