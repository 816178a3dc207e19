//! How a Messages stream ends.

use crate::dialect::watch::event_type;
use crate::sse::Event;

/// Whether `event` ends a stream: `message_stop`, or an error that the provider reports.
pub(in crate::dialect) fn ends(event: Event<'_>) -> bool {
    matches!(event_type(&event), Some(b"message_stop" | b"error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(name: Option<&'a str>, data: &'a str) -> Event<'a> {
        Event {
            name: name.map(str::as_bytes),
            data: Some(data.as_bytes()),
            ..Event::default()
        }
    }

    #[test]
    fn message_stop_and_error_end_a_stream() {
        assert!(ends(event(
            Some("message_stop"),
            r#"{"type":"message_stop"}"#
        )));
        assert!(ends(event(Some("error"), r#"{"type":"error"}"#)));
        assert!(ends(event(None, r#"{"index":1,"type": "message_stop"}"#)));
    }

    #[test]
    fn other_events_do_not() {
        assert!(!ends(event(Some("ping"), r#"{"type":"ping"}"#)));
        assert!(!ends(event(
            Some("content_block_delta"),
            r#"{"type":"content_block_delta","delta":{"type":"message_stop"}}"#
        )));
        assert!(!ends(event(None, r#"{"delta":{"type":"message_stop"}}"#)));
        assert!(!ends(event(None, "[DONE]")));
    }
}
