//! Reads a Responses answer.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::dialect::chat::error_in::ErrorObject;
use crate::translate::json::Text;
use crate::translate::{
    Answer, AnswerFailure, Arguments, Call, Origin, Part, Signature, Stop, Thinking, Usage,
};

/// The response object, whole or at the end of a stream.
#[derive(Deserialize)]
pub(super) struct Response<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    pub(super) created_at: Option<f64>,
    #[serde(borrow)]
    pub(super) model: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    #[serde(borrow)]
    incomplete_details: Option<Incomplete<'a>>,
    #[serde(borrow)]
    pub(super) error: Option<ErrorObject<'a>>,
    pub(super) usage: Option<UsageObject>,
}

#[derive(Deserialize)]
struct Incomplete<'a> {
    #[serde(borrow)]
    reason: Option<Text<'a>>,
}

/// The members of all kinds of output items.
#[derive(Deserialize)]
pub(super) struct Item<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) call_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) arguments: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Vec<Content<'a>>>,
    #[serde(borrow)]
    summary: Option<Vec<Content<'a>>>,
    #[serde(borrow)]
    pub(super) encrypted_content: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
}

#[derive(Clone, Copy, Deserialize)]
pub(super) struct UsageObject {
    input_tokens: Option<u64>,
    input_tokens_details: Option<InputDetails>,
    output_tokens: Option<u64>,
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Clone, Copy, Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

impl From<UsageObject> for Usage {
    fn from(usage: UsageObject) -> Self {
        let input = usage.input_tokens_details;
        Self {
            output: usage.output_tokens,
            reasoning: usage
                .output_tokens_details
                .and_then(|details| details.reasoning_tokens),
            ..Self::of_prompt(
                usage.input_tokens,
                input.and_then(|details| details.cached_tokens),
                input.and_then(|details| details.cache_write_tokens),
            )
        }
    }
}

/// Reads `body`.
pub(crate) fn read(body: &[u8]) -> Result<Answer<'_>, AnswerFailure> {
    let response: Response<'_> = serde_json::from_slice(body)?;
    if let Some(error) = &response.error {
        return Err(AnswerFailure::Problem(error.problem(None)));
    }
    let output = response
        .output
        .ok_or(AnswerFailure::Unreadable("it has no output"))?;
    let items: Vec<Item<'_>> = serde_json::from_str(output.get())?;
    let parts: Vec<Part<'_>> = items.into_iter().flat_map(parts).collect();
    let called = parts.iter().any(|part| matches!(part, Part::Call(_)));
    let refused = parts.iter().any(|part| matches!(part, Part::Refusal(_)));
    let stop = response.stop(called, refused)?;
    Ok(Answer {
        stop,
        id: response.id.unwrap_or_default(),
        model: response.model.unwrap_or_default(),
        created: response.created_at.map(|seconds| seconds as u64),
        parts,
        usage: response.usage.map(Usage::from).unwrap_or_default(),
    })
}

impl Response<'_> {
    /// Why it ended (wire row 51).
    pub(super) fn stop(&self, called: bool, refused: bool) -> Result<Stop<'static>, AnswerFailure> {
        let reason = self
            .incomplete_details
            .as_ref()
            .and_then(|details| details.reason.as_ref());
        match self.status.as_ref().map_or("completed", Text::escaped) {
            "incomplete" if reason.is_some_and(|reason| reason.is("content_filter")) => {
                Ok(Stop::Refusal)
            }
            "incomplete" => Ok(Stop::Length),
            "completed" if called => Ok(Stop::Calls),
            "completed" if refused => Ok(Stop::Refusal),
            "completed" => Ok(Stop::End),
            _ => Err(AnswerFailure::Unreadable("its response is not complete")),
        }
    }
}

fn parts(item: Item<'_>) -> Vec<Part<'_>> {
    match item.kind.escaped() {
        "message" => item
            .content
            .unwrap_or_default()
            .into_iter()
            .filter_map(|content| {
                let refusal = content.refusal.map(Part::Refusal);
                refusal.or(content.text.filter(|text| !text.is_empty()).map(Part::Text))
            })
            .collect(),
        "function_call" => vec![Part::Call(Call {
            id: item.call_id.unwrap_or_default(),
            name: item.name.unwrap_or_default(),
            arguments: Arguments::Quoted(item.arguments.unwrap_or_default()),
            signature: None,
        })],
        "reasoning" => {
            let mut texts: Vec<Text<'_>> = [item.summary, item.content]
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|content| content.text)
                .collect();
            let text = if texts.len() > 1 {
                let texts: Vec<&str> = texts.iter().map(Text::escaped).collect();
                Text::escaped_already(texts.join("\\n\\n"))
            } else {
                texts.pop().unwrap_or_default()
            };
            let id = item.id.unwrap_or_default();
            vec![Part::Thinking(Thinking {
                text,
                signature: item.encrypted_content.map(|value| Signature {
                    origin: Origin::Responses,
                    id,
                    value,
                }),
            })]
        }
        _ => Vec::new(),
    }
}
