//! Answers as bytes, with the places where stamps are filled in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;
use workload::stamp;

use super::event::Event;
use super::identity::REQUEST_ID;
use super::provider::Provider;

/// An answer, ready but for its stamps.
#[derive(Clone, Debug)]
pub struct Template {
    head: Vec<u8>,
    body: Body,
}

/// An answer's body.
#[derive(Clone, Debug)]
pub enum Body {
    /// All of it, its length given in the head.
    Whole(Piece),
    /// One event after the other.
    Stream(Vec<Piece>),
}

/// Bytes that leave together, with the places of the stamps in them.
#[derive(Clone, Debug)]
pub struct Piece {
    bytes: Vec<u8>,
    payload: Range<usize>,
    slots: Vec<Slot>,
    generated: bool,
}

/// The bytes of one write of a stream, before they are framed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// An event, several, or part of one.
    pub bytes: Vec<u8>,
    /// They carry a piece of what the model generates.
    pub generated: bool,
}

impl Segment {
    /// Text that carries no piece.
    pub fn plain(text: &str) -> Self {
        Self {
            bytes: text.into(),
            generated: false,
        }
    }

    /// The bytes as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

impl From<&Event> for Segment {
    fn from(event: &Event) -> Self {
        Self {
            bytes: event.text().into_bytes(),
            generated: event.is_generated(),
        }
    }
}

/// The place of one stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Where the stamp begins in the piece.
    pub(super) at: usize,
    /// Which chunk of the text it belongs to.
    pub(super) index: usize,
}

impl Template {
    /// A whole answer: `extra` are further fields of the head, each with its
    /// line end.
    pub(super) fn whole(
        status: u16,
        provider: impl Into<Provider>,
        extra: &str,
        json: &RawValue,
    ) -> Self {
        let length = json.get().len();
        let line = status_line(status);
        let request_id = request_id(provider.into());
        Self {
            head: format!(
                "{line}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                 {request_id}{extra}"
            )
            .into_bytes(),
            body: Body::Whole(Piece::plain(json.get())),
        }
    }

    /// JSON of the mock's own.
    pub(crate) fn json(text: &str) -> Self {
        let empty = Self::whole(200, Provider::OpenAi, "", RawValue::NULL);
        empty.with_text(text)
    }

    /// A stream of events.
    pub(super) fn stream(provider: impl Into<Provider>, events: Vec<Event>) -> Self {
        let line = status_line(200);
        let request_id = request_id(provider.into());
        Self {
            head: format!(
                "{line}\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                 cache-control: no-cache\r\n{request_id}"
            )
            .into_bytes(),
            body: Body::Stream(chunks(events.iter().map(Segment::from))),
        }
    }

    /// A whole answer that says `text` and nothing of the mock's own.
    pub(crate) fn said(status: u16, fields: &BTreeMap<String, String>, text: &str) -> Self {
        let head = said_head(status, "application/json", fields);
        Self {
            head: format!("{head}content-length: {}\r\n", text.len()).into_bytes(),
            body: Body::Whole(Piece::plain(text)),
        }
    }

    /// A stream of `events`, as [`Template::said`].
    pub(crate) fn said_in_events(
        status: u16,
        fields: &BTreeMap<String, String>,
        events: impl Iterator<Item = Segment>,
    ) -> Self {
        Self {
            head: said_head(status, "text/event-stream; charset=utf-8", fields).into_bytes(),
            body: Body::Stream(chunks(events)),
        }
    }

    /// The same answer with another text, if it is a whole one.
    pub(crate) fn with_text(&self, text: &str) -> Self {
        let head = String::from_utf8_lossy(&self.head);
        let head = head.split_inclusive("\r\n").map(|line| {
            if line.starts_with("content-length: ") {
                Cow::Owned(format!("content-length: {}\r\n", text.len()))
            } else {
                Cow::Borrowed(line)
            }
        });
        Self {
            head: head.collect::<String>().into_bytes(),
            body: Body::Whole(Piece::plain(text)),
        }
    }

    /// The same answer with other events, if it is a stream.
    pub(crate) fn with_events(&self, events: &[Segment]) -> Self {
        Self {
            head: self.head.clone(),
            body: Body::Stream(chunks(events.iter().cloned())),
        }
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Whether it comes as events.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.body, Body::Stream(_))
    }

    /// The status line and the fields, each with its line end, but without
    /// the fields that depend on the connection and the blank line.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Piece {
    fn plain(text: &str) -> Self {
        Self::new(text.into(), 0..text.len(), true)
    }

    /// A chunk of the chunked coding; with the last one goes the coding's own
    /// end, so that it costs no write.
    fn chunk(segment: &Segment, last: bool) -> Self {
        let content = &segment.bytes;
        let size = format!("{:x}\r\n", content.len());
        let end = if last { "\r\n0\r\n\r\n" } else { "\r\n" };
        let payload = size.len()..size.len() + content.len();
        let bytes = [size.as_bytes(), content, end.as_bytes()].concat();
        Self::new(bytes, payload, segment.generated)
    }

    fn new(bytes: Vec<u8>, payload: Range<usize>, generated: bool) -> Self {
        let slots = find_blank_stamps(&bytes);
        Self {
            bytes,
            payload,
            slots,
            generated,
        }
    }

    /// The bytes as they go on the wire, framing included, stamps blank.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Which of the bytes are not framing.
    pub(super) fn payload(&self) -> Range<usize> {
        self.payload.clone()
    }

    /// The bytes without the framing.
    pub(crate) fn content(&self) -> &[u8] {
        &self.bytes[self.payload.clone()]
    }

    /// Whether it carries a piece of what the model generates.
    pub(crate) fn is_generated(&self) -> bool {
        self.generated
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }
}

/// Each segment as a chunk.
fn chunks(segments: impl Iterator<Item = Segment>) -> Vec<Piece> {
    let mut segments = segments.peekable();
    std::iter::from_fn(|| {
        let segment = segments.next()?;
        Some(Piece::chunk(&segment, segments.peek().is_none()))
    })
    .collect()
}

/// The status line and `fields`; a content type unless they name one.
fn said_head(status: u16, content_type: &str, fields: &BTreeMap<String, String>) -> String {
    let mut head = status_line(status) + "\r\n";
    let is_content_type = |name: &String| name.eq_ignore_ascii_case("content-type");
    if !fields.keys().any(is_content_type) {
        head.push_str(&format!("content-type: {content_type}\r\n"));
    }
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head
}

/// The line that names the request.
fn request_id(provider: Provider) -> String {
    provider
        .request_id_field()
        .map_or(String::new(), |field| format!("{field}: {REQUEST_ID}\r\n"))
}

fn status_line(status: u16) -> String {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    };
    format!("HTTP/1.1 {status} {reason}")
}

/// The blank stamps in `bytes`. A stamp is ASCII that JSON does not escape, so
/// it stands in an answer as it stands in the text.
fn find_blank_stamps(bytes: &[u8]) -> Vec<Slot> {
    memchr::memmem::find_iter(bytes, b"[i=")
        .filter_map(|at| {
            let stamp = bytes.get(at..at + stamp::LEN)?;
            let index = str::from_utf8(&stamp[stamp::INDEX]).ok()?.parse().ok()?;
            (index <= stamp::MAX_INDEX && stamp == stamp::blank(index).as_bytes())
                .then_some(Slot { at, index })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found() {
        let text = format!("[i=x [i={}{}", stamp::blank(3), stamp::blank(0));
        assert_eq!(
            find_blank_stamps(text.as_bytes()),
            [
                Slot { at: 8, index: 3 },
                Slot {
                    at: 8 + stamp::LEN,
                    index: 0
                }
            ]
        );
        assert_eq!(find_blank_stamps(b"[i=00000 r="), []);
    }

    #[test]
    fn chunks_are_framed() {
        let chunk = Piece::chunk(&Segment::plain("data: é\n\n"), false);
        assert_eq!(chunk.bytes(), "a\r\ndata: é\n\n\r\n".as_bytes());
        assert_eq!(&chunk.bytes()[chunk.payload()], "data: é\n\n".as_bytes());
        assert_eq!(
            Piece::chunk(&Segment::plain("x"), true).bytes(),
            b"1\r\nx\r\n0\r\n\r\n"
        );
    }
}
