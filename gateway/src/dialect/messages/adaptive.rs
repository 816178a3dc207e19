//! Thinking by a budget, for models that measure for themselves (wire row 27).

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::request::json;
use crate::translate::json::{Text, kind_of, object, text_of};

/// `body` with `thinking` as the models take it that answer `enabled` and `disabled` with 400:
/// the first becomes `adaptive`, its thoughts still to be read; the second is left out. `None`
/// where there is nothing to change, or nothing that can be read.
pub(crate) fn adapt(body: &[u8]) -> Option<Bytes> {
    let [thinking] = json::top_level(body, ["thinking"]).ok()?;
    let span = thinking?.span;
    let raw: &RawValue = serde_json::from_slice(&body[span.clone()]).ok()?;
    let kind = kind_of(raw).ok()?;
    if kind.is("disabled") {
        return without_thinking(body).map(Into::into);
    }
    if !kind.is("enabled") {
        return None;
    }
    let mut display = Text::plain("summarized");
    object(raw, |key, value| {
        if key == "display" {
            display = text_of(value)?;
        }
        Ok(())
    })
    .ok()?;
    let adaptive = format!(r#"{{"type":"adaptive","display":"{}"}}"#, display.escaped());
    Some(
        [&body[..span.start], adaptive.as_bytes(), &body[span.end..]]
            .concat()
            .into(),
    )
}

/// `body` without any member of that name: where it stood twice, the first would count now.
fn without_thinking(body: &[u8]) -> Option<Vec<u8>> {
    let mut left = body.to_vec();
    while let [Some(found)] = json::top_level(&left, ["thinking"]).ok()? {
        let (start, end) = member(&left, found.span.start, found.span.end)?;
        left.drain(start..end);
    }
    Some(left)
}

/// The bytes of the member whose value stands from `start` to `end`: its name, and the comma
/// behind it or else the one before.
fn member(body: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let before = body[..start].trim_ascii_end().strip_suffix(b":")?;
    let before = before.trim_ascii_end().strip_suffix(b"\"")?;
    let name = memchr::memrchr(b'"', before)?;
    let behind = body[end..].trim_ascii_start();
    if let Some(rest) = behind.strip_prefix(b",") {
        return Some((name, body.len() - rest.len()));
    }
    let before = body[..name].trim_ascii_end();
    Some((before.strip_suffix(b",").unwrap_or(before).len(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapted(body: &str) -> Option<String> {
        adapt(body.as_bytes()).map(|body| String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn row_27_a_budget_becomes_adaptive_and_every_other_byte_stays() {
        assert_eq!(
            adapted(r#"{ "n":1.50, "thinking" : {"type":"enabled","budget_tokens":2000} ,"é":1}"#)
                .unwrap(),
            r#"{ "n":1.50, "thinking" : {"type":"adaptive","display":"summarized"} ,"é":1}"#
        );
        assert_eq!(
            adapted(r#"{"thinking":{"display":"omitted","type":"enabled"}}"#).unwrap(),
            r#"{"thinking":{"type":"adaptive","display":"omitted"}}"#
        );
    }

    #[test]
    fn row_27_disabled_is_left_out() {
        let thinking = r#""thinking" : {"type":"disabled"}"#;
        for (body, expected) in [
            (format!("{{{thinking}}}"), "{}"),
            (format!(r#"{{"a":1, {thinking} }}"#), r#"{"a":1 }"#),
            (format!(r#"{{{thinking} , "a":1}}"#), r#"{ "a":1}"#),
            (format!(r#"{{"a":1,{thinking},"b":2}}"#), r#"{"a":1,"b":2}"#),
            (
                format!(r#"{{"th\u0069nking":{{"type":"enabled"}},"a":1,{thinking}}}"#),
                r#"{"a":1}"#,
            ),
        ] {
            assert_eq!(adapted(&body).unwrap(), expected);
        }
    }

    #[test]
    fn all_else_is_left_alone() {
        for body in [
            r#"{"a":{"thinking":{"type":"enabled"}}}"#,
            r#"{"thinking":{"type":"adaptive"}}"#,
            r#"{"thinking":5}"#,
            r#"{"thinking":null}"#,
            "{}",
            "{",
        ] {
            assert_eq!(adapted(body), None, "{body}");
        }
    }
}
