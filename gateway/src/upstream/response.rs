//! Reading a response's head. No I/O.

use std::mem::MaybeUninit;

use bytes::{Bytes, BytesMut};
use hyper::StatusCode;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

use super::chunked::Chunked;
use super::framing::Framing;
use super::places::{MOST_HEADERS, Places};

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
        let mut fields = [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut []);
        let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
            &mut response,
            received,
            &mut fields,
        );
        match parsed.map_err(|_| BadHead)? {
            httparse::Status::Partial if received.len() > LARGEST_HEAD_BYTES => {
                return Err(BadHead);
            }
            httparse::Status::Partial => return Ok(None),
            httparse::Status::Complete(length) => {
                let status = response.code.ok_or(BadHead)?;
                let modern = response.version == Some(1);
                let places = Places::of(response.headers, received);
                let bytes = received.split_to(length).freeze();
                match status {
                    101 => return Err(BadHead),
                    100..200 => {}
                    _ => return read(status, modern, &places, &bytes).map(Some),
                }
            }
        }
    }
}

/// What a head says of its connection and its body.
#[derive(Default)]
struct Said<'a> {
    /// The last transfer coding.
    coding: Option<&'a [u8]>,
    length: Option<&'a [u8]>,
    lengths_differ: bool,
    /// Values of `connection`, of which there is mostly none or one.
    connection: Vec<&'a [u8]>,
}

fn read(status: u16, modern: bool, places: &Places, bytes: &Bytes) -> Result<Head, BadHead> {
    let status = StatusCode::from_u16(status).map_err(|_| BadHead)?;
    let mut headers = HeaderMap::with_capacity(places.len());
    let mut said = Said::default();
    for (name, value) in places.iter() {
        let name = HeaderName::from_bytes(&bytes[name]).map_err(|_| BadHead)?;
        let text = &bytes[value.clone()];
        if name == CONTENT_LENGTH {
            said.lengths_differ |= said.length.is_some_and(|other| other != text);
            // Once is enough for the client.
            if said.length.replace(text).is_some() {
                continue;
            }
        } else if name == TRANSFER_ENCODING {
            said.coding = Some(text);
            continue;
        } else if name == CONNECTION {
            said.connection.push(text);
            continue;
        } else if is_of_one_connection(&name) {
            continue;
        }
        // The value shares the memory of what was read.
        let value = HeaderValue::from_maybe_shared(bytes.slice(value)).map_err(|_| BadHead)?;
        headers.append(name, value);
    }
    for option in said.options() {
        headers.remove(option);
    }
    let framing = said.framing(status)?;
    if let Framing::Chunked(_) = framing {
        headers.remove(CONTENT_LENGTH);
    }
    Ok(Head {
        status,
        headers,
        reusable: modern && framing != Framing::UntilClose && !said.closes(),
        framing,
    })
}

/// Whether a header concerns one connection only (RFC 9110, section 7.6.1).
fn is_of_one_connection(name: &HeaderName) -> bool {
    *name == TRAILER
        || *name == UPGRADE
        || *name == PROXY_AUTHENTICATE
        || matches!(name.as_str(), "keep-alive" | "proxy-connection")
}

impl Said<'_> {
    fn framing(&self, status: StatusCode) -> Result<Framing, BadHead> {
        if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
            return Ok(Framing::Length(0));
        }
        if let Some(coding) = self.coding {
            let last = coding.rsplit(|byte| *byte == b',').next();
            let chunked =
                last.is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
            return Ok(if chunked {
                Framing::Chunked(Chunked::default())
            } else {
                Framing::UntilClose
            });
        }
        let Some(digits) = self.length else {
            return Ok(Framing::UntilClose);
        };
        if self.lengths_differ || digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(BadHead);
        }
        let digits = std::str::from_utf8(digits).map_err(|_| BadHead)?;
        digits.parse().map(Framing::Length).map_err(|_| BadHead)
    }

    fn closes(&self) -> bool {
        self.options()
            .any(|option| option.eq_ignore_ascii_case("close"))
    }

    /// What `connection` names.
    fn options(&self) -> impl Iterator<Item = &str> {
        self.connection
            .iter()
            .flat_map(|value| value.split(|byte| *byte == b','))
            .filter_map(|option| std::str::from_utf8(option.trim_ascii()).ok())
    }
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
