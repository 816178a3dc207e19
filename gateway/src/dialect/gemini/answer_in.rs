//! Reads an answer of Gemini's.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error_in::ErrorObject;
use crate::translate::json::{Text, first};
use crate::translate::{
    Answer, AnswerFailure, Arguments, Call, Origin, Part, Signature, Stop, Thinking, Usage,
};

/// An answer, or one piece of a stream.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    #[serde(borrow, default, deserialize_with = "first", rename = "candidates")]
    pub(super) candidate: Option<Candidate<'a>>,
    #[serde(borrow)]
    pub(super) prompt_feedback: Option<Feedback<'a>>,
    pub(super) usage_metadata: Option<UsageObject>,
    #[serde(borrow)]
    pub(super) model_version: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) response_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) error: Option<ErrorObject<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate<'a> {
    #[serde(borrow)]
    pub(super) content: Option<Content<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Content<'a> {
    #[serde(borrow)]
    pub(super) parts: Option<Vec<Piece<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Piece<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    pub(super) thought: Option<bool>,
    #[serde(borrow)]
    pub(super) thought_signature: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) function_call: Option<FunctionCall<'a>>,
}

#[derive(Deserialize)]
pub(super) struct FunctionCall<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) args: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Feedback<'a> {
    #[serde(borrow)]
    pub(super) block_reason: Option<Text<'a>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UsageObject {
    prompt_token_count: Option<u64>,
    tool_use_prompt_token_count: Option<u64>,
    cached_content_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

impl From<UsageObject> for Usage {
    fn from(usage: UsageObject) -> Self {
        let prompt = usage
            .prompt_token_count
            .map(|prompt| prompt.saturating_add(usage.tool_use_prompt_token_count.unwrap_or(0)));
        let output = match (usage.candidates_token_count, usage.thoughts_token_count) {
            (None, None) => None,
            // Gemini counts its thoughts beside its words.
            (words, thoughts) => Some(words.unwrap_or(0).saturating_add(thoughts.unwrap_or(0))),
        };
        Self {
            output,
            reasoning: usage.thoughts_token_count,
            ..Self::of_prompt(prompt, usage.cached_content_token_count, None)
        }
    }
}

/// Reads `body`.
pub(crate) fn read(body: &[u8]) -> Result<Answer<'_>, AnswerFailure> {
    let response: Response<'_> = serde_json::from_slice(body)?;
    if let Some(error) = response.error {
        return Err(AnswerFailure::Problem(error.problem(None)));
    }
    let blocked = response
        .prompt_feedback
        .and_then(|feedback| feedback.block_reason);
    let id = response.response_id.unwrap_or_default();
    let mut answer = Answer {
        model: response.model_version.unwrap_or_default(),
        usage: response.usage_metadata.map(Usage::from).unwrap_or_default(),
        ..Answer::default()
    };
    match response.candidate {
        Some(candidate) => {
            let pieces = candidate.content.and_then(|content| content.parts);
            let mut calls = 0;
            for piece in pieces.unwrap_or_default() {
                parts(piece, &id, &mut calls, &mut answer.parts);
            }
            answer.stop = stop(candidate.finish_reason.as_ref(), calls > 0)?;
        }
        None if blocked.is_some() => answer.stop = Stop::Refusal,
        None => return Err(AnswerFailure::Unreadable("it has no candidate")),
    }
    answer.id = id;
    Ok(answer)
}

fn parts<'a>(piece: Piece<'a>, id: &Text<'a>, calls: &mut usize, parts: &mut Vec<Part<'a>>) {
    let signature = piece.thought_signature;
    if let Some(call) = piece.function_call {
        parts.push(Part::Call(Call {
            id: call.id.unwrap_or_else(|| call_id(id, *calls)),
            name: call.name.unwrap_or_default(),
            arguments: Arguments::Json(call.args.map_or("{}", RawValue::get)),
            signature,
        }));
        *calls += 1;
        return;
    }
    let signature = signature.map(|value| Signature::new(Origin::Gemini, value));
    let text = piece.text.unwrap_or_default();
    if piece.thought == Some(true) {
        parts.push(Part::Thinking(Thinking { text, signature }));
        return;
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    if signature.is_some() {
        parts.push(Part::Thinking(Thinking {
            text: Text::default(),
            signature,
        }));
    }
}

/// Gemini's calls mostly have no ids; this one is like no other of the conversation.
pub(super) fn call_id(response: &Text<'_>, index: usize) -> Text<'static> {
    Text::escaped_already(format!("call_{}_{index}", response.escaped()))
}

/// What `finishReason` says (wire rows 32, 56 and 58).
pub(super) fn stop(
    reason: Option<&Text<'_>>,
    called: bool,
) -> Result<Stop<'static>, AnswerFailure> {
    match reason.map_or("STOP", Text::escaped) {
        "MAX_TOKENS" => Ok(Stop::Length),
        "STOP" if called => Ok(Stop::Calls),
        "STOP" | "FINISH_REASON_UNSPECIFIED" => Ok(Stop::End),
        "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" => {
            Err(AnswerFailure::Unreadable("its model called a tool wrongly"))
        }
        // Filters of many kinds.
        _ => Ok(Stop::Refusal),
    }
}
