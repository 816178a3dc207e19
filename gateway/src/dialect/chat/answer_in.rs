//! Reads a Chat answer.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error_in::ErrorObject;
use crate::translate::json::Text;
use crate::translate::{Answer, AnswerFailure, Arguments, Call, Part, Stop, Thinking, Usage};

#[derive(Deserialize)]
struct Completion<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    /// Some write it with a fraction.
    created: Option<f64>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    usage: Option<UsageObject>,
    #[serde(borrow)]
    error: Option<ErrorObject<'a>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    message: Message<'a>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
    #[serde(borrow)]
    stop_reason: Option<&'a RawValue>,
    #[serde(borrow)]
    matched_stop: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
    #[serde(borrow)]
    reasoning_content: Option<Text<'a>>,
    #[serde(borrow)]
    reasoning: Option<Text<'a>>,
    #[serde(borrow)]
    tool_calls: Option<Vec<ToolCall<'a>>>,
}

#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    function: Function<'a>,
    #[serde(borrow)]
    extra_content: Option<ExtraContent<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) arguments: Option<Text<'a>>,
}

/// Where Google's Chat puts signatures (wire row 57).
#[derive(Deserialize)]
pub(super) struct ExtraContent<'a> {
    #[serde(borrow)]
    google: Option<Google<'a>>,
}

#[derive(Deserialize)]
struct Google<'a> {
    #[serde(borrow)]
    thought_signature: Option<Text<'a>>,
}

impl<'a> ExtraContent<'a> {
    pub(super) fn signature(self) -> Option<Text<'a>> {
        self.google?.thought_signature
    }
}

/// What a request cost, in OpenAI's way of counting.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct UsageObject {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Clone, Copy, Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

impl From<UsageObject> for Usage {
    fn from(usage: UsageObject) -> Self {
        let prompt = usage.prompt_tokens_details;
        Self {
            output: usage.completion_tokens,
            reasoning: usage
                .completion_tokens_details
                .and_then(|details| details.reasoning_tokens),
            ..Self::of_prompt(
                usage.prompt_tokens,
                prompt.and_then(|details| details.cached_tokens),
                prompt.and_then(|details| details.cache_write_tokens),
            )
        }
    }
}

/// Reads `body`.
pub(crate) fn read(body: &[u8]) -> Result<Answer<'_>, AnswerFailure> {
    let completion: Completion<'_> = serde_json::from_slice(body)?;
    if let Some(error) = completion.error {
        return Err(AnswerFailure::Problem(error.problem(None)));
    }
    let choice = completion
        .choices
        .and_then(|choices| choices.into_iter().next())
        .ok_or(AnswerFailure::Unreadable("it has no choice"))?;
    let message = choice.message;
    let mut parts = Vec::new();
    let filled = |text: &Text<'_>| !text.is_empty();
    if let Some(text) = message
        .reasoning_content
        .or(message.reasoning)
        .filter(filled)
    {
        parts.push(Part::Thinking(Thinking {
            text,
            signature: None,
        }));
    }
    parts.extend(message.content.filter(filled).map(Part::Text));
    let refusal = message.refusal.filter(filled);
    let refused = refusal.is_some();
    parts.extend(refusal.map(Part::Refusal));
    let calls = message.tool_calls.unwrap_or_default();
    let called = !calls.is_empty();
    parts.extend(calls.into_iter().map(|call| {
        Part::Call(Call {
            id: call.id.unwrap_or_default(),
            name: call.function.name.unwrap_or_default(),
            arguments: Arguments::Quoted(call.function.arguments.unwrap_or_default()),
            signature: call.extra_content.and_then(ExtraContent::signature),
        })
    }));
    Ok(Answer {
        id: completion.id.unwrap_or_default(),
        model: completion.model.unwrap_or_default(),
        created: completion.created.map(|seconds| seconds as u64),
        parts,
        stop: stop(
            choice.finish_reason.as_ref(),
            choice.matched_stop.or(choice.stop_reason),
            called,
            refused,
        ),
        usage: completion.usage.map(Usage::from).unwrap_or_default(),
    })
}

/// What an answer's `finish_reason` says. `sequence` is what some backends report of the stop
/// sequence that was met: SGLang's `matched_stop`, vLLM's `stop_reason` (wire row 35).
pub(super) fn stop<'a>(
    reason: Option<&Text<'_>>,
    sequence: Option<&'a RawValue>,
    called: bool,
    refused: bool,
) -> Stop<'a> {
    match reason.map_or("", Text::escaped) {
        "length" => Stop::Length,
        "content_filter" => Stop::Refusal,
        "tool_calls" | "function_call" => Stop::Calls,
        // Some say `stop` after calls.
        _ if called => Stop::Calls,
        // Wire row 32.
        _ if refused => Stop::Refusal,
        _ => match sequence.and_then(Text::of) {
            Some(sequence) => Stop::Sequence(sequence),
            None => Stop::End,
        },
    }
}
