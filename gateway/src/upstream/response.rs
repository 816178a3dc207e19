//! Reading a response's head. No I/O.

use std::mem::MaybeUninit;

use bytes::BytesMut;
use hyper::StatusCode;

use crate::http::{Chunked, Framing, Headers, MOST_HEADERS, Places};

/// The largest head that is read.
pub(super) const LARGEST_HEAD_BYTES: usize = 64 * 1024;

/// A final response's head.
#[derive(Debug)]
pub(crate) struct Head {
    pub(super) status: StatusCode,
    /// Without the headers that concern this connection only.
    pub(super) headers: Headers,
    pub(super) framing: Framing,
    /// Whether the connection can take another request once the body was read.
    pub(super) reusable: bool,
}

/// A head that breaks the rules of HTTP/1.1, or of good measure.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("its head is not HTTP/1.1")]
pub(crate) struct BadHead;

/// Takes a final head off the front of `received`, once all of it is there. Interim (1xx)
/// heads are passed over.
pub(crate) fn take_head(received: &mut BytesMut) -> Result<Option<Head>, BadHead> {
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
                let head = received.split_to(length);
                match status {
                    101 => return Err(BadHead),
                    100..200 => {}
                    _ => return read(status, modern, places.take(head)).map(Some),
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
    closes: bool,
    /// What `connection` names besides its own words, which is mostly nothing.
    hop_by_hop: Vec<Vec<u8>>,
}

fn read(status: u16, modern: bool, mut headers: Headers) -> Result<Head, BadHead> {
    let status = StatusCode::from_u16(status).map_err(|_| BadHead)?;
    let mut said = Said::default();
    for (name, value) in headers.iter() {
        said.note(name, value);
    }
    let framing = said.framing(status)?;
    let (closes, hop_by_hop) = (said.closes, said.hop_by_hop);
    let chunked = matches!(framing, Framing::Chunked(_));
    let mut has_length = false;
    headers.retain(|name, _| match name {
        // Headers that concern one connection only (RFC 9110, section 7.6.1).
        b"transfer-encoding"
        | b"connection"
        | b"trailer"
        | b"upgrade"
        | b"keep-alive"
        | b"proxy-connection"
        | b"proxy-authenticate" => false,
        // Once is enough for the client.
        b"content-length" => !chunked && !std::mem::replace(&mut has_length, true),
        _ => !hop_by_hop.iter().any(|option| option == name),
    });
    Ok(Head {
        status,
        headers,
        reusable: modern && framing != Framing::UntilClose && !closes,
        framing,
    })
}

impl<'a> Said<'a> {
    fn note(&mut self, name: &[u8], value: &'a [u8]) {
        match name {
            b"content-length" => {
                self.lengths_differ |= self.length.is_some_and(|other| other != value);
                self.length = Some(value);
            }
            b"transfer-encoding" => self.coding = Some(value),
            b"connection" => {
                for option in value.split(|byte| *byte == b',') {
                    let option = option.trim_ascii().to_ascii_lowercase();
                    match &option[..] {
                        b"close" => self.closes = true,
                        b"keep-alive" => {}
                        _ => self.hop_by_hop.push(option),
                    }
                }
            }
            _ => {}
        }
    }

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
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
