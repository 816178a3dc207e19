//! How a Chat stream ends.

use crate::sse::Event;

/// Whether `event` ends a stream: `[DONE]`, or an error that the provider itself reports.
pub(in crate::dialect) fn ends(event: Event<'_>) -> bool {
    if event.name == Some(b"error") {
        return true;
    }
    let data = event.data.unwrap_or_default().trim_ascii();
    data == b"[DONE]" || is_error(data)
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
        assert!(ends(data("[DONE]")));
        assert!(ends(data("[DONE] ")));
        assert!(ends(data(r#"{"error":{"message":"x"}}"#)));
        assert!(ends(data(r#"{ "error" : {}}"#)));
        assert!(ends(Event {
            name: Some(b"error"),
            data: Some(b"{}"),
            ..Event::default()
        }));
    }

    #[test]
    fn text_that_speaks_of_the_end_does_not() {
        assert!(!ends(data(
            r#"{"choices":[{"delta":{"content":"[DONE]"}}]}"#
        )));
        assert!(!ends(data(r#"{"id":"a","error":null}"#)));
        assert!(!ends(data("")));
        assert!(!ends(Event::default()));
    }
}
