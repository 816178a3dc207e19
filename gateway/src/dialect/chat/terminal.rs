//! How a Chat stream ends.

use crate::dialect::watch::End;
use crate::sse::Event;

/// How `event` ends a stream, if it does: `[DONE]`, or an error that the provider itself reports.
pub(in crate::dialect) fn end(event: Event<'_>) -> Option<End> {
    let data = event.data.unwrap_or_default().trim_ascii();
    if event.name == Some(b"error") || is_error(data) {
        return Some(End::Error);
    }
    (data == b"[DONE]").then_some(End::Well)
}

/// Providers write an error as `{"error":…}` with nothing before it.
fn is_error(data: &[u8]) -> bool {
    data.strip_prefix(b"{")
        .map(<[u8]>::trim_ascii_start)
        .is_some_and(|data| data.starts_with(b"\"error\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(data: &str) -> Event<'_> {
        Event {
            name: None,
            data: Some(data.as_bytes()),
            ..Event::default()
        }
    }

    #[test]
    fn done_and_errors_end_a_stream() {
        assert_eq!(end(data("[DONE]")), Some(End::Well));
        assert_eq!(end(data("[DONE] ")), Some(End::Well));
        let named = Event {
            name: Some(b"error"),
            data: Some(b"{}"),
            ..Event::default()
        };
        for event in [
            data(r#"{"error":{"message":"x"}}"#),
            data(r#"{ "error" : {}}"#),
            named,
        ] {
            assert_eq!(end(event), Some(End::Error));
        }
    }

    #[test]
    fn text_that_speaks_of_the_end_does_not() {
        assert_eq!(
            end(data(r#"{"choices":[{"delta":{"content":"[DONE]"}}]}"#)),
            None
        );
        assert_eq!(end(data(r#"{"id":"a","error":null}"#)), None);
        assert_eq!(end(data("")), None);
        assert_eq!(end(Event::default()), None);
    }
}
