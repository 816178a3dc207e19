//! Where a response's body ends, and taking its content out of a buffer. No I/O.
//!
//! Source: RFC 9112, section 6.3.

use bytes::{Bytes, BytesMut};

use super::chunked::{BadChunk, Chunked};

/// How a body's end is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes are still to come.
    Length(u64),
    Chunked(Chunked),
    /// The body ends with the connection.
    UntilClose,
}

impl Framing {
    /// Takes what content there is in `received`, all of it as one piece.
    pub(crate) fn take(&mut self, received: &mut BytesMut) -> Result<Option<Bytes>, BadChunk> {
        let piece = match self {
            Self::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX);
                let piece = received.split_to(here.min(received.len()));
                *left -= piece.len() as u64;
                piece
            }
            Self::Chunked(coding) => {
                let decoded = coding.decode(received)?;
                let mut piece = received.split_to(decoded.consumed);
                piece.truncate(decoded.produced);
                piece
            }
            Self::UntilClose => received.split(),
        };
        Ok((!piece.is_empty()).then(|| piece.freeze()))
    }

    /// Whether the whole body has been taken.
    pub(crate) fn is_done(&self) -> bool {
        match self {
            Self::Length(left) => *left == 0,
            Self::Chunked(coding) => coding.is_done(),
            Self::UntilClose => false,
        }
    }

    /// How many bytes are still to come, where that is known.
    pub(crate) fn remaining(&self) -> Option<u64> {
        match self {
            Self::Length(left) => Some(*left),
            _ if self.is_done() => Some(0),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_leaves_what_follows() {
        let mut received = BytesMut::from("abcdef");
        let mut framing = Framing::Length(4);
        assert_eq!(framing.take(&mut received).unwrap().unwrap(), "abcd");
        assert!(framing.is_done());
        assert_eq!(received, "ef");
    }

    #[test]
    fn a_length_counts_down() {
        let mut framing = Framing::Length(4);
        assert_eq!(
            framing.take(&mut BytesMut::from("abc")).unwrap().unwrap(),
            "abc"
        );
        assert_eq!(framing.remaining(), Some(1));
        assert_eq!(framing.take(&mut BytesMut::new()), Ok(None));
    }

    #[test]
    fn a_chunk_that_is_not_all_there_keeps_its_beginning() {
        let mut received = BytesMut::from("3\r\nabc\r\n1");
        let mut framing = Framing::Chunked(Chunked::default());
        assert_eq!(framing.take(&mut received).unwrap().unwrap(), "abc");
        assert_eq!(received, "1");
        received.extend_from_slice(b"\r\nd\r\n0\r\n\r\n");
        assert_eq!(framing.take(&mut received).unwrap().unwrap(), "d");
        assert!(framing.is_done() && received.is_empty());
    }

    #[test]
    fn only_a_closed_connection_ends_a_body_without_framing() {
        let mut framing = Framing::UntilClose;
        assert_eq!(
            framing.take(&mut BytesMut::from("a")).unwrap().unwrap(),
            "a"
        );
        assert!(!framing.is_done());
        assert_eq!(framing.remaining(), None);
    }
}
