//! Writing an answer's head, and its body's chunks. No I/O.

use hyper::StatusCode;

use super::head::Manner;
use crate::http::Headers;

/// How an answer's end is made known (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// There is no body, whatever the answer's own head says of its length.
    None,
    /// It has so many bytes.
    Length(u64),
    Chunked,
    /// The connection's end, for those who do not know the chunked coding.
    Close,
}

impl Ending {
    /// The ending of an answer whose body has `length` bytes, if that is known.
    pub(super) fn of(status: StatusCode, length: Option<u64>, manner: Manner) -> Self {
        match length {
            _ if manner.head_only
                || status == StatusCode::NO_CONTENT
                || status == StatusCode::NOT_MODIFIED =>
            {
                Self::None
            }
            Some(length) => Self::Length(length),
            None if manner.modern => Self::Chunked,
            None => Self::Close,
        }
    }
}

/// Writes the head of an answer. What concerns the connection is written here and is not taken
/// from `headers`.
pub(super) fn write_head(
    status: StatusCode,
    headers: &Headers,
    ending: Ending,
    manner: Manner,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    out.extend_from_slice(b"\r\n");
    for (name, value) in headers.iter() {
        match name {
            b"transfer-encoding" | b"connection" => continue,
            b"content-length" if ending != Ending::None => continue,
            _ => {}
        }
        out.extend_from_slice(name);
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    match ending {
        Ending::Length(bytes) => {
            out.extend_from_slice(b"content-length: ");
            write_decimal(bytes, out);
            out.extend_from_slice(b"\r\n");
        }
        Ending::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        Ending::None | Ending::Close => {}
    }
    if !manner.keeps || ending == Ending::Close {
        out.extend_from_slice(b"connection: close\r\n");
    } else if !manner.modern {
        out.extend_from_slice(b"connection: keep-alive\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// The end of a chunked body.
pub(super) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Writes one chunk (RFC 9112, section 7.1). An empty one would end the body, so it is none.
pub(super) fn write_chunk(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    let mut digits = [0; 16];
    let mut at = digits.len();
    let mut left = data.len();
    while left > 0 {
        at -= 1;
        digits[at] = b"0123456789abcdef"[left % 16];
        left /= 16;
    }
    out.extend_from_slice(&digits[at..]);
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

fn write_decimal(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
