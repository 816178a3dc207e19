//! How a Responses stream ends, and what must be remembered to end one that broke.

use bytes::Bytes;

use super::error;
use crate::dialect::Fault;
use crate::dialect::watch::event_type;
use crate::request::json;
use crate::sse::Event;

/// A response object larger than this is not kept: a broken stream's last event then carries
/// only the members that are required.
const LARGEST_KEPT_BYTES: usize = 64 * 1024;

/// What has been seen of a stream.
#[derive(Default)]
pub(in crate::dialect) struct Progress {
    begun: bool,
    response: Option<Box<[u8]>>,
    next_number: u64,
    /// An `error` event has come, behind which `response.failed` is due.
    provider_told_error: bool,
    failed: bool,
    ended: bool,
}

impl Progress {
    pub(in crate::dialect) fn see(&mut self, event: Event<'_>) {
        let data = event.data.unwrap_or_default();
        if !self.begun {
            self.begun = true;
            self.response = response_object(data);
        }
        if let Some(number) = sequence_number(data) {
            self.next_number = number.saturating_add(1);
        }
        match event_type(&event) {
            Some(b"response.completed" | b"response.incomplete") => self.ended = true,
            Some(b"response.failed") => (self.ended, self.failed) = (true, true),
            Some(b"error") => self.provider_told_error = true,
            _ => {}
        }
    }

    pub(in crate::dialect) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the provider reported an error of its own.
    pub(in crate::dialect) fn provider_told_error(&self) -> bool {
        self.provider_told_error || self.failed
    }

    /// The events that end the stream here, because of `fault`.
    pub(in crate::dialect) fn last_events(&self, fault: &Fault) -> Bytes {
        let response = self.response.as_deref();
        if self.provider_told_error {
            error::failed_event(fault, response, self.next_number).into()
        } else {
            error::last_events(fault, response, self.next_number)
        }
    }
}

/// The `response` member of the first event, `response.created`.
fn response_object(data: &[u8]) -> Option<Box<[u8]>> {
    if data.len() > LARGEST_KEPT_BYTES {
        return None;
    }
    let [response] = json::top_level(data, ["response"]).ok()?;
    Some(data[response?.span].into())
}

/// The event's number. Searched for as text, since this looks at every event of a stream: in a
/// JSON string its quotes would be escaped, so the first match is a member's name. From the
/// end, where it mostly stands; a nested member of that name does not exist.
fn sequence_number(data: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"\"sequence_number\"";
    let after = memchr::memmem::rfind(data, NAME)? + NAME.len();
    let value = data[after..].trim_ascii_start().strip_prefix(b":")?;
    let value = value.trim_ascii_start();
    let digits = value
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(&value[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sse::events;

    fn progress(stream: &str) -> Progress {
        let mut progress = Progress::default();
        for event in events(stream.as_bytes()) {
            progress.see(event);
        }
        progress
    }

    fn last_events(progress: &Progress) -> Vec<(String, serde_json::Value)> {
        let fault = Fault::StreamBroken {
            provider: "p".to_owned(),
        };
        let bytes = progress.last_events(&fault);
        events(&bytes)
            .map(|event| {
                (
                    String::from_utf8(event.name.unwrap().to_vec()).unwrap(),
                    serde_json::from_slice(event.data.unwrap()).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn three_events_end_a_stream() {
        for name in ["completed", "incomplete", "failed"] {
            let seen = progress(&format!("event: response.{name}\ndata: {{}}\n\n"));
            assert_eq!(seen.provider_told_error(), name == "failed");
            assert!(progress(&format!("event: response.{name}\ndata: {{}}\n\n")).ended());
            assert!(progress(&format!("data: {{\"type\":\"response.{name}\"}}\n\n")).ended());
        }
        assert!(!progress("event: response.output_text.done\ndata: {}\n\n").ended());
        assert!(!progress("event: error\ndata: {}\n\n").ended());
    }

    #[test]
    fn a_broken_stream_ends_with_error_and_failed_numbered_on() {
        let events = last_events(&progress(concat!(
            "event: response.created\n",
            r#"data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress","model":"m","x":1.50},"sequence_number":0}"#,
            "\n\nevent: response.output_text.delta\n",
            r#"data: {"type":"response.output_text.delta","sequence_number": 41 ,"delta":"\"sequence_number\":9"}"#,
            "\n\n"
        )));
        let message = "The provider `p` broke the stream off before its end.";
        assert_eq!(events[0].0, "error");
        assert_eq!(
            events[0].1,
            serde_json::json!({
                "type": "error",
                "sequence_number": 42,
                "error": {"message": message, "type": "server_error", "param": null, "code": null}
            })
        );
        assert_eq!(events[1].0, "response.failed");
        assert_eq!(events[1].1["sequence_number"], 43);
        assert_eq!(
            events[1].1["response"],
            serde_json::json!({
                "id": "resp_1", "status": "failed", "model": "m", "x": 1.5,
                "error": {"code": "server_error", "message": message},
                "object": "response", "created_at": 0, "output": [],
                "parallel_tool_calls": true, "tool_choice": "auto", "tools": []
            })
        );
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn an_error_that_the_provider_told_is_not_told_twice() {
        let events = last_events(&progress(
            "event: error\ndata: {\"type\":\"error\",\"sequence_number\":2,\"error\":{}}\n\n",
        ));
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].0, "response.failed");
        assert_eq!(events[0].1["sequence_number"], 3);
    }
}
