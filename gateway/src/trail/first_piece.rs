//! Which event of a stream is the first that was generated: text, reasoning or a tool call, as
//! opposed to what opens the stream.

use memchr::memmem;

use crate::dialect::Dialect;
use crate::sse::Event;

/// Whether `event` holds a generated piece. Looked at until there is one, so mostly for one or
/// two events of a stream.
pub(super) fn is_generated(dialect: Dialect, event: &Event<'_>) -> bool {
    let data = event.data.unwrap_or_default();
    match dialect {
        Dialect::Chat => {
            [
                "\"content\"",
                "\"reasoning_content\"",
                "\"reasoning\"",
                "\"refusal\"",
            ]
            .iter()
            .any(|name| is_text(data, name))
                || memmem::find(data, b"\"tool_calls\":[{").is_some()
        }
        Dialect::Responses => match event.name {
            Some(name) => name.ends_with(b".delta"),
            None => memmem::find(data, b".delta\"").is_some(),
        },
        Dialect::Messages => match event.name {
            Some(name) => name == b"content_block_delta",
            None => memmem::find(data, b"\"content_block_delta\"").is_some(),
        },
    }
}

/// Whether the member `name` is a string that is not empty.
fn is_text(data: &[u8], name: &str) -> bool {
    let Some(at) = memmem::find(data, name.as_bytes()) else {
        return false;
    };
    let after = data[at + name.len()..].trim_ascii_start();
    let Some(value) = after.strip_prefix(b":") else {
        return false;
    };
    matches!(value.trim_ascii_start(), [b'"', next, ..] if *next != b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(dialect: Dialect, name: Option<&str>, data: &str) -> bool {
        let event = Event {
            name: name.map(str::as_bytes),
            data: Some(data.as_bytes()),
            ..Event::default()
        };
        is_generated(dialect, &event)
    }

    #[test]
    fn what_opens_a_stream_is_not_generated() {
        let chat = |delta: &str| {
            let data = format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#);
            is(Dialect::Chat, None, &data)
        };
        assert!(!chat(r#"{"role":"assistant","content":"","refusal":null}"#));
        assert!(!chat(r#"{"role":"assistant","content":null}"#));
        assert!(chat(r#"{"content": "a"}"#));
        assert!(chat(r#"{"reasoning_content":"a"}"#));
        assert!(chat(r#"{"tool_calls":[{"index":0}]}"#));

        let created = Some("response.created");
        assert!(!is(
            Dialect::Responses,
            created,
            r#"{"type":"response.created"}"#
        ));
        let delta = Some("response.output_text.delta");
        assert!(is(Dialect::Responses, delta, "{}"));
        assert!(is(
            Dialect::Responses,
            None,
            r#"{"type":"response.output_text.delta"}"#
        ));

        assert!(!is(Dialect::Messages, Some("message_start"), "{}"));
        assert!(!is(Dialect::Messages, Some("ping"), r#"{"type":"ping"}"#));
        assert!(is(Dialect::Messages, Some("content_block_delta"), "{}"));
        assert!(is(
            Dialect::Messages,
            None,
            r#"{"type":"content_block_delta"}"#
        ));
    }
}
