//! Chat Completions.

mod chunks;

use workload::{Preset, Script};

use super::content::{Content, REFUSAL, Said};
use super::event::Event;
use super::identity::{CHAT_ID, CREATED, FINGERPRINT, MODEL, call_id};
use super::object::{EMPTY, Json, NULL, fields, object};
use super::usage::Usage;
use chunks::Chunks;

/// A whole answer.
pub(super) fn whole(script: &Script, content: &Content) -> Json {
    let preset = content.preset(script);
    let mut message = fields! { "role": "assistant" };
    let finish_reason = match &content.said {
        Said::Text => {
            message.push("content", &content.whole_text(script));
            if preset == Preset::Stamped {
                message.extend(&fields! { "refusal": NULL, "annotations": EMPTY });
            }
            "stop"
        }
        Said::Refusal => {
            message.extend(&fields! {
                "content": NULL,
                "refusal": REFUSAL.concat(),
                "annotations": EMPTY,
            });
            "stop"
        }
        Said::Calls(functions) => {
            let calls: Vec<Json> = functions
                .iter()
                .enumerate()
                .map(|(index, function)| {
                    object! {
                        "id": call_id(index),
                        "type": "function",
                        "function": object! {
                            "name": function,
                            "arguments": content.arguments(),
                        },
                    }
                })
                .collect();
            message.extend(&fields! {
                "content": NULL,
                "tool_calls": calls,
                "refusal": NULL,
                "annotations": EMPTY,
            });
            "tool_calls"
        }
    };
    completion(
        message.close(),
        finish_reason,
        content.usage(script),
        preset,
    )
}

/// A stream; `include_usage` is the request's option.
///
/// The published benchmark's stream has its usage in the chunk that finishes
/// it, asked for or not.
pub(super) fn stream(script: &Script, content: &Content, include_usage: bool) -> Vec<Event> {
    let mut chunks = Chunks::new(content.preset(script), include_usage);
    let usage = content.usage(script);
    match &content.said {
        Said::Text => {
            chunks.delta(object! { "role": "assistant", "content": "", "refusal": NULL });
            for text in content.text_pieces(script) {
                chunks.delta(object! { "content": text });
            }
            chunks.finish("stop", usage)
        }
        Said::Refusal => {
            chunks.delta(object! { "role": "assistant", "content": "", "refusal": NULL });
            for text in REFUSAL {
                chunks.delta(object! { "refusal": text });
            }
            chunks.finish("stop", usage)
        }
        Said::Calls(functions) => {
            for (index, function) in functions.iter().enumerate() {
                call_deltas(&mut chunks, index, function, content);
            }
            chunks.finish("tool_calls", usage)
        }
    }
}

/// The call of one function.
///
/// Only the first delta names the call: clients join what they are given, so
/// a name given twice would be called twice its name.
fn call_deltas(chunks: &mut Chunks, index: usize, function: &str, content: &Content) {
    let calls = [object! {
        "index": index,
        "id": call_id(index),
        "type": "function",
        "function": object! { "name": function, "arguments": "" },
    }];
    chunks.delta(if index == 0 {
        object! { "role": "assistant", "content": NULL, "tool_calls": calls, "refusal": NULL }
    } else {
        object! { "tool_calls": calls }
    });
    for piece in content.argument_pieces() {
        let function = object! { "arguments": piece };
        let calls = [object! { "index": index, "function": function }];
        chunks.delta(object! { "tool_calls": calls });
    }
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
            "prompt_tokens_details": object! { "cached_tokens": cost.cached, "audio_tokens": 0 },
            "completion_tokens_details": object! {
                "reasoning_tokens": cost.reasoning,
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
