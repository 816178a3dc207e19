//! Answers as bytes, with the places where stamps are filled in.

use std::ops::Range;

use serde_json::value::RawValue;
use workload::{Dialect, stamp};

use super::event::Event;
use super::identity::REQUEST_ID;

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
    pub(super) fn whole(status: u16, dialect: Dialect, extra: &str, json: &RawValue) -> Self {
        let length = json.get().len();
        let line = status_line(status);
        let request_id = request_id_field(dialect);
        Self {
            head: format!(
                "{line}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                 {request_id}: {REQUEST_ID}\r\n{extra}"
            )
            .into_bytes(),
            body: Body::Whole(Piece::plain(json.get())),
        }
    }

    /// A stream of events.
    pub(super) fn stream(dialect: Dialect, events: Vec<Event>) -> Self {
        let line = status_line(200);
        let request_id = request_id_field(dialect);
        let last = events.len().saturating_sub(1);
        Self {
            head: format!(
                "{line}\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                 cache-control: no-cache\r\n{request_id}: {REQUEST_ID}\r\n"
            )
            .into_bytes(),
            body: Body::Stream(
                events
                    .iter()
                    .enumerate()
                    .map(|(index, event)| Piece::chunk(&event.text(), index == last))
                    .collect(),
            ),
        }
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Whether it comes as events.
    pub(super) fn is_stream(&self) -> bool {
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
        Self::new(text.into(), 0..text.len())
    }

    /// A chunk of the chunked coding; with the last one goes the coding's own
    /// end, so that it costs no write.
    fn chunk(text: &str, last: bool) -> Self {
        let size = format!("{:x}\r\n", text.len());
        let end = if last { "\r\n0\r\n\r\n" } else { "\r\n" };
        let payload = size.len()..size.len() + text.len();
        Self::new([&size, text, end].concat().into_bytes(), payload)
    }

    fn new(bytes: Vec<u8>, payload: Range<usize>) -> Self {
        let slots = find_blank_stamps(&bytes);
        Self {
            bytes,
            payload,
            slots,
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

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }
}

/// The field in which a provider names the request, for support.
fn request_id_field(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat | Dialect::Responses => "x-request-id",
        Dialect::Messages => "request-id",
    }
}

fn status_line(status: u16) -> String {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
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
        let chunk = Piece::chunk("data: é\n\n", false);
        assert_eq!(chunk.bytes(), "a\r\ndata: é\n\n\r\n".as_bytes());
        assert_eq!(&chunk.bytes()[chunk.payload()], "data: é\n\n".as_bytes());
        assert_eq!(Piece::chunk("x", true).bytes(), b"1\r\nx\r\n0\r\n\r\n");
    }
}
