//! Writes a Messages answer.

use crate::translate::json::{Text, Writer};
use crate::translate::{
    Answer, Call, Notes, Origin, Parameter, Part, Plan, Signature, Stop, Thinking, Usage, ids,
};

/// Writes `answer` for a Messages client.
pub(crate) fn write(answer: &Answer<'_>, plan: &Plan, notes: &mut Notes, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("id").text(&ids::prefixed("msg_", &answer.id, plan));
        w.key("type").string("message");
        w.key("role").string("assistant");
        w.key("model").text(&ids::model(&answer.model, plan));
        w.key("content").array(|w| {
            for part in &answer.parts {
                block(part, w, notes);
            }
        });
        stop(&answer.stop, w);
        w.key("usage")
            .object(|w| usage(&answer.usage, answer.usage.output.unwrap_or(0), w));
    });
}

fn block(part: &Part<'_>, w: &mut Writer<'_>, notes: &mut Notes) {
    match part {
        Part::Text(text) | Part::Refusal(text) if text.is_empty() => {}
        Part::Text(text) | Part::Refusal(text) => w.item().object(|w| {
            w.key("type").string("text");
            w.key("text").text(text);
        }),
        Part::Thinking(thinking) => self::thinking(thinking, w),
        Part::Call(call) => self::call(call, w, notes),
        // Models give none of these.
        Part::Image(_) | Part::File(_) | Part::Audio(_) | Part::Result(_) => {}
    }
}

fn thinking(thinking: &Thinking<'_>, w: &mut Writer<'_>) {
    w.item().object(|w| {
        w.key("type").string("thinking");
        w.key("thinking").text(&thinking.text);
        // Its key is required.
        match &thinking.signature {
            Some(signature) => w.key("signature").text(&told(signature)),
            None => w.key("signature").string(""),
        }
    });
}

/// A signature as a Messages client keeps it: its own dialect's as it is, others labelled.
pub(super) fn told<'a>(signature: &Signature<'a>) -> Text<'a> {
    match signature.origin {
        Origin::Messages => signature.value.clone(),
        _ => signature.packed(),
    }
}

fn call(call: &Call<'_>, w: &mut Writer<'_>, notes: &mut Notes) {
    if let Some(value) = &call.signature {
        thinking(
            &Thinking {
                text: Text::default(),
                signature: Some(Signature::new(Origin::Gemini, value.clone())),
            },
            w,
        );
    }
    w.item().object(|w| {
        w.key("type").string("tool_use");
        w.key("id").text(&call.id);
        w.key("name").text(&call.name);
        // Cut off in the middle, they are no object (wire rows 16 and 34).
        if call.arguments.write_object(w.key("input")).is_err() {
            notes.change(Parameter::Arguments);
        }
    });
}

/// Writes the members `stop_reason` and `stop_sequence` (wire rows 32 to 35).
pub(super) fn stop(stop: &Stop<'_>, w: &mut Writer<'_>) {
    w.key("stop_reason").string(match stop {
        Stop::End => "end_turn",
        Stop::Sequence(_) => "stop_sequence",
        Stop::Calls => "tool_use",
        Stop::Length => "max_tokens",
        Stop::Context => "model_context_window_exceeded",
        Stop::Pause => "pause_turn",
        Stop::Refusal => "refusal",
    });
    match stop {
        Stop::Sequence(sequence) => w.key("stop_sequence").text(sequence),
        _ => w.key("stop_sequence").null(),
    }
    if *stop == Stop::Refusal {
        w.key("stop_details")
            .raw(r#"{"type":"refusal","category":null,"explanation":null}"#);
    }
}

/// Writes the members of `usage` (wire row 37).
pub(super) fn usage(usage: &Usage, output: u64, w: &mut Writer<'_>) {
    w.key("input_tokens")
        .number(usage.uncached_input.unwrap_or(0));
    w.key("cache_creation_input_tokens")
        .number(usage.cache_write.unwrap_or(0));
    w.key("cache_read_input_tokens")
        .number(usage.cache_read.unwrap_or(0));
    w.key("output_tokens").number(output);
}
