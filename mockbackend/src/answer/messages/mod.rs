//! Anthropic Messages.

mod blocks;

use serde::Serialize;
use workload::{Preset, Script};

use super::content::{Content, Said};
use super::event::Event;
use super::identity::{MESSAGE_ID, MODEL};
use super::object::{EMPTY, Fields, Json, NULL, fields, object};
use super::usage::Usage;
use blocks::{Mode, blocks};

/// A whole answer.
pub(super) fn whole(script: &Script, content: &Content) -> Json {
    let blocks: Vec<Json> = blocks(script, content, Mode::Whole)
        .into_iter()
        .map(|block| block.whole)
        .collect();
    let (usage, preset) = (content.usage(script), content.preset(script));
    message(blocks, Some(stop_reason(content)), usage, preset)
}

/// A stream.
pub(super) fn stream(script: &Script, content: &Content) -> Vec<Event> {
    let (cost, preset) = (content.usage(script), content.preset(script));
    let begun = Usage { output: 1, ..cost };
    let message = message(EMPTY, None, begun, preset);
    let mut events = vec![event("message_start", &fields! { "message": message })];
    for (index, block) in blocks(script, content, Mode::Stream)
        .into_iter()
        .enumerate()
    {
        let begun = fields! { "index": index, "content_block": block.begun };
        events.push(event("content_block_start", &begun));
        if index == 0 && preset == Preset::Stamped {
            events.push(event("ping", &Fields::default()));
        }
        events.extend(block.deltas.into_iter().map(|delta| {
            event(
                "content_block_delta",
                &fields! { "index": index, "delta": delta },
            )
        }));
        events.push(event("content_block_stop", &fields! { "index": index }));
    }
    let delta = stop(Some(stop_reason(content)), preset).close();
    events.extend([
        event(
            "message_delta",
            &fields! { "delta": delta, "usage": counts(cost, preset).close() },
        ),
        event("message_stop", &Fields::default()),
    ]);
    events
}

fn stop_reason(content: &Content) -> &'static str {
    match content.said {
        Said::Text => "end_turn",
        Said::Refusal => "refusal",
        Said::Calls(_) => "tool_use",
    }
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
        let details = (reason == Some("refusal")).then(|| {
            object! { "type": "refusal", "category": NULL, "explanation": NULL }
        });
        stop.push("stop_details", &details);
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
    // What a cache held is not counted as input here.
    let mut counts = fields! { "input_tokens": cost.input - cost.cached };
    if preset == Preset::Stamped {
        counts.extend(&fields! {
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": cost.cached,
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
