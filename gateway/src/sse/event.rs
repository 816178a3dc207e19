//! Reading the events of a piece of stream, without copying.

/// One event's fields, as far as the gateway looks at them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// The `event:` field; of several, the last.
    pub(crate) name: Option<&'a [u8]>,
    /// The first `data:` line. No provider sends an event's data on several lines; where one
    /// did, this is its first part.
    pub(crate) data: Option<&'a [u8]>,
    /// Whether there are further `data:` lines.
    pub(crate) goes_on: bool,
}

/// The events of `bytes`, which should end with a blank line; an unfinished last event is
/// given as if it had ended. Comments and events without `event:` and `data:` are left out.
pub(crate) fn events(bytes: &[u8]) -> impl Iterator<Item = Event<'_>> {
    Events { rest: bytes }
}

struct Events<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let mut event = Event::default();
        while !self.rest.is_empty() {
            let line = self.line();
            if line.is_empty() {
                if event != Event::default() {
                    return Some(event);
                }
            } else if let Some(value) = field(line, b"data") {
                match event.data {
                    None => event.data = Some(value),
                    Some(_) => event.goes_on = true,
                }
            } else if let Some(value) = field(line, b"event") {
                event.name = Some(value);
            }
        }
        (event != Event::default()).then_some(event)
    }
}

impl<'a> Events<'a> {
    fn line(&mut self) -> &'a [u8] {
        let (line, rest) = match memchr::memchr(b'\n', self.rest) {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, &self.rest[..0]),
        };
        self.rest = rest;
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

/// The value of `line` if its field is `name`; one space after the colon is not part of it.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(name)? {
        [] => Some(&[]),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Option<&str>, Option<&str>)> {
        let text_of = |bytes| std::str::from_utf8(bytes).unwrap();
        events(text.as_bytes())
            .map(|event| (event.name.map(text_of), event.data.map(text_of)))
            .collect()
    }

    #[test]
    fn reads_names_and_data() {
        assert_eq!(
            read("event: a\ndata: 1\n\ndata:2\n\n"),
            [(Some("a"), Some("1")), (None, Some("2"))]
        );
    }

    #[test]
    fn takes_both_line_ends() {
        assert_eq!(
            read("event: a\r\ndata: 1\r\n\r\ndata: 2\n\r\n"),
            [(Some("a"), Some("1")), (None, Some("2"))]
        );
    }

    #[test]
    fn leaves_out_comments_blank_lines_and_other_fields() {
        assert_eq!(
            read(": ping\n\n\n\nid: 7\nretry: 1\ndatax: no\ndata:  two\n\n"),
            [(None, Some(" two"))]
        );
    }

    #[test]
    fn an_unfinished_event_counts() {
        assert_eq!(read("data: [DONE]"), [(None, Some("[DONE]"))]);
        assert_eq!(read("data\n"), [(None, Some(""))]);
    }

    #[test]
    fn the_last_name_and_the_first_data_line_count() {
        assert_eq!(
            read("event: a\nevent: b\ndata: 1\ndata: 2\n\n"),
            [(Some("b"), Some("1"))]
        );
    }
}
