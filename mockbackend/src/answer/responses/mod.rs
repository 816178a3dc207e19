//! OpenAI Responses.

mod events;
mod response;

use serde::Serialize;
use workload::{Preset, Script};

use super::content::{Content, REFUSAL, SIGNATURE, Said, THOUGHTS};
use super::event::Event;
use super::identity::{OUTPUT_MESSAGE_ID, REASONING_ID, call_id, function_call_id};
use super::object::{EMPTY, Json, fields, object};
use super::usage::Usage;
use crate::ask::Reasoning;
use events::Events;
use response::{Status, response};

/// A whole answer.
pub(super) fn whole(script: &Script, content: &Content) -> Json {
    let preset = content.preset(script);
    let mut items = Vec::new();
    if content.reasoning != Reasoning::None {
        items.push(reasoning_item(
            content.reasoning == Reasoning::Shown,
            content.encrypted,
        ));
    }
    match &content.said {
        Said::Text => {
            let part = text_part(&content.whole_text(script), preset);
            items.push(message(Status::Completed, [part]));
        }
        Said::Refusal => {
            let part = refusal_part(&REFUSAL.concat());
            items.push(message(Status::Completed, [part]));
        }
        Said::Calls(functions) => {
            for (index, function) in functions.iter().enumerate() {
                items.push(function_call(
                    Status::Completed,
                    index,
                    function,
                    &content.arguments(),
                ));
            }
        }
    }
    response(Status::Completed, &items, content.usage(script), preset)
}

/// A stream.
///
/// The published benchmark's stream leaves out `in_progress` and the `done`
/// events of the part and the item, which clients can do without.
pub(super) fn stream(script: &Script, content: &Content) -> Vec<Event> {
    let mut events = Events::begin(content.usage(script), content.preset(script));
    if content.reasoning != Reasoning::None {
        reasoning_events(&mut events, content);
    }
    match &content.said {
        Said::Text => text_events(&mut events, script, content),
        Said::Refusal => refusal_events(&mut events),
        Said::Calls(functions) => {
            for (index, function) in functions.iter().enumerate() {
                call_events(&mut events, index, function, content);
            }
        }
    }
    events.complete()
}

fn text_events(events: &mut Events, script: &Script, content: &Content) {
    let preset = content.preset(script);
    let full = preset == Preset::Stamped;
    let pieces = content.text_pieces(script);
    let text = pieces.concat();
    let item = message(Status::Completed, [text_part(&text, preset)]);
    let in_part = events.part_of(OUTPUT_MESSAGE_ID);

    events.item_added(&message(Status::InProgress, EMPTY));
    events.push(
        "response.content_part.added",
        &in_part().with("part", &text_part("", preset)),
    );
    for piece in pieces {
        let delta = fields! { "delta": piece, "logprobs": EMPTY };
        events.push("response.output_text.delta", &in_part().and(&delta));
    }
    let done = fields! { "text": text, "logprobs": EMPTY };
    events.push("response.output_text.done", &in_part().and(&done));
    if full {
        let done = in_part().with("part", &text_part(&text, preset));
        events.push("response.content_part.done", &done);
        events.item_done(item);
    } else {
        events.item_is(item);
    }
}

fn refusal_events(events: &mut Events) {
    let refusal = REFUSAL.concat();
    let in_part = events.part_of(OUTPUT_MESSAGE_ID);
    events.item_added(&message(Status::InProgress, EMPTY));
    let added = in_part().with("part", &refusal_part(""));
    events.push("response.content_part.added", &added);
    for piece in REFUSAL {
        events.push("response.refusal.delta", &in_part().with("delta", piece));
    }
    events.push(
        "response.refusal.done",
        &in_part().with("refusal", &refusal),
    );
    let done = in_part().with("part", &refusal_part(&refusal));
    events.push("response.content_part.done", &done);
    events.item_done(message(Status::Completed, [refusal_part(&refusal)]));
}

fn reasoning_events(events: &mut Events, content: &Content) {
    let shown = content.reasoning == Reasoning::Shown;
    events.item_added(&reasoning_item(false, content.encrypted));
    if shown {
        let text = THOUGHTS.concat();
        let index = events.output_index();
        let in_summary =
            || fields! { "item_id": REASONING_ID, "output_index": index, "summary_index": 0 };
        let added = in_summary().with("part", &summary_part(""));
        events.push("response.reasoning_summary_part.added", &added);
        for piece in THOUGHTS {
            let delta = in_summary().with("delta", piece);
            events.push("response.reasoning_summary_text.delta", &delta);
        }
        let done = in_summary().with("text", &text);
        events.push("response.reasoning_summary_text.done", &done);
        let done = in_summary().with("part", &summary_part(&text));
        events.push("response.reasoning_summary_part.done", &done);
    }
    events.item_done(reasoning_item(shown, content.encrypted));
}

fn call_events(events: &mut Events, index: usize, function: &str, content: &Content) {
    let output_index = events.output_index();
    let in_item = || fields! { "item_id": function_call_id(index), "output_index": output_index };
    events.item_added(&function_call(Status::InProgress, index, function, ""));
    for piece in content.argument_pieces() {
        let delta = in_item().with("delta", piece);
        events.push("response.function_call_arguments.delta", &delta);
    }
    let done = fields! { "name": function, "arguments": content.arguments() };
    events.push(
        "response.function_call_arguments.done",
        &in_item().and(&done),
    );
    events.item_done(function_call(
        Status::Completed,
        index,
        function,
        &content.arguments(),
    ));
}

/// The response of a stream that broke.
pub(super) fn failed(preset: Preset) -> Json {
    response(Status::Failed, &[], Usage::REFUSAL, preset)
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

fn text_part(text: &str, preset: Preset) -> Json {
    let mut part = fields! { "type": "output_text", "annotations": EMPTY };
    if preset == Preset::Stamped {
        part.push("logprobs", &EMPTY);
    }
    part.push("text", text);
    part.close()
}

fn refusal_part(refusal: &str) -> Json {
    object! { "type": "refusal", "refusal": refusal }
}

/// The item of reasoning, its summary and its proof only where they were asked
/// for.
fn reasoning_item(shown: bool, encrypted: bool) -> Json {
    let summary = shown.then(|| summary_part(&THOUGHTS.concat()));
    let mut item = fields! {
        "id": REASONING_ID,
        "type": "reasoning",
        "summary": summary.as_slice(),
    };
    if encrypted {
        item.push("encrypted_content", SIGNATURE);
    }
    item.close()
}

fn summary_part(text: &str) -> Json {
    object! { "type": "summary_text", "text": text }
}

fn function_call(status: Status, index: usize, function: &str, arguments: &str) -> Json {
    object! {
        "id": function_call_id(index),
        "type": "function_call",
        "status": status.name(),
        "arguments": arguments,
        "call_id": call_id(index),
        "name": function,
    }
}

#[cfg(test)]
mod tests;
