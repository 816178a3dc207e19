//! The end of a log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// How much of a log's end is looked at.
const TAIL_BYTES: u64 = 64 * 1024;

/// The last `lines` lines of a file that are not empty, without terminal
/// colours; empty if there is no such file.
pub fn tail(path: &Path, lines: usize) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        file.take(TAIL_BYTES).read_to_end(&mut bytes)
    });
    if read.is_err() {
        return String::new();
    }
    last_lines(&String::from_utf8_lossy(&bytes), lines)
}

/// The same of a log's text.
pub(super) fn last_lines(text: &str, lines: usize) -> String {
    let text = without_escapes(text);
    let filled: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    filled[filled.len().saturating_sub(lines)..].join("\n")
}

/// Without control characters and ANSI control sequences (ECMA-48, 5.4).
pub(crate) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            if characters.next() == Some('[') {
                // A control sequence ends with a byte of 0x40 to 0x7e.
                characters.find(|next| ('\u{40}'..='\u{7e}').contains(next));
            }
        } else if character == '\r' {
            plain.push('\n');
        } else if character == '\n' || character == '\t' || !character.is_control() {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_last_lines_that_say_something() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert_eq!(tail(&path, 3), "");
        std::fs::write(&path, "one\n\n\u{1b}[31mtwo\u{1b}[0m\r\nthree \n\n").unwrap();
        assert_eq!(tail(&path, 2), "two\nthree");
        assert_eq!(tail(&path, 9), "one\ntwo\nthree");
        std::fs::write(&path, "x".repeat(70_000) + "\nlast\n").unwrap();
        assert_eq!(tail(&path, 1), "last");
    }
}
