//! Chat Completions.

mod chunks;

use workload::{Preset, Script};

use super::call;
use super::event::Event;
use super::identity::{CALL_ID, CHAT_ID, CREATED, FINGERPRINT, MODEL};
use super::object::{EMPTY, Json, NULL, fields, object};
use super::usage::Usage;
use chunks::Chunks;

/// The script's text as a whole answer.
pub(super) fn text(script: &Script) -> Json {
    let mut message = fields! { "role": "assistant", "content": script.whole_text() };
    if script.preset() == Preset::Stamped {
        message.extend(&fields! { "refusal": NULL, "annotations": EMPTY });
    }
    completion(message.close(), "stop", Usage::of(script), script.preset())
}

/// The script's text as a stream; `include_usage` is the request's option.
///
/// The published benchmark's stream has its usage in the chunk that finishes
/// it, asked for or not.
pub(super) fn text_stream(script: &Script, include_usage: bool) -> Vec<Event> {
    let mut chunks = Chunks::new(script.preset(), include_usage);
    chunks.delta(object! { "role": "assistant", "content": "", "refusal": NULL });
    for text in script.chunk_texts() {
        chunks.delta(object! { "content": text });
    }
    chunks.finish("stop", Usage::of(script))
}

/// A call of `function` as a whole answer.
pub(super) fn call(function: &str) -> Json {
    let message = object! {
        "role": "assistant",
        "content": NULL,
        "tool_calls": [object! {
            "id": CALL_ID,
            "type": "function",
            "function": object! { "name": function, "arguments": call::arguments() },
        }],
        "refusal": NULL,
        "annotations": EMPTY,
    };
    completion(message, "tool_calls", Usage::CALL, Preset::Stamped)
}

/// A call of `function` as a stream.
///
/// Only the first delta names the call: clients join what they are given, so
/// a name given twice would be called twice its name.
pub(super) fn call_stream(function: &str, include_usage: bool) -> Vec<Event> {
    let mut chunks = Chunks::new(Preset::Stamped, include_usage);
    chunks.delta(object! {
        "role": "assistant",
        "content": NULL,
        "tool_calls": [object! {
            "index": 0,
            "id": CALL_ID,
            "type": "function",
            "function": object! { "name": function, "arguments": "" },
        }],
        "refusal": NULL,
    });
    for piece in call::PIECES {
        chunks.delta(object! {
            "tool_calls": [object! { "index": 0, "function": object! { "arguments": piece } }],
        });
    }
    chunks.finish("tool_calls", Usage::CALL)
}

fn completion(message: Json, finish_reason: &str, cost: Usage, preset: Preset) -> Json {
    let mut completion = fields! {
        "id": CHAT_ID,
        "object": "chat.completion",
        "created": CREATED,
        "model": MODEL,
        "choices": [object! {
            "index": 0,
            "message": message,
            "logprobs": NULL,
            "finish_reason": finish_reason,
        }],
        "usage": usage(cost, preset),
    };
    if preset == Preset::Stamped {
        completion
            .extend(&fields! { "service_tier": "default", "system_fingerprint": FINGERPRINT });
    }
    completion.close()
}

fn usage(cost: Usage, preset: Preset) -> Json {
    let mut usage = fields! {
        "prompt_tokens": cost.input,
        "completion_tokens": cost.output,
        "total_tokens": cost.total(),
    };
    if preset == Preset::Stamped {
        usage.extend(&fields! {
            "prompt_tokens_details": object! { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": object! {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        });
    }
    usage.close()
}

#[cfg(test)]
mod tests;
