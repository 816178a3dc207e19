//! The chunked transfer coding (RFC 9112, section 7.1), however it is cut.

/// The bytes are not chunked coding; what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadChunk(pub(super) &'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In the hexadecimal size, of which so many digits have been read.
    Size {
        digits: u8,
    },
    /// Behind the size, in its extension or before its line end.
    Extension,
    Data,
    /// Before the line end that follows the data.
    DataEnd,
    /// In the trailer section; whether the current line holds anything.
    Trailer {
        empty: bool,
    },
    Done,
}

/// Takes the coding off.
#[derive(Debug)]
pub(super) struct Decoder {
    state: State,
    remaining: u64,
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self {
            state: State::Size { digits: 0 },
            remaining: 0,
        }
    }

    pub(super) fn done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes bytes, hands those of the body to `body`, and gives the number
    /// taken: fewer than all only when the last chunk has been read.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        mut body: impl FnMut(&[u8]),
    ) -> Result<usize, BadChunk> {
        let mut at = 0;
        while at < bytes.len() {
            match self.state {
                State::Done => break,
                State::Data => {
                    let room = usize::try_from(self.remaining).unwrap_or(usize::MAX);
                    let length = room.min(bytes.len() - at);
                    body(&bytes[at..at + length]);
                    at += length;
                    self.remaining -= length as u64;
                    if self.remaining == 0 {
                        self.state = State::DataEnd;
                    }
                }
                _ => {
                    self.take_framing(bytes[at])?;
                    at += 1;
                }
            }
        }
        Ok(at)
    }

    fn take_framing(&mut self, byte: u8) -> Result<(), BadChunk> {
        self.state = match (self.state, byte) {
            (State::Size { digits }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                if digits == 15 {
                    return Err(BadChunk("a chunk size of more than 15 digits"));
                }
                let digit = (byte as char).to_digit(16).unwrap_or_default();
                self.remaining = self.remaining * 16 + u64::from(digit);
                State::Size { digits: digits + 1 }
            }
            (State::Size { digits: 0 }, _) => return Err(BadChunk("a chunk without a size")),
            (State::Size { .. } | State::Extension, b'\n') if self.remaining == 0 => {
                State::Trailer { empty: true }
            }
            (State::Size { .. } | State::Extension, b'\n') => State::Data,
            (State::Size { .. }, b'\r' | b';' | b' ' | b'\t') => State::Extension,
            (State::Size { .. }, _) => return Err(BadChunk("a chunk size that is no number")),
            (State::Extension, _) => State::Extension,
            (State::DataEnd, b'\r') => State::DataEnd,
            (State::DataEnd, b'\n') => State::Size { digits: 0 },
            (State::DataEnd, _) => return Err(BadChunk("a chunk longer than its size")),
            (State::Trailer { empty: true }, b'\n') => State::Done,
            (State::Trailer { .. }, b'\n') => State::Trailer { empty: true },
            (State::Trailer { empty }, b'\r') => State::Trailer { empty },
            (State::Trailer { .. }, _) => State::Trailer { empty: false },
            (state @ (State::Data | State::Done), _) => state,
        };
        Ok(())
    }
}
