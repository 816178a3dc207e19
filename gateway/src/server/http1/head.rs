//! Reading a request's head. No I/O.
//!
//! Source: RFC 9112. Where two readers could see two requests in the same bytes (two lengths, a
//! length and a coding, a second `host`), nobody gets to see any: that is how requests are
//! smuggled past a gateway (section 11.2).

use bytes::BytesMut;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use hyper::{Method, Request, StatusCode, Uri, Version};

use crate::upstream::{Chunked, Framing};

/// The most headers a head may have.
const MOST_HEADERS: usize = 100;
/// The largest head that is read.
pub(super) const LARGEST_HEAD_BYTES: usize = 64 * 1024;

/// A request's head.
#[derive(Debug)]
pub(super) struct Head {
    /// Method, target and headers, without a body.
    pub(super) request: Request<()>,
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

/// Why a head is not answered by anything but an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    TooLarge,
    UnknownCoding,
    Connect,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnknownCoding | Self::Connect => StatusCode::NOT_IMPLEMENTED,
        }
    }

    /// What to tell the client.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Malformed => "The request's head is malformed, or can be read in two ways.",
            Self::TooLarge => "The request's head is larger than 64 KiB or has over 100 headers.",
            Self::UnknownCoding => "The only transfer coding known here is chunked.",
            Self::Connect => "This is no proxy for CONNECT.",
        }
    }
}

/// Takes a head off the front of `input`, once all of it is there.
pub(super) fn take_head(input: &mut BytesMut) -> Result<Option<Head>, Refusal> {
    if input.is_empty() {
        return Ok(None);
    }
    let mut fields = [const { std::mem::MaybeUninit::uninit() }; MOST_HEADERS];
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
    // Where everything stands, to outlive the borrow of `input`: values are to share its memory.
    let base = input.as_ptr() as usize;
    let target = span(base, parsed.path.unwrap_or_default().as_bytes());
    let count = parsed.headers.len();
    let mut places = [const { (0..0, 0..0) }; MOST_HEADERS];
    for (place, field) in places.iter_mut().zip(parsed.headers.iter()) {
        *place = (span(base, field.name.as_bytes()), span(base, field.value));
    }
    let bytes = input.split_to(length).freeze();
    let mut headers = HeaderMap::with_capacity(count);
    for (name, value) in places.into_iter().take(count) {
        let name = HeaderName::from_bytes(&bytes[name]).map_err(|_| Refusal::Malformed)?;
        let value = HeaderValue::from_maybe_shared(bytes.slice(value));
        headers.append(name, value.map_err(|_| Refusal::Malformed)?);
    }
    let uri = Uri::from_maybe_shared(bytes.slice(target)).map_err(|_| Refusal::Malformed)?;
    complete(method, uri, headers, modern).map(Some)
}

fn span(base: usize, part: &[u8]) -> std::ops::Range<usize> {
    let start = part.as_ptr() as usize - base;
    start..start + part.len()
}

fn complete(method: Method, uri: Uri, headers: HeaderMap, modern: bool) -> Result<Head, Refusal> {
    if headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(Refusal::Malformed);
    }
    let framing = framing(&headers, modern)?;
    let manner = Manner {
        modern,
        keeps: keeps(&headers, modern),
        head_only: method == Method::HEAD,
    };
    let waits = modern
        && headers
            .get(EXPECT)
            .is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"));
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    if !modern {
        *request.version_mut() = Version::HTTP_10;
    }
    Ok(Head {
        request,
        waits: waits && !framing.is_done(),
        framing,
        manner,
    })
}

/// Where the body ends (section 6.3), for those requests that leave no doubt.
fn framing(headers: &HeaderMap, modern: bool) -> Result<Framing, Refusal> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let length = lengths.next();
    if lengths.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next() {
        if length.is_some() || !modern || codings.next().is_some() {
            return Err(Refusal::Malformed);
        }
        let mut codings = coding.as_bytes().rsplit(|byte| *byte == b',');
        let last = codings.next().unwrap_or_default().trim_ascii();
        return if !last.eq_ignore_ascii_case(b"chunked") {
            // Nobody could tell where it ends.
            Err(Refusal::Malformed)
        } else if codings.next().is_some() {
            Err(Refusal::UnknownCoding)
        } else {
            Ok(Framing::Chunked(Chunked::default()))
        };
    }
    let Some(length) = length else {
        return Ok(Framing::Length(0));
    };
    let digits = length.as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::Malformed);
    }
    let length = length.to_str().ok().and_then(|digits| digits.parse().ok());
    length.map(Framing::Length).ok_or(Refusal::Malformed)
}

/// Whether the connection persists (section 9.3).
fn keeps(headers: &HeaderMap, modern: bool) -> bool {
    let mut keeps = modern;
    let options = headers.get_all(CONNECTION).iter();
    for option in options.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let option = option.trim_ascii();
        if option.eq_ignore_ascii_case(b"close") {
            return false;
        }
        keeps |= option.eq_ignore_ascii_case(b"keep-alive");
    }
    keeps
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
