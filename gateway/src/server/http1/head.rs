//! Reading a request's head. No I/O.
//!
//! Source: RFC 9112. Where two readers could see two requests in the same bytes (two lengths, a
//! length and a coding, a second `host`), nobody gets to see any: that is how requests are
//! smuggled past a gateway (section 11.2).

use std::mem::MaybeUninit;

use bytes::BytesMut;
use hyper::{Method, StatusCode};

use crate::http::{Chunked, Framing, MOST_HEADERS, Places, Request, RequestTarget};

/// The largest head that is read.
pub(super) const LARGEST_HEAD_BYTES: usize = 64 * 1024;

/// A request's head.
#[derive(Debug)]
pub(crate) struct Head {
    /// Method, target and headers, without a body.
    pub(crate) request: Request<()>,
    pub(super) framing: Framing,
    /// Whether the client waits for leave to send its body (RFC 9110, section 10.1.1).
    pub(super) waits: bool,
    pub(super) manner: Manner,
}

/// What a request says about its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// The client knows HTTP/1.1, and so the chunked coding.
    pub(super) modern: bool,
    /// The connection may take another request afterwards.
    pub(super) keeps: bool,
    /// It asks for a head alone.
    pub(super) head_only: bool,
}

impl Manner {
    /// Of the answer to what could not be read, after which nothing can be.
    pub(super) const LAST: Self = Self {
        modern: true,
        keeps: false,
        head_only: false,
    };
}

/// Why a head is not answered by anything but an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    NoHost,
    TooLarge,
    UnknownCoding,
    Connect,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed | Self::NoHost => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnknownCoding | Self::Connect => StatusCode::NOT_IMPLEMENTED,
        }
    }

    /// What to tell the client.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Malformed => "The request's head is malformed, or can be read in two ways.",
            Self::NoHost => "The request names no host, which HTTP/1.1 asks for.",
            Self::TooLarge => "The request's head is larger than 64 KiB or has over 100 headers.",
            Self::UnknownCoding => "The only transfer coding known here is chunked.",
            Self::Connect => "This is no proxy for CONNECT.",
        }
    }
}

/// Takes a head off the front of `input`, once all of it is there.
pub(crate) fn take_head(input: &mut BytesMut) -> Result<Option<Head>, Refusal> {
    if input.is_empty() {
        return Ok(None);
    }
    let mut fields = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut []);
    let length = match parsed.parse_with_uninit_headers(input, &mut fields) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if input.len() > LARGEST_HEAD_BYTES => {
            return Err(Refusal::TooLarge);
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Refusal::TooLarge),
        Err(_) => return Err(Refusal::Malformed),
    };
    if length > LARGEST_HEAD_BYTES {
        return Err(Refusal::TooLarge);
    }
    let modern = parsed.version == Some(1);
    let method = Method::from_bytes(parsed.method.unwrap_or_default().as_bytes())
        .map_err(|_| Refusal::Malformed)?;
    if method == Method::CONNECT {
        return Err(Refusal::Connect);
    }
    let target = RequestTarget::of(parsed.path.unwrap_or_default(), input);
    let target = target.ok_or(Refusal::Malformed)?;
    let places = Places::of(parsed.headers, input);
    let headers = places.take(input.split_to(length));
    let mut said = Said {
        keeps: modern,
        ..Said::default()
    };
    for (name, value) in headers.iter() {
        said.note(name, value, modern)?;
    }
    // Section 3.2.
    if modern && !said.host {
        return Err(Refusal::NoHost);
    }
    let framing = said.framing()?;
    let manner = Manner {
        modern,
        keeps: said.keeps && !said.closes,
        head_only: method == Method::HEAD,
    };
    let request = Request {
        method,
        target,
        headers,
        body: (),
    };
    Ok(Some(Head {
        request,
        waits: modern && said.waits && !framing.is_done(),
        framing,
        manner,
    }))
}

/// Reads a request's head that is all there, for benches and tests.
pub(crate) fn read(text: &str) -> Option<Request<()>> {
    let head = take_head(&mut BytesMut::from(text)).ok()??;
    Some(head.request)
}

/// What a head says of its connection and its body.
#[derive(Default)]
struct Said {
    length: Option<u64>,
    chunked: bool,
    host: bool,
    waits: bool,
    keeps: bool,
    closes: bool,
}

impl Said {
    /// Takes note of one header. Of those that say where a body ends (section 6.3), only what
    /// leaves no doubt is taken.
    fn note(&mut self, name: &[u8], value: &[u8], modern: bool) -> Result<(), Refusal> {
        match name {
            b"content-length" => {
                if self.length.is_some() {
                    return Err(Refusal::Malformed);
                }
                self.length = Some(number(value).ok_or(Refusal::Malformed)?);
            }
            b"transfer-encoding" => {
                if self.chunked || !modern {
                    return Err(Refusal::Malformed);
                }
                let mut codings = value.rsplit(|byte| *byte == b',');
                let last = codings.next().unwrap_or_default().trim_ascii();
                if !last.eq_ignore_ascii_case(b"chunked") {
                    // Nobody could tell where it ends.
                    return Err(Refusal::Malformed);
                }
                if codings.next().is_some() {
                    return Err(Refusal::UnknownCoding);
                }
                self.chunked = true;
            }
            b"host" => {
                if self.host {
                    return Err(Refusal::Malformed);
                }
                self.host = true;
            }
            b"expect" => self.waits |= value.eq_ignore_ascii_case(b"100-continue"),
            b"connection" => {
                // Whether the connection persists: section 9.3.
                for option in value.split(|byte| *byte == b',') {
                    let option = option.trim_ascii();
                    self.closes |= option.eq_ignore_ascii_case(b"close");
                    self.keeps |= option.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn framing(&self) -> Result<Framing, Refusal> {
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Refusal::Malformed),
            (true, None) => Ok(Framing::Chunked(Chunked::default())),
            (false, length) => Ok(Framing::Length(length.unwrap_or(0))),
        }
    }
}

/// A number of digits alone; `parse` would take a sign.
fn number(digits: &[u8]) -> Option<u64> {
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| all_digits)?;
    digits.parse().ok()
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
