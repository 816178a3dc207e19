//! The bytes of a whole answer that was proven right, so that the next one
//! need not be parsed where it is the same but for its stamp.
//!
//! Sound, because JSON that differs from right JSON only in digits that stand
//! for digits, inside a string, decodes to the same values but for those.

use crate::stamp::{self, Stamp};

/// A right answer's bytes and where its stamp stands in them.
#[derive(Debug, Default)]
pub(super) struct Proven {
    body: Vec<u8>,
    stamp_at: usize,
}

impl Proven {
    /// Keeps `body`, which was found right. A body whose stamp does not stand
    /// in it once and literally proves nothing for others, and is not kept.
    pub(super) fn keep(&mut self, body: &[u8]) {
        let blank = stamp::blank(0);
        let begin = &blank.as_bytes()[..stamp::RECEIVED.start];
        let mut found = memchr::memmem::find_iter(body, begin);
        let (Some(at), None) = (found.next(), found.next()) else {
            return;
        };
        if body.len() >= at + stamp::LEN && body[at..][..stamp::LEN].is_ascii() {
            self.body.clear();
            self.body.extend_from_slice(body);
            self.stamp_at = at;
        }
    }

    /// The stamp of `body`, if it is the proven answer but for the stamp's
    /// clock readings.
    pub(super) fn stamp_of(&self, body: &[u8]) -> Option<Stamp> {
        if body.len() != self.body.len() || body.is_empty() {
            return None;
        }
        let received = self.stamp_at + stamp::RECEIVED.start..self.stamp_at + stamp::RECEIVED.end;
        let sent = self.stamp_at + stamp::SENT.start..self.stamp_at + stamp::SENT.end;
        let same = body[..received.start] == self.body[..received.start]
            && body[received.end..sent.start] == self.body[received.end..sent.start]
            && body[sent.end..] == self.body[sent.end..];
        if !same {
            return None;
        }
        Some(Stamp {
            index: 0,
            received_ns: number(&body[received])?,
            sent_ns: number(&body[sent])?,
        })
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"a":"[i=00000 r=0000000000000000007 s=0000000000000000009] é","b":1}"#;

    fn proven(body: &str) -> Proven {
        let mut proven = Proven::default();
        proven.keep(body.as_bytes());
        proven
    }

    #[test]
    fn only_the_clock_readings_may_differ() {
        let proven = proven(BODY);
        let stamp = |body: &str| proven.stamp_of(body.as_bytes());
        let other = BODY.replace("00007", "12345").replace("00009", "99999");
        let read = stamp(&other).unwrap();
        assert_eq!((read.received_ns, read.sent_ns), (12_345, 99_999));
        for wrong in [
            BODY.replace("i=00000", "i=00001"),
            BODY.replace("r=0", "r=x"),
            BODY.replace("r=0", "r=\""),
            BODY.replace('é', "è"),
            BODY.replace(":1}", ":2}"),
            BODY.replace("] ", "])"),
            format!("{BODY} "),
        ] {
            assert_eq!(stamp(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_body_with_two_stamps_or_none_proves_nothing() {
        for body in [format!("{BODY}{BODY}"), "{}".to_owned(), String::new()] {
            assert_eq!(proven(&body).stamp_of(body.as_bytes()), None, "{body}");
        }
    }
}
