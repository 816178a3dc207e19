//! OpenAI Responses, as a client reads it.

use std::borrow::Cow;

use serde::Deserialize;

use super::json::{BadShape, HasText, Joined, Text, or_empty, read, require};
use super::{Progress, Reading};
use crate::sse;

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    object: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    output: Option<Joined<'a, Item<'a>>>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    content: Option<Joined<'a, Part<'a>>>,
}

impl<'a> HasText<'a> for Item<'a> {
    fn text(self) -> Cow<'a, str> {
        let content = self.content.filter(|_| self.kind.is("message"));
        content.map_or(Cow::Borrowed(""), |parts| parts.0)
    }
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
}

impl<'a> HasText<'a> for Part<'a> {
    fn text(self) -> Cow<'a, str> {
        or_empty(self.text.filter(|_| self.kind.is("output_text")))
    }
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    delta: Option<Text<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    response: Option<Response<'a>>,
}

/// The text of a whole answer.
pub(super) fn whole_text(body: &[u8]) -> Result<Cow<'_, str>, BadShape> {
    completed_text(read(body)?)
}

fn completed_text(response: Response<'_>) -> Result<Cow<'_, str>, BadShape> {
    require(
        response.object.is_some_and(|o| o.is("response")),
        "`object` is not `response`",
    )?;
    require(
        response.status.is_some_and(|s| s.is("completed")),
        "`status` is not `completed`",
    )?;
    let output = response.output;
    Ok(output.ok_or_else(|| BadShape::new("no `output`"))?.0)
}

/// What one event of a stream means.
pub(super) fn read_event<'a>(
    event: sse::Event<'a>,
    progress: &mut Progress,
) -> Result<Reading<'a>, BadShape> {
    let Ok(read) = serde_json::from_slice::<Event<'a>>(event.data) else {
        return read_error(event.data);
    };
    require(
        event.name.is_empty() || event.name == read.kind.0.as_bytes(),
        "the `event` line is not the event's `type`",
    )?;
    match &*read.kind.0 {
        "response.created" => {
            require(!progress.opened, "`response.created` came twice")?;
            progress.opened = true;
            Ok(Reading::Nothing)
        }
        "response.content_part.added" => {
            require(progress.opened, "a part before `response.created`")?;
            progress.block_opened = true;
            Ok(Reading::Nothing)
        }
        "response.output_text.delta" => {
            require(
                progress.block_opened,
                "a delta before `response.content_part.added`",
            )?;
            Ok(Reading::Text(or_empty(read.delta)))
        }
        "response.output_text.done" => Ok(Reading::Repeat(or_empty(read.text))),
        "response.completed" => {
            require(progress.opened, "the end before `response.created`")?;
            let response = read
                .response
                .ok_or_else(|| BadShape::new("`response.completed` without `response`"))?;
            progress.finished = true;
            Ok(Reading::Terminal(Some(completed_text(response)?)))
        }
        "response.failed" => Ok(Reading::Error(
            read.response
                .and_then(|response| response.error)
                .unwrap_or_default()
                .to_string(),
        )),
        "error" => read_error(event.data),
        _ => Ok(Reading::Nothing),
    }
}

/// An event whose fields do not have the types of any other: an error, or
/// nothing of this dialect.
fn read_error<'a>(data: &[u8]) -> Result<Reading<'a>, BadShape> {
    // Some gateways end every stream with Chat's marker; the official client
    // takes it, so it is no fault.
    if data == b"[DONE]" {
        return Ok(Reading::Nothing);
    }
    let event: serde_json::Value = read(data)?;
    if event["type"] == "error" || event.get("error").is_some_and(|error| !error.is_null()) {
        return Ok(Reading::Error(event.to_string()));
    }
    match event["type"].as_str() {
        // Deltas of kinds that this workload does not ask for may be objects.
        Some(kind) if !kind.starts_with("response.output_text") => Ok(Reading::Nothing),
        _ => Err(BadShape::new(format!(
            "not an event of this dialect: {event}"
        ))),
    }
}
