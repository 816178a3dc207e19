//! Cutting a provider's stream into events, however it was split on the way (wire row 54).

/// Keeps what is not a whole event yet.
#[derive(Default)]
pub(crate) struct Frames {
    held: Vec<u8>,
    /// No event ends in so many of the held bytes.
    searched: usize,
}

impl Frames {
    /// Takes a piece; calls `each` with the data of every event that is whole now. Lines end
    /// with `\n` or `\r\n`, comments and other fields are passed over, and data on several
    /// lines is one text (WHATWG HTML, section 9.2).
    pub(crate) fn push(&mut self, piece: &[u8], mut each: impl FnMut(&[u8])) {
        if self.held.is_empty() {
            let used = events(piece, 0, &mut each);
            self.held.extend_from_slice(&piece[used..]);
        } else {
            self.held.extend_from_slice(piece);
            let used = events(&self.held, self.searched, &mut each);
            self.held.drain(..used);
        }
        // The last line end may be half of an event's end.
        self.searched = self.held.len().saturating_sub(3);
    }

    pub(crate) fn held_bytes(&self) -> usize {
        self.held.len()
    }
}

/// Gives the events of `bytes`; returns how many bytes they are.
fn events(bytes: &[u8], searched: usize, each: &mut impl FnMut(&[u8])) -> usize {
    let (mut used, mut from) = (0, searched);
    while let Some(end) = event_end(bytes, from) {
        event(&bytes[used..end], each);
        (used, from) = (end, end);
    }
    used
}

/// Where the next blank line ends.
fn event_end(bytes: &[u8], mut from: usize) -> Option<usize> {
    while let Some(at) = memchr::memchr(b'\n', &bytes[from..]) {
        let next = from + at + 1;
        match bytes.get(next..) {
            Some([b'\n', ..]) => return Some(next + 1),
            Some([b'\r', b'\n', ..]) => return Some(next + 2),
            _ => from = next,
        }
    }
    None
}

fn event(bytes: &[u8], each: &mut impl FnMut(&[u8])) {
    let mut one: Option<&[u8]> = None;
    let mut several = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(value) = line.strip_prefix(b"data") else {
            continue;
        };
        let value = match value {
            [b':', b' ', value @ ..] | [b':', value @ ..] => value,
            [] => value,
            _ => continue,
        };
        match one {
            None => one = Some(value),
            Some(first) => {
                if several.is_empty() {
                    several.extend_from_slice(first);
                }
                several.push(b'\n');
                several.extend_from_slice(value);
            }
        }
    }
    match one {
        Some(_) if !several.is_empty() => each(&several),
        Some(data) => each(data.trim_ascii()),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = "event: a\ndata: {\"é\":1}\n\n: ping\n\ndata:two\r\n\r\nid: 5\ndata: a\ndata: b\n\n\n\ndata: [DONE]\n\n";

    fn cut(pieces: &[&[u8]]) -> (Vec<String>, usize) {
        let mut frames = Frames::default();
        let mut seen = Vec::new();
        for piece in pieces {
            frames.push(piece, |data| {
                seen.push(String::from_utf8(data.to_vec()).unwrap())
            });
        }
        (seen, frames.held_bytes())
    }

    #[test]
    fn reads_events() {
        let (seen, held) = cut(&[STREAM.as_bytes()]);
        assert_eq!(seen, ["{\"é\":1}", "two", "a\nb", "[DONE]"]);
        assert_eq!(held, 0);
        assert_eq!(cut(&[b"data: x\n"]), (vec![], 8));
    }

    #[test]
    fn cut_at_every_byte_it_gives_the_same_events() {
        let whole = cut(&[STREAM.as_bytes()]);
        for at in 0..STREAM.len() {
            let (one, two) = STREAM.as_bytes().split_at(at);
            assert_eq!(cut(&[one, two]), whole, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
        assert_eq!(cut(&bytes), whole);
    }

    proptest! {
        #[test]
        fn any_bytes_cut_anywhere(text in "[da:t \r\n]{0,60}", at in 0..60usize) {
            let whole = cut(&[text.as_bytes()]);
            let (one, two) = text.as_bytes().split_at(at.min(text.len()));
            prop_assert_eq!(cut(&[one, two]), whole);
        }
    }
}
