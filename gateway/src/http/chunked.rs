//! Taking the chunked transfer coding off, in place. No I/O.
//!
//! Source: RFC 9112, section 7.1. Chunk extensions and trailers are passed over. A line ends with
//! `\r\n` and nothing else: where one reader takes a bare `\n` for a line's end and another does
//! not, two requests can be seen where one was sent (section 2.2 allows it for a head alone).

/// The longest line (chunk size with extensions, or a trailer) that is read.
const LONGEST_LINE_BYTES: usize = 8 * 1024;
/// The most trailers, all together.
const MOST_TRAILERS_BYTES: usize = 16 * 1024;

/// What one call of [`Chunked::decode`] did with the start of a buffer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// So many bytes of the buffer are done with; what follows must be given again, with more.
    pub(crate) consumed: usize,
    /// So many bytes at the start of the buffer are now content.
    pub(crate) produced: usize,
}

/// The coding was violated.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("its chunked coding is broken")]
pub(crate) struct BadChunk;

/// Where in the coding a body has got to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Chunked {
    #[default]
    Size,
    Content(u64),
    AfterContent,
    /// So many bytes of them have come.
    Trailers(usize),
    Done,
}

impl Chunked {
    /// Decodes as much of `bytes` as possible, moving content to its start.
    pub(crate) fn decode(&mut self, bytes: &mut [u8]) -> Result<Decoded, BadChunk> {
        let mut consumed = 0;
        let mut produced = 0;
        while consumed < bytes.len() {
            match self {
                Self::Content(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX);
                    let taken = here.min(bytes.len() - consumed);
                    bytes.copy_within(consumed..consumed + taken, produced);
                    consumed += taken;
                    produced += taken;
                    *left -= taken as u64;
                    if *left == 0 {
                        *self = Self::AfterContent;
                    }
                }
                Self::Done => break,
                Self::Size | Self::AfterContent | Self::Trailers(_) => {
                    let Some(line) = line(&bytes[consumed..])? else {
                        break;
                    };
                    let next = self.after(line)?;
                    consumed += line.len();
                    *self = next;
                }
            }
        }
        Ok(Decoded { consumed, produced })
    }

    /// Whether the last chunk and the trailers have been read.
    pub(crate) fn is_done(&self) -> bool {
        *self == Self::Done
    }

    /// What comes after `line`, which includes its line end.
    fn after(&self, line: &[u8]) -> Result<Self, BadChunk> {
        let text = line.strip_suffix(b"\r\n").ok_or(BadChunk)?;
        if memchr::memchr(b'\r', text).is_some() {
            return Err(BadChunk);
        }
        match self {
            Self::Size => match size(text)? {
                0 => Ok(Self::Trailers(0)),
                size => Ok(Self::Content(size)),
            },
            Self::AfterContent if text.is_empty() => Ok(Self::Size),
            Self::Trailers(_) if text.is_empty() => Ok(Self::Done),
            Self::Trailers(before) if before + line.len() <= MOST_TRAILERS_BYTES => {
                Ok(Self::Trailers(before + line.len()))
            }
            _ => Err(BadChunk),
        }
    }
}

fn line(bytes: &[u8]) -> Result<Option<&[u8]>, BadChunk> {
    match memchr::memchr(b'\n', bytes) {
        Some(end) if end >= LONGEST_LINE_BYTES => Err(BadChunk),
        Some(end) => Ok(Some(&bytes[..=end])),
        None if bytes.len() > LONGEST_LINE_BYTES => Err(BadChunk),
        None => Ok(None),
    }
}

/// The size at the start of a chunk's first line.
fn size(line: &[u8]) -> Result<u64, BadChunk> {
    let digits = line
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    // Blanks may stand before an extension (section 7.1.1), but no second number behind them.
    let mut rest = line[digits..].iter();
    match rest.find(|byte| !b" \t".contains(byte)) {
        None | Some(b';') => {}
        Some(_) => return Err(BadChunk),
    }
    std::str::from_utf8(&line[..digits])
        .ok()
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .ok_or(BadChunk)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Decodes a body that arrives in the given pieces.
    fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, Vec<u8>, bool), BadChunk> {
        let mut coding = Chunked::default();
        let (mut buffer, mut content) = (Vec::new(), Vec::new());
        for piece in pieces {
            buffer.extend_from_slice(piece);
            let decoded = coding.decode(&mut buffer)?;
            content.extend_from_slice(&buffer[..decoded.produced]);
            buffer.drain(..decoded.consumed);
        }
        Ok((content, buffer, coding.is_done()))
    }

    #[test]
    fn several_chunks_of_one_read_become_one_piece() {
        let (content, rest, done) = decode(&[b"3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\nHTTP"]).unwrap();
        assert_eq!(
            (&content[..], &rest[..], done),
            (&b"abcde"[..], &b"HTTP"[..], true)
        );
    }

    #[test]
    fn trailers_are_passed_over() {
        let (content, rest, done) = decode(&[b"1\r\na\r\n0\r\nx: y\r\nz: w\r\n\r\n"]).unwrap();
        assert_eq!(
            (&content[..], rest.is_empty(), done),
            (&b"a"[..], true, true)
        );
    }

    #[test]
    fn a_body_that_is_not_all_there_is_not_done() {
        for end in 1.."3\r\nabc\r\n0\r\n\r\n".len() {
            let (_, _, done) = decode(&[&b"3\r\nabc\r\n0\r\n\r\n"[..end]]).unwrap();
            assert!(!done, "{end}");
        }
    }

    #[test]
    fn violations_are_errors() {
        for body in [
            &b"\r\n"[..],
            b"x\r\n",
            b"-1\r\n",
            b"3\r\nabcd\r\n",
            b"11111111111111111\r\n",
            b"3x\r\n",
            b"3 5\r\n",
        ] {
            assert_eq!(decode(&[body]), Err(BadChunk), "{body:?}");
        }
        assert_eq!(decode(&[&[b'1'; LONGEST_LINE_BYTES + 1]]), Err(BadChunk));
        let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(LONGEST_LINE_BYTES));
        assert_eq!(decode(&[long.as_bytes()]), Err(BadChunk));
    }

    #[test]
    fn a_line_ends_with_both_of_its_bytes() {
        let good = "3 ;x=1\r\nabc\r\n0\r\nx: y\r\n\r\n";
        assert!(decode(&[good.as_bytes()]).unwrap().2);
        for (at, _) in good.match_indices("\r\n") {
            let mut bare = good.to_owned();
            bare.remove(at);
            assert_eq!(decode(&[bare.as_bytes()]), Err(BadChunk), "{bare:?}");
        }
        for body in [
            "3;\rx\r\nabc\r\n",
            "0\r\nx: y\rz: w\r\n\r\n",
            "3\r\r\nabc\r\n",
        ] {
            assert_eq!(decode(&[body.as_bytes()]), Err(BadChunk), "{body:?}");
        }
    }

    #[test]
    fn trailers_have_their_limit() {
        let line = format!("x: {}\r\n", "y".repeat(1000));
        let few = MOST_TRAILERS_BYTES / line.len();
        let with = |lines: usize| format!("0\r\n{}\r\n", line.repeat(lines));
        assert!(decode(&[with(few).as_bytes()]).unwrap().2);
        let many = with(few + 1);
        assert_eq!(decode(&[many.as_bytes()]), Err(BadChunk));
        // However they come.
        let single: Vec<&[u8]> = many.as_bytes().chunks(1).collect();
        assert_eq!(decode(&single), Err(BadChunk));
    }

    proptest! {
        #[test]
        fn the_content_survives_any_chunks_in_any_reads(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..8),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut wire = Vec::new();
            for chunk in &chunks {
                wire.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
                wire.extend_from_slice(chunk);
                wire.extend_from_slice(b"\r\n");
            }
            wire.extend_from_slice(b"0\r\n\r\n");
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(wire.len())).collect();
            cuts.sort_unstable();
            cuts.insert(0, 0);
            cuts.push(wire.len());
            let pieces: Vec<_> = cuts.windows(2).map(|cut| &wire[cut[0]..cut[1]]).collect();
            let (content, rest, done) = decode(&pieces).unwrap();
            prop_assert_eq!(content, chunks.concat());
            prop_assert!(rest.is_empty() && done);
        }
    }
}
