//! Answers that a test says word for word, for what no answer of the mock's
//! own can show: how a gateway takes an odd event, a count, an end.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::answer::{Segment, Template};

/// Why an answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadAnswer {
    /// Not JSON, or not of this shape.
    #[error(
        "not an answer, {{\"status\":NNN,\"headers\":{{…}},\"body\":TEXT}} or \"events\":[TEXT,…] \
         in place of the body: {0}"
    )]
    Shape(#[from] serde_json::Error),
    /// No head can say that.
    #[error("no head can have the status {0}")]
    Status(u16),
    /// It would end the head, or is the mock's to say.
    #[error("`{0}` cannot be a header of an answer")]
    Header(String),
}

/// An answer as it is posted.
#[derive(Deserialize)]
struct Posted {
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(flatten)]
    content: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    /// All of it.
    Body(String),
    /// What each write of a stream holds.
    Events(Vec<String>),
}

fn ok() -> u16 {
    200
}

/// Fields that follow from how the answer is sent.
const FRAMING: [&str; 3] = ["content-length", "transfer-encoding", "connection"];

/// The answers to come, in the order in which they were posted.
#[derive(Debug, Default)]
pub(crate) struct Queue(Mutex<VecDeque<Template>>);

impl Queue {
    /// Keeps the answer that the body of a request says, for the next request
    /// that is for a model's answer.
    ///
    /// # Errors
    /// [`BadAnswer`]; nothing is kept then.
    pub(crate) fn post(&self, body: &[u8]) -> Result<(), BadAnswer> {
        let posted: Posted = serde_json::from_slice(body)?;
        if !(200..600).contains(&posted.status) {
            return Err(BadAnswer::Status(posted.status));
        }
        for (name, value) in &posted.headers {
            check_header(name, value)?;
        }
        let template = match &posted.content {
            Content::Body(text) => Template::said(posted.status, &posted.headers, text),
            Content::Events(events) => Template::said_in_events(
                posted.status,
                &posted.headers,
                events.iter().map(|event| Segment::plain(event)),
            ),
        };
        self.answers().push_back(template);
        Ok(())
    }

    /// The next answer, if one was posted.
    pub(crate) fn take(&self) -> Option<Template> {
        self.answers().pop_front()
    }

    /// Forgets all that were not given.
    pub(crate) fn clear(&self) {
        self.answers().clear();
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, VecDeque<Template>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check_header(name: &str, value: &str) -> Result<(), BadAnswer> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let good = !name.is_empty()
        && name.bytes().all(token)
        && !value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
        && !FRAMING.iter().any(|own| name.eq_ignore_ascii_case(own));
    good.then_some(())
        .ok_or_else(|| BadAnswer::Header(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_given_in_their_order_and_once() {
        let queue = Queue::default();
        queue.post(br#"{"body":"a"}"#).unwrap();
        queue.post(br#"{"status":429,"events":["b","c"]}"#).unwrap();
        assert!(!queue.take().unwrap().is_stream());
        assert!(queue.take().unwrap().is_stream());
        assert!(queue.take().is_none());
        queue.post(br#"{"body":"a"}"#).unwrap();
        queue.clear();
        assert!(queue.take().is_none());
    }

    #[test]
    fn what_no_answer_can_be_is_refused() {
        let queue = Queue::default();
        for (body, words) in [
            ("{", "not an answer"),
            ("{}", "not an answer"),
            (r#"{"status":99,"body":""}"#, "the status 99"),
            (r#"{"headers":{"a":"b\r\nc: d"},"body":""}"#, "`a`"),
            (r#"{"headers":{"a b":""},"body":""}"#, "`a b`"),
            (
                r#"{"headers":{"Content-Length":"5"},"body":""}"#,
                "`Content-Length`",
            ),
        ] {
            let told = queue.post(body.as_bytes()).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
        assert!(queue.take().is_none());
    }
}
