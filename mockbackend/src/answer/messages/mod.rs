//! Anthropic Messages.

use serde::Serialize;
use workload::{Preset, Script};

use super::call;
use super::event::Event;
use super::identity::{MESSAGE_ID, MODEL, TOOL_USE_ID};
use super::object::{EMPTY, Fields, Json, NULL, fields, object};
use super::usage::Usage;

/// The script's text as a whole answer.
pub(super) fn text(script: &Script) -> Json {
    let block = object! { "type": "text", "text": script.whole_text() };
    whole(block, "end_turn", Usage::of(script), script.preset())
}

/// The script's text as a stream.
pub(super) fn text_stream(script: &Script) -> Vec<Event> {
    let deltas = script
        .chunk_texts()
        .map(|text| object! { "type": "text_delta", "text": text });
    stream(
        object! { "type": "text", "text": "" },
        deltas,
        "end_turn",
        Usage::of(script),
        script.preset(),
    )
}

/// A call of `function` as a whole answer.
pub(super) fn call(function: &str) -> Json {
    let input: Json =
        serde_json::from_str(&call::arguments()).expect("the arguments are JSON; a test says so");
    let block = object! { "type": "tool_use", "id": TOOL_USE_ID, "name": function, "input": input };
    whole(block, "tool_use", Usage::CALL, Preset::Stamped)
}

/// A call of `function` as a stream. The first delta is empty, as the
/// provider's is.
pub(super) fn call_stream(function: &str) -> Vec<Event> {
    let block = object! {
        "type": "tool_use",
        "id": TOOL_USE_ID,
        "name": function,
        "input": object! {},
    };
    let deltas = [""]
        .into_iter()
        .chain(call::PIECES)
        .map(|piece| object! { "type": "input_json_delta", "partial_json": piece });
    stream(block, deltas, "tool_use", Usage::CALL, Preset::Stamped)
}

fn whole(block: Json, stop_reason: &str, cost: Usage, preset: Preset) -> Json {
    message([block], Some(stop_reason), cost, preset)
}

fn stream(
    block: Json,
    deltas: impl Iterator<Item = Json>,
    stop_reason: &str,
    cost: Usage,
    preset: Preset,
) -> Vec<Event> {
    let begun = Usage { output: 1, ..cost };
    let message = message(EMPTY, None, begun, preset);
    let mut events = vec![
        event("message_start", &fields! { "message": message }),
        event(
            "content_block_start",
            &fields! { "index": 0, "content_block": block },
        ),
    ];
    if preset == Preset::Stamped {
        events.push(event("ping", &Fields::default()));
    }
    events.extend(deltas.map(|delta| {
        event(
            "content_block_delta",
            &fields! { "index": 0, "delta": delta },
        )
    }));
    let delta = stop(Some(stop_reason), preset).close();
    events.extend([
        event("content_block_stop", &fields! { "index": 0 }),
        event(
            "message_delta",
            &fields! { "delta": delta, "usage": counts(cost, preset).close() },
        ),
        event("message_stop", &Fields::default()),
    ]);
    events
}

fn message<T: Serialize>(
    content: T,
    stop_reason: Option<&str>,
    cost: Usage,
    preset: Preset,
) -> Json {
    let mut message = fields! {
        "model": MODEL,
        "id": MESSAGE_ID,
        "type": "message",
        "role": "assistant",
        "content": content,
    };
    message.extend(&stop(stop_reason, preset));
    message.push("usage", &usage(cost, preset));
    message.close()
}

/// Why a message ended, which the end of a stream repeats.
fn stop(reason: Option<&str>, preset: Preset) -> Fields {
    let mut stop = fields! { "stop_reason": reason, "stop_sequence": NULL };
    if preset == Preset::Stamped {
        stop.push("stop_details", &NULL);
    }
    stop
}

/// The usage of a message.
fn usage(cost: Usage, preset: Preset) -> Json {
    let mut usage = counts(cost, preset);
    if preset == Preset::Stamped {
        usage.extend(&fields! {
            "cache_creation": object! {
                "ephemeral_5m_input_tokens": 0,
                "ephemeral_1h_input_tokens": 0,
            },
            "service_tier": "standard",
            "inference_geo": "not_available",
        });
    }
    usage.close()
}

/// The counts, which the end of a stream repeats.
fn counts(cost: Usage, preset: Preset) -> Fields {
    let mut counts = fields! { "input_tokens": cost.input };
    if preset == Preset::Stamped {
        counts.extend(&fields! {
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        });
    }
    counts.push("output_tokens", &cost.output);
    counts
}

/// An event: its name stands in its data as well, or clients drop it.
fn event(kind: &'static str, fields: &Fields) -> Event {
    let mut data = fields! { "type": kind };
    data.extend(fields);
    Event::named(kind, data.close())
}

#[cfg(test)]
mod tests;
