//! A request and a response.

use hyper::{Method, StatusCode, Uri};

use super::headers::{Headers, place, range};

/// A request from a client.
#[derive(Debug)]
pub(crate) struct Request<B> {
    pub(crate) method: Method,
    pub(crate) target: RequestTarget,
    pub(crate) headers: Headers,
    pub(crate) body: B,
}

/// What a request is about: where its path and its query stand in its head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestTarget {
    path: (u32, u32),
    query: Option<(u32, u32)>,
}

impl RequestTarget {
    /// The target in `text`, which stands in `head`; `None` if it is none. It is a path, or
    /// a URI with a path (RFC 9112, section 3.2), or the `*` of OPTIONS.
    pub(crate) fn of(text: &str, head: &[u8]) -> Option<Self> {
        let path = if text.starts_with('/') {
            // By far the most, and httparse has looked at each byte.
            text
        } else {
            let uri: Uri = text.parse().ok()?;
            if text == "*" {
                text
            } else {
                let (_, rest) = text.split_once("://")?;
                rest.strip_prefix(uri.authority()?.as_str())?
            }
        };
        let path = path.as_bytes();
        // A fragment is none of a server's business (RFC 9110, section 4.2.5).
        let path = &path[..memchr::memchr(b'#', path).unwrap_or(path.len())];
        let (path, query) = match memchr::memchr(b'?', path) {
            Some(mark) => (&path[..mark], Some(&path[mark + 1..])),
            None => (path, None),
        };
        Some(Self {
            path: place(head, path),
            query: query.map(|query| place(head, query)),
        })
    }
}

impl<B> Request<B> {
    /// The path, as it was sent.
    pub(crate) fn path(&self) -> &str {
        match self.part(self.target.path) {
            "" => "/",
            path => path,
        }
    }

    /// The query, without its question mark.
    pub(crate) fn query(&self) -> Option<&str> {
        self.target.query.map(|place| self.part(place))
    }

    fn part(&self, (start, end): (u32, u32)) -> &str {
        let part = self.headers.head().get(range(start, end));
        std::str::from_utf8(part.unwrap_or_default()).unwrap_or_default()
    }

    /// The request with another body, and its own.
    pub(crate) fn with<C>(self, body: C) -> (Request<C>, B) {
        let Self {
            method,
            target,
            headers,
            body: own,
        } = self;
        let request = Request {
            method,
            target,
            headers,
            body,
        };
        (request, own)
    }
}

/// A response, to a client.
#[derive(Debug)]
pub(crate) struct Response<B> {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    pub(crate) body: B,
}

impl<B> Response<B> {
    /// One that says all is well.
    pub(crate) fn new(body: B) -> Self {
        Self {
            status: StatusCode::OK,
            headers: Headers::default(),
            body,
        }
    }

    pub(crate) fn map<C>(self, body: impl FnOnce(B) -> C) -> Response<C> {
        Response {
            status: self.status,
            headers: self.headers,
            body: body(self.body),
        }
    }
}
