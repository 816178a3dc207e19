//! Which event of a stream is the first that was generated: text, reasoning or a tool call, as
//! opposed to what opens the stream.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::dialect::Dialect;
use crate::sse::Event;

/// Members of a Chat delta that hold text.
const TEXTS: [&str; 4] = [
    "\"content\"",
    "\"reasoning_content\"",
    "\"reasoning\"",
    "\"refusal\"",
];

/// Made once: to make one costs more than to search an event.
struct Finders {
    texts: [Finder<'static>; TEXTS.len()],
    tool_calls: Finder<'static>,
    delta: Finder<'static>,
    block_delta: Finder<'static>,
}

static FINDERS: LazyLock<Finders> = LazyLock::new(|| Finders {
    texts: TEXTS.map(Finder::new),
    tool_calls: Finder::new("\"tool_calls\":[{"),
    delta: Finder::new(".delta\""),
    block_delta: Finder::new("\"content_block_delta\""),
});

/// Whether `event` holds a generated piece. Looked at until there is one, so mostly for one or
/// two events of a stream.
pub(super) fn is_generated(dialect: Dialect, event: &Event<'_>) -> bool {
    let data = event.data.unwrap_or_default();
    match dialect {
        Dialect::Chat => {
            FINDERS.texts.iter().any(|name| is_text(data, name))
                || FINDERS.tool_calls.find(data).is_some()
        }
        Dialect::Responses => match event.name {
            Some(name) => name.ends_with(b".delta"),
            None => FINDERS.delta.find(data).is_some(),
        },
        Dialect::Messages => match event.name {
            Some(name) => name == b"content_block_delta",
            None => FINDERS.block_delta.find(data).is_some(),
        },
    }
}

/// Whether the member `name` is a string that is not empty.
fn is_text(data: &[u8], name: &Finder<'_>) -> bool {
    let Some(at) = name.find(data) else {
        return false;
    };
    let after = data[at + name.needle().len()..].trim_ascii_start();
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
