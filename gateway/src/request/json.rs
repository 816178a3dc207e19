//! One pass over a JSON object: is it valid, and where do a few top-level members stand?
//!
//! The text is never turned into a tree: it is forwarded as it came, so only positions are
//! wanted. Nesting is counted on a heap stack, one byte a level, so depth cannot overflow
//! the call stack. The grammar is RFC 8259 (whitespace, strings with escapes, numbers).
//!
//! Duplicate members: **the last one counts**, as in Python's `json`, JavaScript's
//! `JSON.parse` and `serde_json`.

use std::ops::Range;

/// A top-level member's value: what it is and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// Byte range of the whole value; a string's range includes its quotes.
    pub(crate) span: Range<usize>,
}

/// What sort of JSON value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// Why a text is not a JSON object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("it is empty")]
    Empty,
    #[error("it is not UTF-8 (byte {0})")]
    NotUtf8(usize),
    #[error("it must be an object")]
    NotAnObject,
    #[error("it ends too early (byte {0})")]
    Ends(usize),
    #[error("unexpected {} at byte {at}", Shown(*.byte))]
    Unexpected { byte: u8, at: usize },
}

struct Shown(u8);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_ascii_graphic() {
            write!(f, "`{}`", char::from(self.0))
        } else {
            write!(f, "byte 0x{:02x}", self.0)
        }
    }
}

/// Checks that `text` is one JSON object and finds the values of its members named `keys`.
///
/// A key written with escapes (`"mod\u0065l"`) is the key it spells. Members of nested
/// objects are not looked at.
pub(crate) fn top_level<const N: usize>(
    text: &[u8],
    keys: [&str; N],
) -> Result<[Option<Found>; N], Malformed> {
    if let Err(error) = std::str::from_utf8(text) {
        return Err(Malformed::NotUtf8(error.valid_up_to()));
    }
    let mut scan = Scan { text, at: 0 };
    scan.skip_whitespace();
    match scan.peek() {
        None => return Err(Malformed::Empty),
        Some(b'{') => {}
        Some(b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
            return Err(Malformed::NotAnObject);
        }
        Some(_) => return Err(scan.unexpected()),
    }
    let found = scan.document(keys)?;
    scan.skip_whitespace();
    match scan.peek() {
        None => Ok(found),
        Some(_) => Err(scan.unexpected()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Object,
    Array,
}

enum Next {
    Value,
    FirstKeyOrEnd,
    FirstValueOrEnd,
    Key,
    CommaOrEnd,
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn document<const N: usize>(
        &mut self,
        keys: [&str; N],
    ) -> Result<[Option<Found>; N], Malformed> {
        let mut found = [const { None }; N];
        let mut open: Vec<Open> = Vec::with_capacity(32);
        // The member of the outermost object that is being read, if it was asked for.
        let mut wanted: Option<usize> = None;
        let mut start = 0;
        let mut next = Next::Value;
        loop {
            self.skip_whitespace();
            let byte = self.peek().ok_or(Malformed::Ends(self.at))?;
            let mut ended = None;
            match (&next, byte) {
                (Next::FirstKeyOrEnd | Next::Key, b'"') => {
                    let key = self.string()?;
                    if open.len() == 1 {
                        wanted = position(&self.text[key], keys);
                    }
                    self.skip_whitespace();
                    self.expect(b':')?;
                    next = Next::Value;
                }
                (Next::FirstKeyOrEnd, b'}') | (Next::FirstValueOrEnd, b']') => {
                    ended = self.close(&mut open);
                }
                (Next::CommaOrEnd, b',') => {
                    self.at += 1;
                    next = match open.last() {
                        Some(Open::Object) => Next::Key,
                        _ => Next::Value,
                    };
                }
                (Next::CommaOrEnd, b'}') if open.last() == Some(&Open::Object) => {
                    ended = self.close(&mut open);
                }
                (Next::CommaOrEnd, b']') if open.last() == Some(&Open::Array) => {
                    ended = self.close(&mut open);
                }
                (Next::Value | Next::FirstValueOrEnd, b'{' | b'[') => {
                    if open.len() == 1 {
                        start = self.at;
                    }
                    self.at += 1;
                    if byte == b'{' {
                        open.push(Open::Object);
                        next = Next::FirstKeyOrEnd;
                    } else {
                        open.push(Open::Array);
                        next = Next::FirstValueOrEnd;
                    }
                }
                (Next::Value | Next::FirstValueOrEnd, _) => {
                    if open.len() == 1 {
                        start = self.at;
                    }
                    ended = Some(self.scalar(byte)?);
                }
                _ => return Err(self.unexpected()),
            }
            if let Some(kind) = ended {
                if open.is_empty() {
                    return Ok(found);
                }
                if open.len() == 1
                    && let Some(index) = wanted.take()
                {
                    found[index] = Some(Found {
                        kind,
                        span: start..self.at,
                    });
                }
                next = Next::CommaOrEnd;
            }
        }
    }

    fn close(&mut self, open: &mut Vec<Open>) -> Option<Kind> {
        self.at += 1;
        open.pop().map(|closed| match closed {
            Open::Object => Kind::Object,
            Open::Array => Kind::Array,
        })
    }

    fn scalar(&mut self, first: u8) -> Result<Kind, Malformed> {
        match first {
            b'"' => self.string().map(|_| Kind::String),
            b't' => self.literal(b"true").map(|()| Kind::True),
            b'f' => self.literal(b"false").map(|()| Kind::False),
            b'n' => self.literal(b"null").map(|()| Kind::Null),
            b'-' | b'0'..=b'9' => self.number().map(|()| Kind::Number),
            _ => Err(self.unexpected()),
        }
    }

    /// Reads a string that begins here; the range includes both quotes.
    fn string(&mut self) -> Result<Range<usize>, Malformed> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let run = memchr::memchr2(b'"', b'\\', rest).ok_or(Malformed::Ends(self.text.len()))?;
            if let Some(control) = control_character(&rest[..run]) {
                self.at += control;
                return Err(self.unexpected());
            }
            self.at += run + 1;
            if rest[run] == b'"' {
                return Ok(start..self.at);
            }
            self.escape()?;
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<(), Malformed> {
        match self.peek().ok_or(Malformed::Ends(self.at))? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.at += 1;
                Ok(())
            }
            b'u' => {
                self.at += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(digit) if digit.is_ascii_hexdigit() => self.at += 1,
                        Some(_) => return Err(self.unexpected()),
                        None => return Err(Malformed::Ends(self.at)),
                    }
                }
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Result<(), Malformed> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Reads one digit or more.
    fn digits(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'0'..=b'9') => {}
            Some(_) => return Err(self.unexpected()),
            None => return Err(Malformed::Ends(self.at)),
        }
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        Ok(())
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Malformed> {
        for &letter in word {
            self.expect(letter)?;
        }
        Ok(())
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        match self.peek() {
            Some(here) if here == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(self.unexpected()),
            None => Err(Malformed::Ends(self.at)),
        }
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn unexpected(&self) -> Malformed {
        match self.peek() {
            Some(byte) => Malformed::Unexpected { byte, at: self.at },
            None => Malformed::Ends(self.at),
        }
    }
}

/// Which of `keys` the quoted JSON string `quoted` spells.
fn position<const N: usize>(quoted: &[u8], keys: [&str; N]) -> Option<usize> {
    let bare = &quoted[1..quoted.len() - 1];
    if !bare.contains(&b'\\') {
        return keys.iter().position(|key| key.as_bytes() == bare);
    }
    let spelled: String = serde_json::from_slice(quoted).ok()?;
    keys.iter().position(|key| *key == spelled)
}

/// Where the first raw control character stands, which RFC 8259 section 7 forbids in a string.
fn control_character(run: &[u8]) -> Option<usize> {
    // Without an early exit the compiler checks 16 bytes at a time; the position is looked
    // for only in a text that is refused anyway.
    let clean = run.iter().fold(true, |clean, byte| clean & (*byte >= 0x20));
    if clean {
        return None;
    }
    run.iter().position(|byte| *byte < 0x20)
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
