//! Writes a Chat answer.

use crate::translate::json::{Text, Writer};
use crate::translate::{Answer, Call, Notes, Origin, Part, Plan, Signature, Stop, Usage, ids};

/// Writes `answer` for a Chat client.
pub(crate) fn write(answer: &Answer<'_>, plan: &Plan, _: &mut Notes, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("id")
            .text(&ids::prefixed("chatcmpl-", &answer.id, plan));
        w.key("object").string("chat.completion");
        w.key("created")
            .number(answer.created.unwrap_or(plan.moment.unix_seconds));
        w.key("model").text(&ids::model(&answer.model, plan));
        w.key("choices").array(|w| {
            w.item().object(|w| {
                w.key("index").number(0);
                w.key("message").object(|w| message(answer, w));
                w.key("logprobs").null();
                let refused = answer
                    .parts
                    .iter()
                    .any(|part| matches!(part, Part::Refusal(_)));
                w.key("finish_reason")
                    .string(finish_reason(&answer.stop, refused));
            });
        });
        if answer.usage.is_known() {
            usage(&answer.usage, w.key("usage"));
        }
    });
}

fn message(answer: &Answer<'_>, w: &mut Writer<'_>) {
    w.key("role").string("assistant");
    let has = |wanted: fn(&Part<'_>) -> bool| answer.parts.iter().any(wanted);
    let joined = |wanted: for<'p> fn(&'p Part<'_>) -> Option<&'p Text<'p>>| {
        answer.parts.iter().filter_map(wanted).map(Text::escaped)
    };
    if has(|part| matches!(part, Part::Text(_))) {
        w.key("content").joined(joined(|part| match part {
            Part::Text(text) => Some(text),
            _ => None,
        }));
    } else {
        w.key("content").null();
    }
    if has(|part| matches!(part, Part::Refusal(_))) {
        w.key("refusal").joined(joined(|part| match part {
            Part::Refusal(text) => Some(text),
            _ => None,
        }));
    } else {
        w.key("refusal").null();
    }
    w.key("annotations").array(|_| {});
    if has(|part| matches!(part, Part::Thinking(_))) {
        thoughts(answer, w);
    }
    if has(|part| matches!(part, Part::Call(_))) {
        w.key("tool_calls").array(|w| {
            for part in &answer.parts {
                if let Part::Call(call) = part {
                    self::call(call, w);
                }
            }
        });
    }
}

/// What the model thought: to read, and to send back (wire row 29).
fn thoughts(answer: &Answer<'_>, w: &mut Writer<'_>) {
    let thoughts = || {
        answer.parts.iter().filter_map(|part| match part {
            Part::Thinking(thinking) => Some(thinking),
            _ => None,
        })
    };
    if thoughts().any(|thinking| !thinking.text.is_empty()) {
        w.key("reasoning_content")
            .joined(thoughts().map(|thinking| thinking.text.escaped()));
    }
    if thoughts().all(|thinking| thinking.signature.is_none()) {
        return;
    }
    w.key("reasoning_details").array(|w| {
        for (index, thinking) in thoughts().enumerate() {
            w.item().object(|w| {
                w.key("index").number(index as u64);
                match &thinking.signature {
                    Some(
                        signature @ Signature {
                            origin: Origin::Redacted,
                            ..
                        },
                    ) => {
                        w.key("type").string("reasoning.encrypted");
                        w.key("data").text(&signature.packed());
                    }
                    signature => {
                        w.key("type").string("reasoning.text");
                        w.key("text").text(&thinking.text);
                        if let Some(signature) = signature {
                            w.key("signature").text(&signature.packed());
                        }
                    }
                }
            });
        }
    });
}

fn call(call: &Call<'_>, w: &mut Writer<'_>) {
    w.item().object(|w| {
        w.key("id").text(&call.id);
        w.key("type").string("function");
        w.key("function").object(|w| {
            w.key("name").text(&call.name);
            call.arguments.write_string(w.key("arguments"));
        });
        if let Some(signature) = &call.signature {
            extra_content(signature, w);
        }
    });
}

/// Google's own way to carry a signature through Chat (wire row 57).
pub(super) fn extra_content(signature: &Text<'_>, w: &mut Writer<'_>) {
    w.key("extra_content").object(|w| {
        w.key("google")
            .object(|w| w.key("thought_signature").text(signature));
    });
}

/// Wire rows 32, 33 and 58. A refusal that was said in its own member ends as any answer does.
pub(super) fn finish_reason(stop: &Stop<'_>, refusal_said: bool) -> &'static str {
    match stop {
        Stop::End | Stop::Sequence(_) => "stop",
        Stop::Calls => "tool_calls",
        Stop::Length | Stop::Context | Stop::Pause => "length",
        Stop::Refusal if refusal_said => "stop",
        Stop::Refusal => "content_filter",
    }
}

/// Wire row 36.
pub(super) fn usage(usage: &Usage, w: &mut Writer<'_>) {
    let (prompt, output) = (usage.prompt(), usage.output.unwrap_or(0));
    w.object(|w| {
        w.key("prompt_tokens").number(prompt);
        w.key("completion_tokens").number(output);
        w.key("total_tokens").number(prompt.saturating_add(output));
        w.key("prompt_tokens_details").object(|w| {
            w.key("cached_tokens").number(usage.cache_read.unwrap_or(0));
            if let Some(written) = usage.cache_write {
                w.key("cache_write_tokens").number(written);
            }
        });
        if let Some(reasoning) = usage.reasoning {
            w.key("completion_tokens_details")
                .object(|w| w.key("reasoning_tokens").number(reasoning));
        }
    });
}
