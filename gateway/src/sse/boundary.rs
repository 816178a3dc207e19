//! Where the last whole event of a piece of stream ends.

/// The number of leading bytes of `bytes` that are whole events: up to and including the last
/// blank line, 0 if there is none. No blank line ends in the first `searched` bytes.
pub(crate) fn whole_events(bytes: &[u8], searched: usize) -> usize {
    // Looked for from the end, because a piece of stream mostly is a whole number of events.
    let mut end = bytes.len();
    while let Some(newline) = memchr::memrchr(b'\n', &bytes[searched..end]) {
        let newline = searched + newline;
        if ends_blank_line(bytes, newline) {
            return newline + 1;
        }
        end = newline;
    }
    0
}

fn ends_blank_line(bytes: &[u8], newline: usize) -> bool {
    let line = match newline.checked_sub(1) {
        Some(before) if bytes[before] == b'\r' => &bytes[..before],
        _ => &bytes[..newline],
    };
    matches!(line.last(), None | Some(b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_at_the_last_blank_line() {
        for (bytes, whole) in [
            ("", 0),
            ("data: a", 0),
            ("data: a\n", 0),
            ("data: a\r\n", 0),
            ("data: a\n\n", 9),
            ("data: a\r\n\r\n", 11),
            ("data: a\n\r\n", 10),
            ("data: a\r\n\r", 0),
            ("data: a\n\ndata: b\n", 9),
            ("data: a\n\ndata: b\n\n", 18),
            ("\n", 1),
            ("\r\n", 2),
            (": c\n\n: d", 5),
        ] {
            assert_eq!(whole_events(bytes.as_bytes(), 0), whole, "{bytes:?}");
        }
    }

    #[test]
    fn a_line_end_at_the_start_of_what_is_searched_is_no_blank_line() {
        assert_eq!(whole_events(b"data: a\r\n", 8), 0);
        assert_eq!(whole_events(b"data: a\n\n", 8), 9);
        assert_eq!(whole_events(b"data: a\n\r\n", 9), 10);
    }
}
