//! Writing JSON straight into bytes.

use super::text::{Text, escape};

/// Appends JSON to a buffer. Whether a comma is due is seen from the last byte written, so
/// there is no state; what is written is valid as long as each key is followed by one value.
pub(crate) struct Writer<'b> {
    out: &'b mut Vec<u8>,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(out: &'b mut Vec<u8>) -> Self {
        Self { out }
    }

    /// A member's name; its value must follow.
    pub(crate) fn key(&mut self, name: &str) -> &mut Self {
        self.item();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self
    }

    /// Makes room for an array's next element, which must follow.
    pub(crate) fn item(&mut self) -> &mut Self {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
        self
    }

    pub(crate) fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.out.push(b'{');
        members(self);
        self.out.push(b'}');
    }

    pub(crate) fn array(&mut self, elements: impl FnOnce(&mut Self)) {
        self.out.push(b'[');
        elements(self);
        self.out.push(b']');
    }

    pub(crate) fn text(&mut self, text: &Text<'_>) {
        self.out.push(b'"');
        self.out.extend_from_slice(text.escaped().as_bytes());
        self.out.push(b'"');
    }

    /// Several texts as one string.
    pub(crate) fn joined<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        self.out.push(b'"');
        for text in texts {
            self.out.extend_from_slice(text.as_bytes());
        }
        self.out.push(b'"');
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.out.push(b'"');
        escape(text, self.out);
        self.out.push(b'"');
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Members that are JSON already, without braces; none is fine.
    pub(crate) fn raw_members(&mut self, members: &[u8]) {
        if !members.is_empty() {
            self.item();
            self.out.extend_from_slice(members);
        }
    }

    pub(crate) fn number(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    pub(crate) fn null(&mut self) {
        self.raw("null");
    }

    pub(crate) fn text_or_null(&mut self, text: Option<&Text<'_>>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_stand_between_and_only_there() {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|w| {
            w.key("a").array(|_| {});
            w.key("b").array(|w| {
                w.item().number(0);
                w.item().string("{");
                w.item().object(|_| {});
            });
            w.key("c").number(u64::MAX);
            w.raw_members(b"");
            w.raw_members(br#""d":null,"e":1"#);
            w.key("f").bool(true);
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"a":[],"b":[0,"{",{}],"c":18446744073709551615,"d":null,"e":1,"f":true}"#
        );
    }
}
