//! Where the headers of a head stand in its bytes.
//!
//! A parsed head borrows the buffer it was read into. Kept as places, its headers can be taken
//! out of the same bytes once those have left the buffer, sharing their memory.

use std::ops::Range;

/// The most headers a head may have.
pub(crate) const MOST_HEADERS: usize = 100;

/// The places of names and values.
pub(crate) struct Places {
    fields: [(Range<usize>, Range<usize>); MOST_HEADERS],
    count: usize,
}

impl Places {
    /// Those of `headers`, which were parsed out of `bytes`.
    pub(crate) fn of(headers: &[httparse::Header<'_>], bytes: &[u8]) -> Self {
        let mut fields = [const { (0..0, 0..0) }; MOST_HEADERS];
        for (place, field) in fields.iter_mut().zip(headers) {
            *place = (
                within(bytes, field.name.as_bytes()),
                within(bytes, field.value),
            );
        }
        Self {
            fields,
            count: headers.len().min(MOST_HEADERS),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Names and values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        self.fields.iter().take(self.count).cloned()
    }
}

/// Where `part` stands in `bytes`, of which it is one.
pub(crate) fn within(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize);
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_found_again() {
        let bytes = b"HTTP/1.1 200 OK\r\na: 1\r\nbc:\r\n\r\n";
        let mut headers = [httparse::EMPTY_HEADER; 4];
        let mut response = httparse::Response::new(&mut headers);
        assert!(response.parse(bytes).unwrap().is_complete());
        let places = Places::of(response.headers, bytes);
        let found: Vec<_> = places
            .iter()
            .map(|(name, value)| (&bytes[name], &bytes[value]))
            .collect();
        assert_eq!(found, [(&b"a"[..], &b"1"[..]), (b"bc", b"")]);
        assert_eq!(places.len(), 2);
    }
}
