//! The chunked transfer coding (RFC 9112, section 7.1), decoded as it comes.

use httparse::{Status, parse_chunk_size};

use super::Refusal;
use super::request::MAX_BODY_BYTES;

/// The most bytes of a chunk's size line or of one trailer line.
const MAX_LINE_BYTES: usize = 4096;

/// Where in a chunked body the decoder stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Decoder {
    /// Before a chunk's size line.
    #[default]
    Size,
    /// This many bytes of a chunk are still to come.
    Data(usize),
    /// Before the line end that closes a chunk.
    DataEnd,
    /// After the last chunk, in the trailer section.
    Trailers,
    /// After the last byte.
    Done,
}

impl Decoder {
    /// Decodes what can be decoded of `input`, appends it to `body`, and
    /// returns how many bytes of `input` it used; the rest must be given
    /// again, with more behind it.
    ///
    /// # Errors
    /// [`Refusal::BadChunk`] where the coding is broken, and
    /// [`Refusal::BodyTooLarge`] beyond [`MAX_BODY_BYTES`].
    pub(super) fn decode(&mut self, input: &[u8], body: &mut Vec<u8>) -> Result<usize, Refusal> {
        let mut rest = input;
        loop {
            match *self {
                Self::Size => match parse_chunk_size(rest) {
                    Ok(Status::Complete((used, 0))) => {
                        rest = &rest[used..];
                        *self = Self::Trailers;
                    }
                    Ok(Status::Complete((used, size))) => {
                        if size > (MAX_BODY_BYTES - body.len()) as u64 {
                            return Err(Refusal::BodyTooLarge);
                        }
                        rest = &rest[used..];
                        *self = Self::Data(size as usize);
                    }
                    Ok(Status::Partial) if rest.len() <= MAX_LINE_BYTES => break,
                    Ok(Status::Partial) | Err(_) => return Err(Refusal::BadChunk),
                },
                Self::Data(left) => {
                    let (now, later) = rest.split_at(left.min(rest.len()));
                    body.extend_from_slice(now);
                    rest = later;
                    *self = match left - now.len() {
                        0 => Self::DataEnd,
                        left => Self::Data(left),
                    };
                    if rest.is_empty() {
                        break;
                    }
                }
                Self::DataEnd => match rest {
                    [b'\r', b'\n', later @ ..] => {
                        rest = later;
                        *self = Self::Size;
                    }
                    [] | [b'\r'] => break,
                    _ => return Err(Refusal::BadChunk),
                },
                Self::Trailers => match memchr::memchr(b'\n', rest) {
                    Some(end) => {
                        if matches!(&rest[..end], b"" | b"\r") {
                            *self = Self::Done;
                        }
                        rest = &rest[end + 1..];
                    }
                    None if rest.len() <= MAX_LINE_BYTES => break,
                    None => return Err(Refusal::BadChunk),
                },
                Self::Done => break,
            }
        }
        Ok(input.len() - rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(input: &[u8]) -> Result<(Decoder, Vec<u8>, usize), Refusal> {
        let (mut decoder, mut body) = (Decoder::default(), Vec::new());
        let used = decoder.decode(input, &mut body)?;
        Ok((decoder, body, used))
    }

    #[test]
    fn chunks_extensions_and_trailers() {
        let coded = b"3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nT: 1\r\n\r\nGET";
        assert_eq!(
            decode(coded),
            Ok((Decoder::Done, b"abc0123456789".to_vec(), coded.len() - 3))
        );
    }

    #[test]
    fn an_unfinished_line_is_left_unread() {
        assert_eq!(
            decode(b"3\r\nabc\r\n1"),
            Ok((Decoder::Size, b"abc".to_vec(), 8))
        );
        assert_eq!(decode(b"3\r\na"), Ok((Decoder::Data(2), b"a".to_vec(), 4)));
    }

    #[test]
    fn broken_codings() {
        for coded in [&b"x\r\n"[..], b"1\r\nabc", b"-1\r\n"] {
            assert_eq!(decode(coded), Err(Refusal::BadChunk));
        }
        assert_eq!(decode(b"2000001\r\n"), Err(Refusal::BodyTooLarge));
        let endless = [&b"0\r\n"[..], &[b'x'; MAX_LINE_BYTES + 1]].concat();
        assert_eq!(decode(&endless), Err(Refusal::BadChunk));
    }
}
