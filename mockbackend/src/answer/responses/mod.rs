//! OpenAI Responses.

mod events;
mod response;

use serde::Serialize;
use workload::{Preset, Script};

use super::call;
use super::event::Event;
use super::identity::{CALL_ID, FUNCTION_CALL_ID, OUTPUT_MESSAGE_ID};
use super::object::{EMPTY, Json, fields, object};
use super::usage::Usage;
use events::Events;
use response::{Status, response};

/// The script's text as a whole answer.
pub(super) fn text(script: &Script) -> Json {
    let item = message(
        Status::Completed,
        [part(&script.whole_text(), script.preset())],
    );
    let usage = Usage::of(script);
    response(Status::Completed, &[item], usage, script.preset())
}

/// The script's text as a stream.
///
/// The published benchmark's stream leaves out `in_progress` and the `done`
/// events of the part and the item, which clients can do without.
pub(super) fn text_stream(script: &Script) -> Vec<Event> {
    let full = script.preset() == Preset::Stamped;
    let text = script.stream_text();
    let in_part =
        || fields! { "item_id": OUTPUT_MESSAGE_ID, "output_index": 0, "content_index": 0 };
    let item = message(Status::Completed, [part(&text, script.preset())]);

    let mut events = Events::begin(Usage::of(script), script.preset());
    events.item_added(&message(Status::InProgress, EMPTY));
    let mut added = in_part();
    added.push("part", &part("", script.preset()));
    events.push("response.content_part.added", &added);
    for piece in script.chunk_texts() {
        let mut delta = in_part();
        delta.extend(&fields! { "delta": piece, "logprobs": EMPTY });
        events.push("response.output_text.delta", &delta);
    }
    let mut done = in_part();
    done.extend(&fields! { "text": text, "logprobs": EMPTY });
    events.push("response.output_text.done", &done);
    if full {
        let mut done = in_part();
        done.push("part", &part(&text, script.preset()));
        events.push("response.content_part.done", &done);
        events.item_done(&item);
    }
    events.complete(item)
}

/// A call of `function` as a whole answer.
pub(super) fn call(function: &str) -> Json {
    let item = function_call(Status::Completed, function, &call::arguments());
    response(Status::Completed, &[item], Usage::CALL, Preset::Stamped)
}

/// A call of `function` as a stream.
pub(super) fn call_stream(function: &str) -> Vec<Event> {
    let in_item = || fields! { "item_id": FUNCTION_CALL_ID, "output_index": 0 };
    let item = function_call(Status::Completed, function, &call::arguments());

    let mut events = Events::begin(Usage::CALL, Preset::Stamped);
    events.item_added(&function_call(Status::InProgress, function, ""));
    for piece in call::PIECES {
        let mut delta = in_item();
        delta.push("delta", piece);
        events.push("response.function_call_arguments.delta", &delta);
    }
    let mut done = in_item();
    done.extend(&fields! { "name": function, "arguments": call::arguments() });
    events.push("response.function_call_arguments.done", &done);
    events.item_done(&item);
    events.complete(item)
}

fn message<T: Serialize>(status: Status, content: T) -> Json {
    object! {
        "id": OUTPUT_MESSAGE_ID,
        "type": "message",
        "status": status.name(),
        "content": content,
        "role": "assistant",
    }
}

fn part(text: &str, preset: Preset) -> Json {
    let mut part = fields! { "type": "output_text", "annotations": EMPTY };
    if preset == Preset::Stamped {
        part.push("logprobs", &EMPTY);
    }
    part.push("text", text);
    part.close()
}

fn function_call(status: Status, function: &str, arguments: &str) -> Json {
    object! {
        "id": FUNCTION_CALL_ID,
        "type": "function_call",
        "status": status.name(),
        "arguments": arguments,
        "call_id": CALL_ID,
        "name": function,
    }
}

#[cfg(test)]
mod tests;
