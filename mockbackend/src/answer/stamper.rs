//! Filling the stamps of one answer after the other.

use workload::stamp;

use super::template::{Piece, Template};
use crate::http::request::ReplyFraming;

/// Writes answers with their stamps into a buffer that is used again.
///
/// A stamp is filled with the clock's reading when it is first written; where
/// a dialect repeats the text later on, it repeats the same stamps.
#[derive(Debug, Default)]
pub struct Stamper {
    out: Vec<u8>,
    received: [u8; 19],
    /// The stamps of this answer so far, by their index.
    stamps: Vec<[u8; stamp::LEN]>,
}

impl Stamper {
    /// Begins the answer to a request that had been read at `received_ns`.
    pub fn begin(&mut self, received_ns: u64) {
        stamp::write_digits(received_ns, &mut self.received);
        self.stamps.clear();
    }

    /// The answer's head.
    pub fn head(&mut self, answer: &Template, framing: ReplyFraming) -> &[u8] {
        self.out.clear();
        self.append_head(answer, framing);
        &self.out
    }

    /// The answer's head and its one piece; `now_ns` is the clock.
    pub fn whole(
        &mut self,
        answer: &Template,
        piece: &Piece,
        framing: ReplyFraming,
        now_ns: impl Fn() -> u64,
    ) -> &[u8] {
        self.out.clear();
        self.append_head(answer, framing);
        self.append_piece(piece, now_ns);
        &self.out
    }

    /// One event; `now_ns` is the clock.
    pub fn event(
        &mut self,
        event: &Piece,
        framing: ReplyFraming,
        now_ns: impl Fn() -> u64,
    ) -> &[u8] {
        self.out.clear();
        self.append_piece(event, now_ns);
        if framing.chunked {
            &self.out
        } else {
            &self.out[event.payload()]
        }
    }

    fn append_head(&mut self, answer: &Template, framing: ReplyFraming) {
        self.out.extend_from_slice(answer.head());
        if framing.chunked && answer.is_stream() {
            self.out
                .extend_from_slice(b"transfer-encoding: chunked\r\n");
        }
        if framing.close {
            self.out.extend_from_slice(b"connection: close\r\n");
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn append_piece(&mut self, piece: &Piece, now_ns: impl Fn() -> u64) {
        let start = self.out.len();
        self.out.extend_from_slice(piece.bytes());
        for slot in piece.slots() {
            let place = &mut self.out[start + slot.at..][..stamp::LEN];
            if let Some(sent) = self.stamps.get(slot.index) {
                place.copy_from_slice(sent);
                continue;
            }
            place[stamp::RECEIVED].copy_from_slice(&self.received);
            stamp::write_digits(now_ns(), &mut place[stamp::SENT]);
            let mut sent = [0; stamp::LEN];
            sent.copy_from_slice(place);
            self.stamps.push(sent);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use workload::Dialect;

    use super::*;
    use crate::answer::event::Event;
    use crate::answer::template::Body;

    #[test]
    fn a_stamp_is_filled_once_and_repeated() {
        let [first, second] = [0, 1].map(stamp::blank);
        let template = Template::stream(
            Dialect::Chat,
            vec![
                Event::unnamed(first.clone()),
                Event::unnamed(second.clone()),
                Event::unnamed(format!("{first}{second}")),
            ],
        );
        let Body::Stream(events) = template.body() else {
            panic!("not a stream");
        };
        let framing = ReplyFraming {
            close: true,
            chunked: false,
            head_only: false,
        };
        let clock = Cell::new(0);
        let tick = || clock.replace(clock.get() + 1);
        let mut stamper = Stamper::default();
        let mut answer = |received_ns| -> Vec<String> {
            stamper.begin(received_ns);
            events
                .iter()
                .map(|event| stamper.event(event, framing, tick).to_vec())
                .map(|bytes| String::from_utf8(bytes).unwrap())
                .collect()
        };
        let filled = |index, received_ns, sent_ns| {
            format!("[i={index:05} r={received_ns:019} s={sent_ns:019}]")
        };
        for (received_ns, sent_ns) in [(7, 0), (8, 2)] {
            let first = filled(0, received_ns, sent_ns);
            let second = filled(1, received_ns, sent_ns + 1);
            assert_eq!(
                answer(received_ns),
                [
                    format!("data: {first}\n\n"),
                    format!("data: {second}\n\n"),
                    format!("data: {first}{second}\n\n"),
                ]
            );
        }
    }
}
