//! Headers that share the memory of the head they were read from.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use hyper::header::{HeaderMap, HeaderValue};

/// The most headers a head may have.
pub(crate) const MOST_HEADERS: usize = 100;

/// Headers in the order they came. Names are lower case, as HTTP/2 has them; looking one up
/// means looking through all, which for the few there are is quicker than hashing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers {
    /// What the fields' places are in.
    head: Bytes,
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
    name: Name,
    value: Value,
}

#[derive(Clone, Debug)]
enum Name {
    At(u32, u32),
    Static(&'static str),
}

/// A header's value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// In the head that the headers were read from.
    At(u32, u32),
    Static(&'static str),
    /// Bytes that are known to be a header's value.
    Own(Bytes),
}

/// Where headers stand in bytes that are still being read.
pub(crate) struct Places(Vec<Field>);

impl Places {
    /// Those of `headers`, which were parsed out of `bytes`.
    pub(crate) fn of(headers: &[httparse::Header<'_>], bytes: &[u8]) -> Self {
        let mut fields = Vec::with_capacity(headers.len() + ROOM);
        fields.extend(headers.iter().map(|header| {
            let (start, end) = place(bytes, header.name.as_bytes());
            let name = Name::At(start, end);
            let (start, end) = place(bytes, header.value);
            let value = Value::At(start, end);
            Field { name, value }
        }));
        Self(fields)
    }

    /// The headers, taken out of `head`: the bytes in which they have these places.
    pub(crate) fn take(self, mut head: BytesMut) -> Headers {
        for field in &self.0 {
            if let Name::At(start, end) = field.name
                && let Some(name) = head.get_mut(range(start, end))
            {
                name.make_ascii_lowercase();
            }
        }
        Headers {
            head: head.freeze(),
            fields: self.0,
        }
    }
}

/// So many headers are mostly added to those that came.
const ROOM: usize = 2;

/// Where `part` stands in `bytes`, of which it is one. Heads are far smaller than 4 GiB.
pub(super) fn place(bytes: &[u8], part: &[u8]) -> (u32, u32) {
    let start = (part.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize);
    let at = |index| u32::try_from(index).unwrap_or(u32::MAX);
    (at(start), at(start + part.len()))
}

pub(super) fn range(start: u32, end: u32) -> Range<usize> {
    start as usize..end as usize
}

impl Field {
    fn name<'a>(&'a self, head: &'a [u8]) -> &'a [u8] {
        match self.name {
            Name::At(start, end) => head.get(range(start, end)).unwrap_or_default(),
            Name::Static(name) => name.as_bytes(),
        }
    }

    fn value<'a>(&'a self, head: &'a [u8]) -> &'a [u8] {
        match &self.value {
            Value::At(start, end) => head.get(range(*start, *end)).unwrap_or_default(),
            Value::Static(value) => value.as_bytes(),
            Value::Own(value) => value,
        }
    }
}

impl Headers {
    /// Names and values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let head = &self.head[..];
        self.fields
            .iter()
            .map(move |field| (field.name(head), field.value(head)))
    }

    /// The first value of `name`, which is in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The first value of `name`, if it is ASCII that can be seen, or blanks.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let value = self.get(name)?;
        let seen = |byte: &u8| (0x20..0x7f).contains(byte) || *byte == b'\t';
        std::str::from_utf8(value)
            .ok()
            .filter(|_| value.iter().all(seen))
    }

    /// All values of `name`, in order.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.iter()
            .filter(move |(other, _)| *other == name.as_bytes())
            .map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The first value of `name`, to be kept.
    pub(crate) fn shared(&self, name: &str) -> Option<Bytes> {
        let head = &self.head[..];
        let field = self
            .fields
            .iter()
            .find(|field| field.name(head) == name.as_bytes())?;
        Some(match &field.value {
            Value::At(start, end) => self.head.slice(range(*start, *end)),
            Value::Static(value) => Bytes::from_static(value.as_bytes()),
            Value::Own(value) => value.clone(),
        })
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The bytes that the headers were read from.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Gives `name` this value and no other.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.remove(name);
        self.fields.push(Field {
            name: Name::Static(name),
            value: value.into(),
        });
    }

    /// The same for a text that came from elsewhere, unless it cannot stand in a header.
    pub(crate) fn set_text(&mut self, name: &'static str, text: &str) {
        if HeaderValue::from_str(text).is_ok() {
            self.set(name, Bytes::copy_from_slice(text.as_bytes()));
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.retain(|other, _| other != name.as_bytes());
    }

    /// Keeps the headers of whose name and value `keeps` says so.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&[u8], &[u8]) -> bool) {
        let head = &self.head[..];
        self.fields
            .retain(|field| keeps(field.name(head), field.value(head)));
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Static(value)
    }
}

impl From<Bytes> for Value {
    /// `value` came out of a header, or is ASCII that can be seen.
    fn from(value: Bytes) -> Self {
        Self::Own(value)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Own(Bytes::copy_from_slice(
            itoa::Buffer::new().format(number).as_bytes(),
        ))
    }
}

/// For the routes that are axum's.
impl From<&HeaderMap> for Headers {
    fn from(map: &HeaderMap) -> Self {
        let mut head = BytesMut::new();
        let mut put = |part: &[u8]| {
            let start = head.len();
            head.extend_from_slice(part);
            let at = |index| u32::try_from(index).unwrap_or(u32::MAX);
            (at(start), at(head.len()))
        };
        let mut fields = Vec::with_capacity(map.len() + ROOM);
        for (name, value) in map {
            let (start, end) = put(name.as_str().as_bytes());
            let name = Name::At(start, end);
            let (start, end) = put(value.as_bytes());
            let value = Value::At(start, end);
            fields.push(Field { name, value });
        }
        Self {
            head: head.freeze(),
            fields,
        }
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&'static str, &'static str); N]> for Headers {
    fn from(fields: [(&'static str, &'static str); N]) -> Self {
        Self::from(&fields[..])
    }
}

#[cfg(test)]
impl From<&[(&'static str, &'static str)]> for Headers {
    fn from(fields: &[(&'static str, &'static str)]) -> Self {
        let field = |(name, value): &(&'static str, &'static str)| Field {
            name: Name::Static(name),
            value: Value::Static(value),
        };
        Self {
            head: Bytes::new(),
            fields: fields.iter().map(field).collect(),
        }
    }
}

/// Two are the same if they would be written the same.
#[cfg(test)]
impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Headers {
        let bytes = BytesMut::from(text);
        let mut fields = [httparse::EMPTY_HEADER; 8];
        let mut response = httparse::Response::new(&mut fields);
        assert!(response.parse(&bytes).unwrap().is_complete());
        Places::of(response.headers, &bytes).take(bytes.clone())
    }

    #[test]
    fn names_and_values_are_found_again() {
        let headers = read("HTTP/1.1 200 OK\r\nA: 1\r\nbC:\r\na: 2\r\nd: \u{e9}\r\n\r\n");
        assert_eq!(headers.get("a"), Some(&b"1"[..]));
        assert_eq!(headers.all("a").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(headers.get("bc"), Some(&b""[..]));
        assert_eq!(headers.shared("a").unwrap(), "1");
        assert_eq!(headers.text("a"), Some("1"));
        assert_eq!(headers.text("d"), None, "not ASCII");
        assert!(!headers.contains("A") && !headers.contains("b"));
        assert_eq!(headers.len(), 4);
    }

    #[test]
    fn a_value_replaces_all_others() {
        let mut headers = read("HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\na: 3\r\n\r\n");
        headers.set("a", "4");
        headers.set("c", 5);
        headers.set_text("d", "x\r\nevil: y");
        let all: Vec<_> = headers.iter().collect();
        assert_eq!(all, [(&b"b"[..], &b"2"[..]), (b"a", b"4"), (b"c", b"5")]);
        headers.remove("b");
        assert_eq!(headers, Headers::from([("a", "4"), ("c", "5")]));
    }

    #[test]
    fn a_map_is_taken_over() {
        let mut map = HeaderMap::new();
        map.append("a", HeaderValue::from_static("1"));
        map.append("a", HeaderValue::from_static("2"));
        let headers = Headers::from(&map);
        assert_eq!(headers, Headers::from([("a", "1"), ("a", "2")]));
    }
}
