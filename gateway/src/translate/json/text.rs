//! A JSON string's text, still escaped.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

/// What stands between the quotes of a valid JSON string. Escapes are kept, so that text goes
/// from one dialect to another as a copy of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text of `raw`, if it is a JSON string.
    pub(crate) fn of(raw: &'a RawValue) -> Option<Self> {
        let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
        Some(Self(Cow::Borrowed(inner)))
    }

    /// `text`, escaped where it must be.
    pub(crate) fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.bytes().all(|byte| !needs_escape(byte)) {
            return Self(text);
        }
        let mut escaped = Vec::with_capacity(text.len() + 16);
        escape(&text, &mut escaped);
        Self(Cow::Owned(String::from_utf8(escaped).unwrap_or_default()))
    }

    /// Text that is known to be escaped already.
    pub(crate) fn escaped_already(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// The text with its escapes, without quotes.
    pub(crate) fn escaped(&self) -> &str {
        &self.0
    }

    /// The text itself. Half a surrogate pair becomes U+FFFD.
    pub(crate) fn decode(&self) -> Cow<'_, str> {
        if self.0.contains('\\') {
            Cow::Owned(unescape(&self.0))
        } else {
            Cow::Borrowed(&self.0)
        }
    }

    /// The text itself, for as long as it was borrowed for.
    pub(crate) fn into_decoded(self) -> Cow<'a, str> {
        if self.0.contains('\\') {
            Cow::Owned(unescape(&self.0))
        } else {
            self.0
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is `word`, which needs no escapes.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.0 == word || (self.0.contains('\\') && self.decode() == word)
    }

    /// The same text, owned.
    pub(crate) fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Self::of(raw).ok_or_else(|| D::Error::custom("expected a string"))
    }
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends `text` to `out`, escaped (RFC 8259, section 7).
pub(super) fn escape(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bytes = text.as_bytes();
    let mut done = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        if !needs_escape(byte) {
            continue;
        }
        out.extend_from_slice(&bytes[done..index]);
        done = index + 1;
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.extend_from_slice(&bytes[done..]);
}

fn unescape(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => {
                let (character, used) = unicode(&rest[at..]);
                text.push(character);
                rest = &rest[at + used..];
                continue;
            }
            Some(other) => text.push(other),
            None => {}
        }
        rest = after.as_str();
    }
    text.push_str(rest);
    text
}

/// Reads the `\uXXXX` that `escaped` begins with, or a pair of them, and how long it is.
fn unicode(escaped: &str) -> (char, usize) {
    let unit = |from: usize| {
        let digits = escaped.get(from..from + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(0) else {
        return (char::REPLACEMENT_CHARACTER, escaped.len().min(2));
    };
    if let Some(character) = char::from_u32(first) {
        return (character, 6);
    }
    if let (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) = (first, unit(6)) {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
            12,
        );
    }
    (char::REPLACEMENT_CHARACTER, 6)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_escapes() {
        let text = Text::escaped_already(r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é"#);
        assert_eq!(text.decode(), "a\"\\/\u{8}\u{c}\n\r\té😀é");
        for half in [r"\ud83d", r"\ude00", r"\ud83dx"] {
            assert!(Text::escaped_already(half).decode().starts_with('\u{fffd}'));
        }
    }

    #[test]
    fn text_is_borrowed_where_it_can_be() {
        let raw: &RawValue = serde_json::from_str(r#""caf\u00e9""#).unwrap();
        assert_eq!(Text::of(raw).unwrap().escaped(), r"caf\u00e9");
        assert!(serde_json::from_str::<Text<'_>>("5").is_err());
        assert!(matches!(Text::plain("é"), Text(Cow::Borrowed("é"))));
    }

    proptest! {
        #[test]
        fn escaping_and_reading_give_the_same_text(text in any::<String>()) {
            let escaped = Text::plain(text.as_str());
            prop_assert_eq!(escaped.decode(), text.as_str());
            let quoted = format!("\"{}\"", escaped.escaped());
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text.as_str());
        }

        #[test]
        fn any_json_string_is_read_as_serde_reads_it(text in any::<String>()) {
            let all_escaped: String = text
                .encode_utf16()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect();
            let escaped = Text::escaped_already(all_escaped);
            prop_assert_eq!(escaped.decode(), text);
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = Text::escaped_already(text).decode();
        }
    }
}
