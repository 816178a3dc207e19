//! Holding text against the expected text while it arrives, stamps masked.

use std::ops::Range;

use crate::stamp::{self, Stamp};

/// What one stretch of the expected text may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Exactly these bytes.
    Literal,
    /// Digits: when the mock had read the request.
    Received,
    /// Digits: when the mock wrote this piece.
    Sent,
    /// The bracket that completes the stamp with this index.
    Close(u32),
}

#[derive(Debug)]
struct Segment {
    end: usize,
    kind: Kind,
}

/// The expected text, cut into literal stretches and stamp slots.
#[derive(Debug)]
pub(super) struct Pattern {
    bytes: Vec<u8>,
    segments: Vec<Segment>,
}

impl Pattern {
    /// A pattern of `text`, whose first `stamps` blank stamps are slots.
    pub(super) fn new(text: &str, stamps: usize) -> Self {
        let bytes = text.as_bytes().to_vec();
        let mut segments = Vec::new();
        let mut from = 0;
        for index in 0..stamps {
            let blank = stamp::blank(index);
            let Some(found) = text.get(from..).and_then(|rest| rest.find(&blank)) else {
                break;
            };
            let start = from + found;
            let at = |range: Range<usize>| start + range.start..start + range.end;
            let (received, sent) = (at(stamp::RECEIVED), at(stamp::SENT));
            from = start + stamp::LEN;
            segments.extend([
                (received.start, Kind::Literal),
                (received.end, Kind::Received),
                (sent.start, Kind::Literal),
                (sent.end, Kind::Sent),
                (from, Kind::Close(index as u32)),
            ]);
        }
        segments.push((bytes.len(), Kind::Literal));
        Self {
            bytes,
            segments: segments
                .into_iter()
                .map(|(end, kind)| Segment { end, kind })
                .collect(),
        }
    }
}

/// How far the text has come, and the digits of the stamp being read.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    at: usize,
    segment: usize,
    received_ns: u64,
    sent_ns: u64,
}

impl Matcher {
    /// Whether the whole text has come.
    pub(super) fn complete(&self, pattern: &Pattern) -> bool {
        self.at == pattern.bytes.len()
    }

    /// Takes the next bytes of text and calls `on_stamp` for each stamp they
    /// complete; says in words where they are not the expected ones.
    pub(super) fn feed(
        &mut self,
        pattern: &Pattern,
        mut text: &[u8],
        mut on_stamp: impl FnMut(Stamp),
    ) -> Result<(), String> {
        while !text.is_empty() {
            let Some(segment) = pattern.segments.get(self.segment) else {
                return Err(format!("text beyond the end: {}", excerpt(text)));
            };
            let length = text.len().min(segment.end - self.at);
            let (now, later) = text.split_at(length);
            match segment.kind {
                Kind::Literal => {
                    let wanted = &pattern.bytes[self.at..self.at + length];
                    if now != wanted {
                        let same = now.iter().zip(wanted).take_while(|(a, b)| a == b).count();
                        return Err(format!(
                            "at byte {} of the text: expected {}, got {}",
                            self.at + same,
                            excerpt(&wanted[same..]),
                            excerpt(&text[same..])
                        ));
                    }
                }
                Kind::Received => self.received_ns = digits(self.received_ns, now)?,
                Kind::Sent => self.sent_ns = digits(self.sent_ns, now)?,
                Kind::Close(index) => {
                    if now != b"]" {
                        return Err(format!("a stamp that does not end: {}", excerpt(now)));
                    }
                    on_stamp(Stamp {
                        index,
                        received_ns: std::mem::take(&mut self.received_ns),
                        sent_ns: std::mem::take(&mut self.sent_ns),
                    });
                }
            }
            self.at += length;
            if self.at == segment.end {
                self.segment += 1;
            }
            text = later;
        }
        Ok(())
    }
}

fn digits(mut value: u64, digits: &[u8]) -> Result<u64, String> {
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(format!("a stamp's digits read {}", excerpt(digits)));
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    }
    Ok(value)
}

fn excerpt(bytes: &[u8]) -> String {
    format!(
        "{:?}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Script;

    fn stamped(script: &Script) -> Vec<u8> {
        let mut text = script.stream_text().into_bytes();
        let mut from = 0;
        for index in 0..script.chunks() {
            let blank = stamp::blank(index);
            let start = from
                + memchr::memmem::find(&text[from..], blank.as_bytes())
                    .expect("every chunk has a stamp");
            let slot = &mut text[start..start + stamp::LEN];
            stamp::write_digits(1000 + index as u64, &mut slot[stamp::RECEIVED]);
            stamp::write_digits(2000 + index as u64, &mut slot[stamp::SENT]);
            from = start + stamp::LEN;
        }
        text
    }

    #[test]
    fn any_cut_gives_the_same_stamps() {
        let script = Script::stamped(33);
        let pattern = Pattern::new(&script.stream_text(), script.chunks());
        let text = stamped(&script);
        for size in 1..80 {
            let mut matcher = Matcher::default();
            let mut stamps = Vec::new();
            for part in text.chunks(size) {
                matcher
                    .feed(&pattern, part, |stamp| stamps.push(stamp))
                    .unwrap();
            }
            assert!(matcher.complete(&pattern));
            assert_eq!(stamps.len(), 33);
            assert_eq!(
                stamps[32],
                Stamp {
                    index: 32,
                    received_ns: 1032,
                    sent_ns: 2032
                }
            );
        }
    }

    #[test]
    fn what_is_not_the_text_is_told_where() {
        let pattern = Pattern::new("hello", 0);
        let feed = |text: &str| Matcher::default().feed(&pattern, text.as_bytes(), |_| {});
        assert_eq!(feed("hel"), Ok(()));
        assert_eq!(
            feed("help!"),
            Err("at byte 3 of the text: expected \"lo\", got \"p!\"".to_owned())
        );
        assert_eq!(feed("hello!"), Err("text beyond the end: \"!\"".to_owned()));
    }

    #[test]
    fn a_stamp_of_letters_or_of_another_chunk_is_wrong() {
        let script = Script::stamped(2);
        let pattern = Pattern::new(&script.stream_text(), 2);
        let text = String::from_utf8(stamped(&script)).unwrap();
        let check = |text: String| Matcher::default().feed(&pattern, text.as_bytes(), |_| {});
        assert!(check(text.replace("r=0000", "r=000x")).is_err());
        assert!(check(text.replace("i=00001", "i=00002")).is_err());
        assert!(check(text.replacen("] ", "]", 1).replacen(']', "x", 1)).is_err());
        assert_eq!(check(text), Ok(()));
    }
}
