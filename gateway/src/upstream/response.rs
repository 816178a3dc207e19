//! Reading a response's head. No I/O.

use bytes::{Buf, BytesMut};
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use hyper::{StatusCode, header};

use super::chunked::Chunked;
use super::framing::Framing;

/// The most headers a head may have.
const MOST_HEADERS: usize = 100;
/// The largest head that is read.
pub(super) const LARGEST_HEAD_BYTES: usize = 64 * 1024;

/// A final response's head.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    /// Without the headers that concern this connection only.
    pub(super) headers: HeaderMap,
    pub(super) framing: Framing,
    /// Whether the connection can take another request once the body was read.
    pub(super) reusable: bool,
}

/// A head that breaks the rules of HTTP/1.1, or of good measure.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("its head is not HTTP/1.1")]
pub(super) struct BadHead;

/// Takes a final head off the front of `received`, once all of it is there. Interim (1xx)
/// heads are passed over.
pub(super) fn take_head(received: &mut BytesMut) -> Result<Option<Head>, BadHead> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        match response.parse(received).map_err(|_| BadHead)? {
            httparse::Status::Partial if received.len() > LARGEST_HEAD_BYTES => {
                return Err(BadHead);
            }
            httparse::Status::Partial => return Ok(None),
            httparse::Status::Complete(length) => {
                let status = response.code.ok_or(BadHead)?;
                let head = match status {
                    101 => return Err(BadHead),
                    100..200 => None,
                    _ => Some(read(status, &response)?),
                };
                received.advance(length);
                if head.is_some() {
                    return Ok(head);
                }
            }
        }
    }
}

fn read(status: u16, response: &httparse::Response<'_, '_>) -> Result<Head, BadHead> {
    let status = StatusCode::from_u16(status).map_err(|_| BadHead)?;
    // One more for the id that the gateway gives the request.
    let mut headers = HeaderMap::with_capacity(response.headers.len() + 1);
    for field in response.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| BadHead)?;
        let value = HeaderValue::from_bytes(field.value).map_err(|_| BadHead)?;
        headers.append(name, value);
    }
    let framing = framing(status, &headers)?;
    let reusable =
        response.version == Some(1) && framing != Framing::UntilClose && !closes(&headers);
    strip(&mut headers);
    if let Framing::Chunked(_) = framing {
        headers.remove(CONTENT_LENGTH);
    }
    Ok(Head {
        status,
        headers,
        framing,
        reusable,
    })
}

fn framing(status: StatusCode, headers: &HeaderMap) -> Result<Framing, BadHead> {
    if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
        return Ok(Framing::Length(0));
    }
    if let Some(coding) = headers.get_all(TRANSFER_ENCODING).iter().next_back() {
        let chunked = coding
            .as_bytes()
            .rsplit(|byte| *byte == b',')
            .next()
            .is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
        return Ok(if chunked {
            Framing::Chunked(Chunked::default())
        } else {
            Framing::UntilClose
        });
    }
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let Some(first) = lengths.next() else {
        return Ok(Framing::UntilClose);
    };
    if lengths.any(|other| other != first) {
        return Err(BadHead);
    }
    let digits = first.to_str().map_err(|_| BadHead)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadHead);
    }
    digits.parse().map(Framing::Length).map_err(|_| BadHead)
}

fn closes(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

/// Takes out the headers that concern one connection only (RFC 9110, section 7.6.1).
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [
        CONNECTION,
        TRANSFER_ENCODING,
        header::TRAILER,
        header::UPGRADE,
        header::PROXY_AUTHENTICATE,
    ] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
