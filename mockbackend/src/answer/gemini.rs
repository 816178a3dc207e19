//! Google's Gemini: `generateContent` and `streamGenerateContent`.

use workload::Script;

use super::content::{Content, REFUSAL, SIGNATURE, Said, THOUGHTS};
use super::event::Event;
use super::identity::{MODEL, RESPONSE_ID};
use super::object::{Json, fields, object};
use super::usage::Usage;
use crate::ask::Reasoning;

/// A whole answer.
pub(super) fn whole(script: &Script, content: &Content) -> Json {
    let mut parts = Vec::new();
    if content.reasoning == Reasoning::Shown {
        parts.push(thought(&THOUGHTS.concat()));
    }
    match &content.said {
        Said::Text => parts.push(text(&content.whole_text(script))),
        Said::Refusal => parts.push(text(&REFUSAL.concat())),
        Said::Calls(functions) => parts.extend(calls(functions, content)),
    }
    response(&parts, Some(finish_reason(content)), content.usage(script))
}

/// A stream: each piece a response of its own, the last saying why it ends.
/// A call is never cut.
pub(super) fn stream(script: &Script, content: &Content) -> Vec<Event> {
    let mut pieces: Vec<Vec<Json>> = Vec::new();
    if content.reasoning == Reasoning::Shown {
        pieces.extend(THOUGHTS.map(|piece| vec![thought(piece)]));
    }
    match &content.said {
        Said::Text => pieces.extend(
            content
                .text_pieces(script)
                .iter()
                .map(|piece| vec![text(piece)]),
        ),
        Said::Refusal => pieces.extend(REFUSAL.map(|piece| vec![text(piece)])),
        Said::Calls(functions) => pieces.push(calls(functions, content)),
    }
    let usage = content.usage(script);
    let mut events: Vec<Event> = pieces
        .iter()
        .map(|parts| Event::unnamed(response(parts, None, usage).get()).generated())
        .collect();
    let end = response(&[text("")], Some(finish_reason(content)), usage);
    events.push(Event::unnamed(end.get()));
    events
}

fn finish_reason(content: &Content) -> &'static str {
    match content.said {
        Said::Text | Said::Calls(_) => "STOP",
        Said::Refusal => "SAFETY",
    }
}

fn text(text: &str) -> Json {
    object! { "text": text }
}

fn thought(text: &str) -> Json {
    object! { "text": text, "thought": true }
}

/// Calls of functions; the first bears the signature of the thought that led
/// to them, which the provider wants to see again.
fn calls(functions: &[String], content: &Content) -> Vec<Json> {
    let arguments = content.arguments_json();
    functions
        .iter()
        .enumerate()
        .map(|(index, function)| {
            let call = object! { "name": function, "args": arguments };
            let mut part = fields! { "functionCall": call };
            if index == 0 {
                part.push("thoughtSignature", SIGNATURE);
            }
            part.close()
        })
        .collect()
}

fn response(parts: &[Json], finish_reason: Option<&str>, usage: Usage) -> Json {
    let content = object! { "parts": parts, "role": "model" };
    let mut candidate = fields! { "content": content };
    if let Some(reason) = finish_reason {
        candidate.push("finishReason", reason);
    }
    candidate.push("index", &0);
    object! {
        "candidates": [candidate.close()],
        "usageMetadata": usage_metadata(usage),
        "modelVersion": MODEL,
        "responseId": RESPONSE_ID,
    }
}

/// Here the answer's tokens are counted without those of its thoughts.
fn usage_metadata(usage: Usage) -> Json {
    let details = [object! { "modality": "TEXT", "tokenCount": usage.input }];
    let mut metadata = fields! {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "totalTokenCount": usage.total(),
        "promptTokensDetails": details,
    };
    if usage.cached > 0 {
        metadata.push("cachedContentTokenCount", &usage.cached);
    }
    if usage.reasoning > 0 {
        metadata.push("thoughtsTokenCount", &usage.reasoning);
    }
    metadata.close()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn every_answer() {
        let script = Script::stamped(2);
        for (name, content) in [
            ("text", Content::TEXT),
            ("reasoned", Content::reasoned()),
            ("refusal", Content::refusal()),
            ("two_calls", Content::calls(&["weather", "time"])),
            ("json", Content::json()),
        ] {
            let wire: String = stream(&script, &content).iter().map(Event::text).collect();
            assert_snapshot!(format!("gemini_{name}"), whole(&script, &content));
            assert_snapshot!(format!("gemini_{name}_stream"), wire);
        }
    }
}
