//! Writes finished output items.

use crate::translate::json::{Text, Writer};

/// Writes a message of one content part, which is text or a refusal.
pub(super) fn message(id: &str, refusal: bool, text: &Text<'_>, status: &str, w: &mut Writer<'_>) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("message");
        w.key("status").string(status);
        w.key("role").string("assistant");
        w.key("content")
            .array(|w| content_part(refusal, text, w.item()));
    });
}

/// Writes a content part.
pub(super) fn content_part(refusal: bool, text: &Text<'_>, w: &mut Writer<'_>) {
    w.object(|w| {
        if refusal {
            w.key("type").string("refusal");
            w.key("refusal").text(text);
        } else {
            w.key("type").string("output_text");
            w.key("annotations").array(|_| {});
            w.key("logprobs").array(|_| {});
            w.key("text").text(text);
        }
    });
}

/// Writes a call; `arguments` is text.
pub(super) fn call(
    id: &str,
    call_id: &Text<'_>,
    name: &Text<'_>,
    status: &str,
    arguments: impl FnOnce(&mut Writer<'_>),
    w: &mut Writer<'_>,
) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("function_call");
        w.key("status").string(status);
        w.key("call_id").text(call_id);
        w.key("name").text(name);
        arguments(w.key("arguments"));
    });
}

/// Writes a thought and its proof (wire row 29).
pub(super) fn reasoning(id: &str, text: &Text<'_>, proof: Option<&Text<'_>>, w: &mut Writer<'_>) {
    w.object(|w| {
        w.key("id").string(id);
        w.key("type").string("reasoning");
        w.key("summary").array(|w| {
            if !text.is_empty() {
                w.item().object(|w| {
                    w.key("type").string("summary_text");
                    w.key("text").text(text);
                });
            }
        });
        if let Some(proof) = proof {
            w.key("encrypted_content").text(proof);
        }
    });
}
