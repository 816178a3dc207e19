//! Reads a Messages answer.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error_in::ErrorObject;
use crate::translate::json::Text;
use crate::translate::{
    Answer, AnswerFailure, Arguments, Call, Origin, Part, Signature, Stop, Thinking, Usage,
};

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Vec<Block<'a>>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(borrow)]
    stop_sequence: Option<Text<'a>>,
    usage: Option<UsageObject>,
    #[serde(borrow)]
    error: Option<ErrorObject<'a>>,
}

/// The members of all kinds of blocks, in answers and at their start in streams.
#[derive(Deserialize)]
pub(super) struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) thinking: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) signature: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) data: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Deserialize)]
pub(super) struct UsageObject {
    input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl From<UsageObject> for Usage {
    fn from(usage: UsageObject) -> Self {
        Self {
            uncached_input: usage.input_tokens,
            cache_read: usage.cache_read_input_tokens,
            cache_write: usage.cache_creation_input_tokens,
            output: usage.output_tokens,
            reasoning: None,
        }
    }
}

/// Reads `body`.
pub(crate) fn read(body: &[u8]) -> Result<Answer<'_>, AnswerFailure> {
    let message: Message<'_> = serde_json::from_slice(body)?;
    if let Some(error) = message.error {
        return Err(AnswerFailure::Problem(error.problem(None)));
    }
    let content = message
        .content
        .ok_or(AnswerFailure::Unreadable("it has no content"))?;
    Ok(Answer {
        id: message.id.unwrap_or_default(),
        model: message.model.unwrap_or_default(),
        created: None,
        parts: content.into_iter().filter_map(part).collect(),
        stop: stop(message.stop_reason.as_ref(), message.stop_sequence),
        usage: message.usage.map(Usage::from).unwrap_or_default(),
    })
}

/// Blocks of tools that Anthropic runs itself cannot come, as none is ever offered.
fn part(block: Block<'_>) -> Option<Part<'_>> {
    Some(match block.kind.escaped() {
        "text" => Part::Text(block.text.filter(|text| !text.is_empty())?),
        "thinking" => Part::Thinking(Thinking {
            text: block.thinking.unwrap_or_default(),
            signature: block
                .signature
                .filter(|text| !text.is_empty())
                .map(|text| Signature::new(Origin::Messages, text)),
        }),
        "redacted_thinking" => Part::Thinking(Thinking {
            text: Text::default(),
            signature: block
                .data
                .map(|data| Signature::new(Origin::Redacted, data)),
        }),
        "tool_use" => Part::Call(Call {
            id: block.id.unwrap_or_default(),
            name: block.name.unwrap_or_default(),
            arguments: Arguments::Json(block.input.map_or("{}", RawValue::get)),
            signature: None,
        }),
        _ => return None,
    })
}

/// What an answer's `stop_reason` says.
pub(super) fn stop<'a>(reason: Option<&Text<'_>>, sequence: Option<Text<'a>>) -> Stop<'a> {
    match reason.map_or("", Text::escaped) {
        "max_tokens" => Stop::Length,
        "stop_sequence" => sequence.map_or(Stop::End, Stop::Sequence),
        "tool_use" => Stop::Calls,
        "pause_turn" => Stop::Pause,
        "refusal" => Stop::Refusal,
        "model_context_window_exceeded" => Stop::Context,
        _ => Stop::End,
    }
}
