//! Chat Completions, as a client reads it.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::{BadShape, First, Text, or_empty, read, require};
use super::{Progress, Reading};
use crate::sse;

const FINISH_REASONS: [&str; 5] = [
    "stop",
    "length",
    "tool_calls",
    "content_filter",
    "function_call",
];

#[derive(Deserialize)]
struct Completion<'a> {
    #[serde(borrow)]
    object: Option<Text<'a>>,
    #[serde(borrow)]
    choices: Option<First<Choice<'a>>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    object: Option<Text<'a>>,
    #[serde(borrow)]
    choices: Option<First<ChunkChoice<'a>>>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct ChunkChoice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
    tool_calls: Option<First<IgnoredAny>>,
}

/// The text of a whole answer.
pub(super) fn whole_text(body: &[u8]) -> Result<Cow<'_, str>, BadShape> {
    let completion: Completion<'_> = read(body)?;
    require(
        completion.object.is_some_and(|o| o.is("chat.completion")),
        "`object` is not `chat.completion`",
    )?;
    let choice = completion
        .choices
        .and_then(|choices| choices.0)
        .ok_or_else(|| BadShape::new("no choice in `choices`"))?;
    check_finish_reason(choice.finish_reason.as_ref())?;
    let message = choice
        .message
        .ok_or_else(|| BadShape::new("the choice has no `message`"))?;
    require(
        message.role.is_some_and(|role| role.is("assistant")),
        "the message's `role` is not `assistant`",
    )?;
    Ok(or_empty(message.content))
}

/// What one event of a stream means.
pub(super) fn read_event<'a>(
    event: sse::Event<'a>,
    progress: &mut Progress,
) -> Result<Reading<'a>, BadShape> {
    if event.data == b"[DONE]" {
        require(progress.opened, "`[DONE]` before any chunk")?;
        return Ok(Reading::Terminal(None));
    }
    let chunk: Chunk<'a> = read(event.data)?;
    if let Some(error) = chunk.error {
        return Ok(Reading::Error(error.to_string()));
    }
    require(
        chunk.object.is_some_and(|o| o.is("chat.completion.chunk")),
        "`object` is not `chat.completion.chunk`",
    )?;
    let choices = chunk
        .choices
        .ok_or_else(|| BadShape::new("a chunk without `choices`"))?;
    progress.opened = true;
    // The chunk that carries the usage has no choice.
    let Some(choice) = choices.0 else {
        return Ok(Reading::Nothing);
    };
    if choice.finish_reason.is_some() {
        check_finish_reason(choice.finish_reason.as_ref())?;
        progress.finished = true;
    }
    let Some(delta) = choice.delta else {
        return Ok(Reading::Nothing);
    };
    require(
        delta.tool_calls.is_none_or(|calls| calls.0.is_none()),
        "a tool call that was not asked for",
    )?;
    Ok(Reading::Text(or_empty(delta.content)))
}

fn check_finish_reason(reason: Option<&Text<'_>>) -> Result<(), BadShape> {
    require(
        reason.is_some_and(|reason| FINISH_REASONS.iter().any(|known| reason.is(known))),
        "`finish_reason` is missing or none of the dialect's",
    )
}
