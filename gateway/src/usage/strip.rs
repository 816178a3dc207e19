//! Taking out of a Chat stream what the gateway asked for and the client did not: the last
//! chunk, which has usage and no choice, and the `"usage":null` that then stands in every other
//! (the OpenAPI description of Chat's `stream_options`).
//!
//! A chunk that has choices and a usage object stays as it is: providers that send one do so
//! unasked.

use bytes::{Bytes, BytesMut};

use super::read::NAME;
use crate::request::json::{Kind, top_level};
use crate::sse::{events, whole_events};

/// What follows the name where OpenAI ends a chunk whose usage is not told yet.
const NULL_AT_END: &[u8] = b":null}";

/// What is left of `piece`, whole events; it may be nothing.
pub(crate) fn strip(piece: Bytes) -> Bytes {
    let Some(mut found) = NAME.find(&piece) else {
        return piece;
    };
    let mut kept = BytesMut::with_capacity(piece.len());
    // What is before it has been kept or left out.
    let mut from = 0;
    loop {
        let (start, end, looked) = match null_at_end(&piece, from, found) {
            Some((start, end)) => (start, end, end),
            None => {
                let start = from + whole_events(&piece[from..found], 0);
                let end = start + event_length(&piece[start..]);
                match without_usage(&piece[start..end]) {
                    Without::Same => (from, from, end),
                    Without::Cut(first, last) => (start + first, start + last, end),
                    Without::Nothing => (start, end, end),
                }
            }
        };
        kept.extend_from_slice(&piece[from..start]);
        from = end;
        match NAME.find(&piece[looked..]) {
            Some(next) => found = looked + next,
            None => break,
        }
    }
    kept.extend_from_slice(&piece[from..]);
    kept.freeze()
}

/// The null that `found`, a mention of usage, names, if it is one as OpenAI writes it: the last
/// member of a chunk, which fills its line. A line that ends with `,"usage":null}` ends with a
/// member of the chunk itself, since its last brace closes the chunk.
fn null_at_end(piece: &[u8], from: usize, found: usize) -> Option<(usize, usize)> {
    let after = found + NAME.needle().len();
    let ends = piece[after..].strip_prefix(NULL_AT_END)?;
    let comma = found.checked_sub(1).filter(|comma| *comma >= from)?;
    let line = memchr::memrchr(b'\n', &piece[from..comma]).map_or(from, |at| from + at + 1);
    let is_chunk = piece[comma] == b','
        && matches!(ends, [b'\n', ..] | [b'\r', b'\n', ..])
        && piece[line..].starts_with(b"data:");
    is_chunk.then_some((comma, after + NULL_AT_END.len() - 1))
}

/// The length of the first event with the blank line that ends it.
fn event_length(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes)
        .find(|newline| matches!(&bytes[newline + 1..], [b'\n', ..] | [b'\r', b'\n', ..]))
        .map_or(bytes.len(), |newline| {
            newline + if bytes[newline + 1] == b'\n' { 2 } else { 3 }
        })
}

enum Without {
    Same,
    /// Without the bytes from the first to the second place.
    Cut(usize, usize),
    Nothing,
}

fn without_usage(event: &[u8]) -> Without {
    let Some(data) = events(event).next().and_then(|event| event.data) else {
        return Without::Same;
    };
    // The data is a part of the event, so this is where it stands in it.
    let offset = data.as_ptr() as usize - event.as_ptr() as usize;
    let Ok([choices, Some(usage)]) = top_level(data, ["choices", "usage"]) else {
        return Without::Same;
    };
    match usage.kind {
        Kind::Null => match member(data, usage.span.start, usage.span.end) {
            Some((start, end)) => Without::Cut(offset + start, offset + end),
            None => Without::Same,
        },
        Kind::Object if choices.is_some_and(|choices| is_empty(&data[choices.span])) => {
            Without::Nothing
        }
        _ => Without::Same,
    }
}

fn is_empty(array: &[u8]) -> bool {
    array
        .strip_prefix(b"[")
        .is_some_and(|rest| rest.trim_ascii() == b"]")
}

/// A member whose value is at `start..end`, with its name and one comma.
fn member(json: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let before = json[..start].trim_ascii_end().strip_suffix(b":")?;
    let before = before.trim_ascii_end().strip_suffix(b"\"usage\"")?;
    let before = before.trim_ascii_end();
    if let Some(before) = before.strip_suffix(b",") {
        return Some((before.len(), end));
    }
    let after = &json[end..];
    let blank = after.len() - after.trim_ascii_start().len();
    let comma = usize::from(after.get(blank) == Some(&b','));
    Some((before.len(), end + (blank + 1) * comma))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stripped(text: &str) -> String {
        let bytes = strip(Bytes::copy_from_slice(text.as_bytes()));
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    const ASKED: &str = concat!(
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n",
        ": \"usage\"\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"say \\\"usage\\\":null\"}}],\"usage\":null}\r\n\r\n",
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\n",
        "data: [DONE]\n\n",
    );
    const UNASKED: &str = concat!(
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
        ": \"usage\"\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"say \\\"usage\\\":null\"}}]}\r\n\r\n",
        "data: [DONE]\n\n",
    );

    #[test]
    fn leaves_what_would_have_come_unasked() {
        assert_eq!(stripped(ASKED), UNASKED);
        assert_eq!(stripped(UNASKED), UNASKED);
    }

    #[test]
    fn finds_null_wherever_it_stands() {
        for (asked, unasked) in [
            (r#"{"usage":null,"choices":[1]}"#, r#"{"choices":[1]}"#),
            (r#"{"usage" : null , "choices":[1]}"#, r#"{ "choices":[1]}"#),
            (r#"{"choices":[1], "usage": null }"#, r#"{"choices":[1] }"#),
            (r#"{"usage":null}"#, "{}"),
            (
                r#"{"choices":[1],"usage":null,"x":{"usage":null}}"#,
                r#"{"choices":[1],"x":{"usage":null}}"#,
            ),
        ] {
            assert_eq!(
                stripped(&format!("data: {asked}\n\n")),
                format!("data: {unasked}\n\n")
            );
        }
    }

    #[test]
    fn keeps_what_providers_send_unasked() {
        for data in [
            r#"{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
            r#"{"choices":[],"x":"usage"}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":1}"#,
            r#"{"error":{"usage":null}}"#,
        ] {
            let event = format!("data: {data}\n\n");
            assert_eq!(stripped(&event), event);
        }
    }

    #[test]
    fn nothing_may_be_left() {
        assert_eq!(stripped("data: {\"choices\":[ ],\"usage\":{}}\n\n"), "");
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_none_are_made(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut text = b"data: {\"usage\":null".to_vec();
            text.extend(&bytes);
            let length = text.len();
            prop_assert!(strip(Bytes::from(text)).len() <= length);
        }

        #[test]
        fn any_cut_between_events_gives_the_same(cut in 0..4usize) {
            let mut cuts = ASKED.match_indices("\n\n").map(|(at, _)| at + 2);
            let cut = cuts.nth(cut.min(2)).unwrap_or(0);
            prop_assert_eq!(stripped(&ASKED[..cut]) + &stripped(&ASKED[cut..]), UNASKED);
        }
    }
}
