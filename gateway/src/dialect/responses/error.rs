//! Responses' errors: an OpenAI error object alone, or the two events that end a stream.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::dialect::Fault;
use crate::dialect::openai::{self, ErrorObject};

pub(in crate::dialect) use openai::body;

#[derive(Serialize)]
struct ErrorEvent {
    r#type: &'static str,
    sequence_number: u64,
    error: ErrorObject,
}

#[derive(Serialize)]
struct FailedEvent {
    r#type: &'static str,
    response: Map<String, Value>,
    sequence_number: u64,
}

/// The events that end a broken stream: `error` with its nested object, as OpenAI really sends
/// it and as its SDKs raise it, then `response.failed`, since some clients know only that.
///
/// `response` is the response object of the stream's first event, if it was seen;
/// `sequence_number` the number that comes next.
pub(in crate::dialect) fn last_events(
    fault: &Fault,
    response: Option<&[u8]>,
    sequence_number: u64,
) -> Bytes {
    let error = ErrorEvent {
        r#type: "error",
        sequence_number,
        error: fault.into(),
    };
    let mut text = event(error.r#type, &crate::dialect::json(&error));
    text.extend(failed_event(fault, response, sequence_number + 1));
    text.into()
}

/// The `response.failed` event alone, for a stream whose provider sent its `error` itself.
pub(in crate::dialect) fn failed_event(
    fault: &Fault,
    response: Option<&[u8]>,
    sequence_number: u64,
) -> Vec<u8> {
    let failed = FailedEvent {
        r#type: "response.failed",
        response: failed_response(fault, response),
        sequence_number,
    };
    event(failed.r#type, &crate::dialect::json(&failed))
}

fn event(name: &str, data: &[u8]) -> Vec<u8> {
    [b"event: ", name.as_bytes(), b"\ndata: ", data, b"\n\n"].concat()
}

/// The response as the stream began it, now failed. Where its beginning was not seen, the
/// members that OpenAI's SDKs require, so that the event can be read at all.
fn failed_response(fault: &Fault, response: Option<&[u8]>) -> Map<String, Value> {
    let mut response: Map<String, Value> = response
        .and_then(|text| serde_json::from_slice(text).ok())
        .unwrap_or_default();
    for (name, value) in [
        ("id", json!("")),
        ("object", json!("response")),
        ("created_at", json!(0)),
        ("model", json!("")),
        ("output", json!([])),
        ("parallel_tool_calls", json!(true)),
        ("tool_choice", json!("auto")),
        ("tools", json!([])),
    ] {
        response.entry(name).or_insert(value);
    }
    response.insert("status".to_owned(), json!("failed"));
    response.insert(
        "error".to_owned(),
        json!({ "code": "server_error", "message": fault.to_string() }),
    );
    response
}
