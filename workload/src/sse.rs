//! Server-sent events from bytes, however they are cut.
//!
//! Follows the event stream interpretation of the HTML Living Standard,
//! section 9.2.6: lines end in LF, CRLF or CR, comments are skipped, several
//! `data` lines are joined by LF, and an event that the end of the stream cut
//! off before its blank line is never dispatched.

/// The most bytes an event may hold before the stream is given up.
pub const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

/// One dispatched event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The value of its last `event` field, empty if it had none.
    pub name: &'a [u8],
    /// Its `data` fields, joined by LF.
    pub data: &'a [u8],
}

/// An event grew beyond [`MAX_EVENT_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a server-sent event is larger than {MAX_EVENT_BYTES} bytes")]
pub struct EventTooLarge;

/// A parser of event streams that is fed bytes and keeps only the unfinished
/// event.
#[derive(Debug, Default)]
pub struct Scanner {
    /// The unfinished line.
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The last byte was CR, so that an LF coming next belongs to it.
    after_cr: bool,
    started: bool,
}

impl Scanner {
    /// A scanner at the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything, ready for another stream; keeps its memory.
    pub fn reset(&mut self) {
        self.line.clear();
        self.clear_event();
        self.after_cr = false;
        self.started = false;
    }

    /// Takes the next bytes and calls `dispatch` for each event they complete.
    ///
    /// # Errors
    /// [`EventTooLarge`] when the unfinished event exceeds its bound; the
    /// stream cannot be read further.
    pub fn feed(
        &mut self,
        mut bytes: &[u8],
        mut dispatch: impl FnMut(Event<'_>),
    ) -> Result<(), EventTooLarge> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) else {
                if self.line.len() + bytes.len() > MAX_EVENT_BYTES {
                    return Err(EventTooLarge);
                }
                self.line.extend_from_slice(bytes);
                return Ok(());
            };
            self.after_cr = bytes[end] == b'\r';
            if self.line.is_empty() {
                self.take_line(&bytes[..end], &mut dispatch)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(&bytes[..end]);
                let taken = self.take_line(&line, &mut dispatch);
                line.clear();
                self.line = line;
                taken?;
            }
            bytes = &bytes[end + 1..];
        }
        Ok(())
    }

    fn take_line(
        &mut self,
        line: &[u8],
        dispatch: &mut impl FnMut(Event<'_>),
    ) -> Result<(), EventTooLarge> {
        let line = if std::mem::replace(&mut self.started, true) {
            line
        } else {
            line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
        };
        if line.is_empty() {
            if self.has_data {
                dispatch(Event {
                    name: &self.name,
                    data: &self.data,
                });
            }
            self.clear_event();
            return Ok(());
        }
        let (field, value) = match memchr::memchr(b':', line) {
            Some(colon) => {
                let value = &line[colon + 1..];
                (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match field {
            b"data" => {
                if self.data.len() + value.len() > MAX_EVENT_BYTES {
                    return Err(EventTooLarge);
                }
                if std::mem::replace(&mut self.has_data, true) {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            _ => {}
        }
        Ok(())
    }

    fn clear_event(&mut self) {
        self.name.clear();
        self.data.clear();
        self.has_data = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(parts: &[&[u8]]) -> Vec<(String, String)> {
        let mut scanner = Scanner::new();
        let mut events = Vec::new();
        for part in parts {
            scanner
                .feed(part, |event| {
                    events.push((
                        String::from_utf8_lossy(event.name).into_owned(),
                        String::from_utf8_lossy(event.data).into_owned(),
                    ));
                })
                .unwrap();
        }
        events
    }

    fn event(name: &str, data: &str) -> (String, String) {
        (name.to_owned(), data.to_owned())
    }

    #[test]
    fn fields_comments_and_line_ends() {
        assert_eq!(
            scan(&[b"\xEF\xBB\xBF: hello\nevent: a\ndata: 1\ndata:2\n\ndata: x\r\n\r\ndata\r\r"]),
            [event("a", "1\n2"), event("", "x"), event("", "")]
        );
    }

    #[test]
    fn an_event_without_data_or_without_its_blank_line_is_not_dispatched() {
        assert_eq!(
            scan(&[b"event: a\n\nid: 3\n\ndata: cut\n"]),
            Vec::<(String, String)>::new()
        );
    }

    #[test]
    fn a_carriage_return_at_the_end_of_a_read() {
        assert_eq!(
            scan(&[b"data: 1\r", b"\n\r", b"\ndata: 2\r\n\r\n"]),
            [event("", "1"), event("", "2")]
        );
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut scanner = Scanner::new();
        let part = vec![b'x'; 1024 * 1024];
        let refused = (0..16).find(|_| scanner.feed(&part, |_| {}).is_err());
        assert_eq!(refused, Some(8));
    }

    proptest! {
        #[test]
        fn the_result_does_not_depend_on_the_cuts(
            stream in proptest::collection::vec(
                proptest::sample::select(vec![
                    "data: x", "data:", "event: e", ": c", "\n", "\r", "\r\n", "\n\n", "🚦",
                ]),
                0..40,
            ),
            cuts in proptest::collection::vec(0usize..200, 0..8),
        ) {
            let bytes = stream.concat().into_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.push(0);
            cuts.push(bytes.len());
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|w| &bytes[w[0]..w[1]]).collect();
            prop_assert_eq!(scan(&parts), scan(&[&bytes]));
        }
    }
}
