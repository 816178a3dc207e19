//! The head of a request: its request line and its fields.

use std::mem::MaybeUninit;
use std::ops::Range;

use httparse::Status;

use super::chunked::Decoder;
use super::request::MAX_BODY_BYTES;

/// The most bytes a head may have.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The most fields a head may have.
const MAX_FIELDS: usize = 128;

/// The methods that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `HEAD`: the answer to `GET` without its body.
    Head,
    /// `POST`.
    Post,
    /// Any other.
    Other,
}

/// Why a request could not be read; the connection ends with the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not HTTP/1.x.
    #[error("the request's head is not HTTP/1.x: {0}")]
    BadHead(httparse::Error),
    /// The head exceeds its bound.
    #[error("the request's head is larger than {MAX_HEAD_BYTES} bytes or {MAX_FIELDS} fields")]
    HeadTooLarge,
    /// The body exceeds its bound.
    #[error("the request's body is larger than {MAX_BODY_BYTES} bytes")]
    BodyTooLarge,
    /// Where the body ends cannot be told for certain.
    #[error("`content-length` and `transfer-encoding` do not say where the request's body ends")]
    BadLength,
    /// A transfer coding other than chunked.
    #[error("the only transfer coding known is `chunked`")]
    UnknownCoding,
    /// The chunked coding is broken.
    #[error("the request's chunked body is malformed")]
    BadChunk,
}

impl Refusal {
    /// The status that answers it.
    pub fn status(self) -> u16 {
        match self {
            Self::BadHead(_) | Self::BadLength | Self::BadChunk => 400,
            Self::BodyTooLarge => 413,
            Self::HeadTooLarge => 431,
            Self::UnknownCoding => 501,
        }
    }
}

/// How the end of a request's body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length in bytes.
    Length(usize),
    /// By its last chunk.
    Chunked(Decoder),
}

/// What a head says, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) method: Method,
    /// Where the request target stands, from the head's first byte on.
    pub(super) target: Range<usize>,
    /// The head's own length in bytes.
    pub(super) length: usize,
    pub(super) framing: Framing,
    /// HTTP/1.0: its client knows neither chunks nor `100 Continue`.
    pub(super) old: bool,
    /// The connection ends with this request's answer.
    pub(super) close: bool,
    pub(super) expects_continue: bool,
    /// It has an `anthropic-version` field.
    pub(super) anthropic: bool,
    /// Where the value of `x-mock-fault` stands, from the head's first byte.
    pub(super) fault: Option<Range<usize>>,
}

impl Head {
    /// Reads the head that `input` begins with, or nothing while it is
    /// incomplete.
    ///
    /// # Errors
    /// [`Refusal`], when it is not one or leaves the body's end in doubt.
    pub(super) fn parse(input: &[u8]) -> Result<Option<Self>, Refusal> {
        let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
        let mut request = httparse::Request::new(&mut []);
        let length = match request.parse_with_uninit_headers(input, &mut fields) {
            Ok(Status::Complete(length)) if length <= MAX_HEAD_BYTES => length,
            Ok(Status::Partial) if input.len() < MAX_HEAD_BYTES => return Ok(None),
            Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(Refusal::HeadTooLarge),
            Err(error) => return Err(Refusal::BadHead(error)),
        };
        let old = request.version == Some(0);
        let target = request.path.unwrap_or_default();
        let offset = target.as_ptr() as usize - input.as_ptr() as usize;
        let mut head = Self {
            method: match request.method {
                Some("POST") => Method::Post,
                Some("GET") => Method::Get,
                Some("HEAD") => Method::Head,
                _ => Method::Other,
            },
            target: offset..offset + target.len(),
            length,
            framing: Framing::Length(0),
            old,
            // An HTTP/1.0 client may ask to keep the connection; not granting
            // it is always allowed, and needs no answer of its own.
            close: old,
            expects_continue: false,
            anthropic: false,
            fault: None,
        };
        let mut content_length = None;
        for field in request.headers.iter() {
            let value = field.value.trim_ascii();
            if field.name.eq_ignore_ascii_case("content-length") {
                let parsed = parse_length(value)?;
                if content_length.is_some_and(|before| before != parsed) {
                    return Err(Refusal::BadLength);
                }
                content_length = Some(parsed);
            } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
                if !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(Refusal::UnknownCoding);
                }
                head.framing = Framing::Chunked(Decoder::default());
            } else if field.name.eq_ignore_ascii_case("connection") {
                head.close |= has_token(value, b"close");
            } else if field.name.eq_ignore_ascii_case("expect") {
                head.expects_continue = !old && value.eq_ignore_ascii_case(b"100-continue");
            } else if field.name.eq_ignore_ascii_case("anthropic-version") {
                head.anthropic = true;
            } else if field.name.eq_ignore_ascii_case("x-mock-fault") {
                let offset = value.as_ptr() as usize - input.as_ptr() as usize;
                head.fault = Some(offset..offset + value.len());
            }
        }
        match (head.framing, content_length) {
            (Framing::Chunked(_), None) if !old => {}
            (Framing::Chunked(_), _) => return Err(Refusal::BadLength),
            (Framing::Length(_), length) => head.framing = Framing::Length(length.unwrap_or(0)),
        }
        Ok(Some(head))
    }
}

fn parse_length(value: &[u8]) -> Result<usize, Refusal> {
    let digits = str::from_utf8(value).map_err(|_| Refusal::BadLength)?;
    // `parse` alone would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::BadLength);
    }
    digits.parse().map_err(|_| Refusal::BadLength)
}

fn has_token(list: &[u8], token: &[u8]) -> bool {
    list.split(|&byte| byte == b',')
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &str) -> Result<Option<Head>, Refusal> {
        Head::parse(head.replace('\n', "\r\n").as_bytes())
    }

    #[test]
    fn connections() {
        let closes = |head: &str| parse(head).unwrap().unwrap().close;
        assert!(!closes("GET / HTTP/1.1\n\n"));
        assert!(!closes("GET / HTTP/1.1\nConnection: keep-alive\n\n"));
        assert!(closes("GET / HTTP/1.1\nConnection: te, Close\n\n"));
        assert!(closes("GET / HTTP/1.0\nConnection: keep-alive\n\n"));
    }

    #[test]
    fn the_end_of_the_body_must_be_certain() {
        let refused = |fields: &str| {
            parse(&format!("POST / HTTP/1.1\n{fields}\n\n"))
                .err()
                .map(Refusal::status)
        };
        assert_eq!(refused("Content-Length: 5\ncontent-length: 5"), None);
        assert_eq!(refused("Content-Length: 5\nContent-Length: 6"), Some(400));
        assert_eq!(refused("Content-Length: +5"), Some(400));
        assert_eq!(refused("Content-Length: 5, 5"), Some(400));
        assert_eq!(refused("Content-Length: "), Some(400));
        assert_eq!(refused("Content-Length: 99999999999999999999"), Some(400));
        assert_eq!(refused("Transfer-Encoding: Chunked"), None);
        assert_eq!(refused("Transfer-Encoding: gzip, chunked"), Some(501));
        assert_eq!(
            refused("Transfer-Encoding: chunked\nContent-Length: 5"),
            Some(400)
        );
        let old = "POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n";
        assert_eq!(parse(old).err(), Some(Refusal::BadLength));
    }

    #[test]
    fn bounds() {
        let fields = "a: b\n".repeat(MAX_FIELDS + 1);
        let many = format!("GET / HTTP/1.1\n{fields}\n");
        assert_eq!(parse(&many).err(), Some(Refusal::HeadTooLarge));
        let long = format!("GET /{} HTTP/1.1\n", "x".repeat(MAX_HEAD_BYTES));
        assert_eq!(parse(&long).err(), Some(Refusal::HeadTooLarge));
        let whole = format!("{long}\n");
        assert_eq!(parse(&whole).err(), Some(Refusal::HeadTooLarge));
        assert_eq!(
            parse("no http\n\n").map_err(Refusal::status).err(),
            Some(400)
        );
    }
}
