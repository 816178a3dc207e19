//! What was asked: the exact requests, kept to be looked at.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::http::Request;

/// The most requests kept, and the most bytes of them; the oldest go first.
const MAX_ENTRIES: usize = 10_000;
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// How much of a secret is kept: enough to tell one kind from another.
const PREFIX: usize = 3;

/// Fields whose values are secrets.
const SECRETS: [&str; 6] = [
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
];

/// The requests since the mock began or the journal was emptied.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// How many requests came before the first of them.
    gone: u64,
}

/// Which request of a journal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(u64);

/// How the answer to a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    /// All of it was written.
    Sent,
    /// A fault had the mock close the connection.
    Closed,
    /// The client went away before.
    ClientGone,
}

/// One request as the journal shows it.
#[derive(Debug, Serialize)]
struct Entry {
    method: String,
    path: String,
    /// Names and values in the order in which they came.
    headers: Vec<(String, String)>,
    #[serde(flatten)]
    body: Body,
    /// Not there while the answer is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<End>,
    #[serde(skip)]
    bytes: usize,
}

#[derive(Debug, Serialize)]
enum Body {
    #[serde(rename = "body")]
    Text(String),
    /// A body that is not UTF-8.
    #[serde(rename = "body_base64")]
    Bytes(String),
}

impl Journal {
    /// Keeps a request, and says which it is.
    pub(crate) fn record(&self, request: &Request<'_>) -> Number {
        let entry = Entry::new(request);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += entry.bytes;
        let number = kept.gone + kept.entries.len() as u64;
        kept.entries.push_back(entry);
        while kept.entries.len() > MAX_ENTRIES || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.entries.pop_front() else {
                break;
            };
            kept.bytes -= oldest.bytes;
            kept.gone += 1;
        }
        Number(number)
    }

    /// Notes how the answer to a request ended, unless it has been forgotten.
    pub(crate) fn ended(&self, Number(number): Number, end: End) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let index = number
            .checked_sub(kept.gone)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| kept.entries.get_mut(index)) {
            entry.end = Some(end);
        }
    }

    /// Forgets all requests; gives how many there were.
    pub(crate) fn reset(&self) -> usize {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = kept.entries.len();
        let gone = kept.gone + forgotten as u64;
        *kept = Kept {
            gone,
            ..Kept::default()
        };
        forgotten
    }

    /// All requests as a JSON array, the oldest first.
    pub(crate) fn json(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::to_string(&kept.entries).expect("text is always JSON")
    }
}

impl Entry {
    fn new(request: &Request<'_>) -> Self {
        let mut fields = [httparse::EMPTY_HEADER; 128];
        let mut head = httparse::Request::new(&mut fields);
        // It has been read once already.
        let _ = head.parse(request.head);
        Self {
            method: head.method.unwrap_or_default().to_owned(),
            path: masked_target(request.target),
            headers: head
                .headers
                .iter()
                .map(|field| {
                    let value = String::from_utf8_lossy(field.value);
                    (field.name.to_owned(), shown(field.name, &value))
                })
                .collect(),
            body: match str::from_utf8(request.body) {
                Ok(text) => Body::Text(text.to_owned()),
                Err(_) => Body::Bytes(STANDARD.encode(request.body)),
            },
            end: None,
            bytes: request.head.len() + request.body.len(),
        }
    }
}

/// A field's value, all but the beginning of a secret masked.
fn shown(name: &str, value: &str) -> String {
    if !SECRETS
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
    {
        return value.to_owned();
    }
    match value.split_once(' ') {
        Some((scheme @ ("Bearer" | "Basic"), secret)) => format!("{scheme} {}", masked(secret)),
        _ => masked(value),
    }
}

fn masked(secret: &str) -> String {
    let bytes = secret.len();
    // Of a short one nothing: its beginning would be half of it.
    let kept = if bytes >= 4 * PREFIX { PREFIX } else { 0 };
    let prefix = &secret[..secret.floor_char_boundary(kept)];
    format!("{prefix}…({bytes} bytes)")
}

/// A target whose query may hold a key, as Gemini's does.
fn masked_target(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some(("key", secret)) => format!("key={}", masked(secret)),
            _ => parameter.to_owned(),
        })
        .collect();
    format!("{path}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Progress, RequestReader};

    fn record(journal: &Journal, bytes: &[u8]) -> Number {
        let mut reader = RequestReader::default();
        reader.input().extend_from_slice(bytes);
        match reader.next_request() {
            Ok(Progress::Complete(request)) => journal.record(&request),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn requests_are_shown_with_their_secrets_masked() {
        let journal = Journal::default();
        record(
            &journal,
            b"POST /v1beta/x?alt=sse&key=AIzaSecretSecret HTTP/1.1\r\n\
              Authorization: Bearer sk-secret-secret1\r\nX-Api-Key: short\r\nB: 1\r\na: 2\r\n\
              Cookie: session=verysecret\r\nContent-Length: 4\r\n\r\n{\"\xc3\xa9",
        );
        record(&journal, b"PUT / HTTP/1.1\r\nContent-Length: 1\r\n\r\n\xff");
        assert_eq!(
            journal.json(),
            "[{\"method\":\"POST\",\"path\":\"/v1beta/x?alt=sse&key=AIz…(16 bytes)\",\"headers\":[\
             [\"Authorization\",\"Bearer sk-…(17 bytes)\"],[\"X-Api-Key\",\"…(5 bytes)\"],\
             [\"B\",\"1\"],[\"a\",\"2\"],[\"Cookie\",\"ses…(18 bytes)\"],\
             [\"Content-Length\",\"4\"]],\"body\":\"{\\\"é\"},\
             {\"method\":\"PUT\",\"path\":\"/\",\"headers\":[[\"Content-Length\",\"1\"]],\
             \"body_base64\":\"/w==\"}]"
        );
        assert_eq!(journal.reset(), 2);
        assert_eq!(journal.json(), "[]");
    }

    #[test]
    fn ends_are_noted_with_their_requests() {
        let journal = Journal::default();
        let request = b"GET / HTTP/1.1\r\n\r\n";
        let forgotten = record(&journal, request);
        journal.reset();
        let (first, second) = (record(&journal, request), record(&journal, request));
        for (number, end) in [
            (forgotten, End::Closed),
            (second, End::ClientGone),
            (first, End::Sent),
        ] {
            journal.ended(number, end);
        }
        record(&journal, request);
        let ends: Vec<serde_json::Value> = serde_json::from_str(&journal.json()).unwrap();
        let ends: Vec<_> = ends.iter().map(|entry| entry["end"].as_str()).collect();
        assert_eq!(ends, [Some("sent"), Some("client_gone"), None]);
    }

    #[test]
    fn it_is_bounded() {
        let journal = Journal::default();
        for _ in 0..MAX_ENTRIES + 5 {
            record(&journal, b"GET / HTTP/1.1\r\n\r\n");
        }
        assert_eq!(journal.reset(), MAX_ENTRIES);
        let large = MAX_BYTES / 4;
        let head = format!("POST / HTTP/1.1\r\nContent-Length: {large}\r\n\r\n");
        let request = [head.into_bytes(), vec![b' '; large]].concat();
        for _ in 0..6 {
            record(&journal, &request);
        }
        assert_eq!(journal.reset(), 3);
    }
}
