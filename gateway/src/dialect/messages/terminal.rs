//! How a Messages stream ends.

use crate::dialect::watch::{End, event_type};
use crate::sse::Event;

/// How `event` ends a stream, if it does: `message_stop`, or an error that the provider reports.
pub(in crate::dialect) fn end(event: Event<'_>) -> Option<End> {
    match event_type(&event)? {
        b"message_stop" => Some(End::Well),
        b"error" => Some(End::Error),
        _ => None,
    }
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
        assert_eq!(
            end(event(Some("message_stop"), r#"{"type":"message_stop"}"#)),
            Some(End::Well)
        );
        assert_eq!(
            end(event(Some("error"), r#"{"type":"error"}"#)),
            Some(End::Error)
        );
        assert_eq!(
            end(event(None, r#"{"index":1,"type": "message_stop"}"#)),
            Some(End::Well)
        );
    }

    #[test]
    fn other_events_do_not() {
        assert_eq!(end(event(Some("ping"), r#"{"type":"ping"}"#)), None);
        assert_eq!(
            end(event(
                Some("content_block_delta"),
                r#"{"type":"content_block_delta","delta":{"type":"message_stop"}}"#
            )),
            None
        );
        assert_eq!(
            end(event(None, r#"{"delta":{"type":"message_stop"}}"#)),
            None
        );
        assert_eq!(end(event(None, "[DONE]")), None);
    }
}
