//! Reading one response after another from bytes cut in any way.

use super::chunked::Decoder;

/// The most bytes a response's head may have.
const MAX_HEAD_BYTES: usize = 256 * 1024;
const MAX_HEADERS: usize = 128;

/// The bytes are not an HTTP/1 response; what was wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not HTTP: {0}")]
pub struct Malformed(String);

/// How the end of the body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By its length or by the chunked coding.
    Delimited,
    /// By the end of the connection.
    UntilClose,
}

/// What became of the bytes fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fed {
    /// Number of bytes that belonged to the response.
    pub taken: usize,
    /// The response is complete.
    pub done: bool,
}

#[derive(Debug)]
enum Body {
    Length(u64),
    Chunked(Decoder),
    UntilClose,
}

/// A reader of one response; [reset](Self::reset) makes it ready for the next.
#[derive(Debug, Default)]
pub struct ResponseReader {
    /// The beginning of a head that did not come in one read.
    head: Vec<u8>,
    status: Option<u16>,
    keep_alive: bool,
    body: Option<Body>,
    done: bool,
}

impl ResponseReader {
    /// A reader at the beginning of a response.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the response it has read; keeps its memory.
    pub fn reset(&mut self) {
        self.head.clear();
        self.status = None;
        self.keep_alive = false;
        self.body = None;
        self.done = false;
    }

    /// The status, once the head is complete.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Whether the connection may carry another request after this response.
    pub fn keep_alive(&self) -> bool {
        self.keep_alive
    }

    /// How the end of the body is told, once the head is complete.
    pub fn framing(&self) -> Framing {
        match self.body {
            Some(Body::UntilClose) => Framing::UntilClose,
            _ => Framing::Delimited,
        }
    }

    /// Takes the next bytes and hands those of the body, free of transfer
    /// coding, to `on_body` together with the status.
    ///
    /// # Errors
    /// [`Malformed`] when the bytes are not HTTP; the connection is of no use
    /// any more.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        mut on_body: impl FnMut(u16, &[u8]),
    ) -> Result<Fed, Malformed> {
        let mut taken = 0;
        while self.body.is_none() && !self.done {
            match self.take_head(&bytes[taken..])? {
                Some(length) => taken += length,
                None => {
                    return Ok(Fed {
                        taken: bytes.len(),
                        done: false,
                    });
                }
            }
        }
        let rest = &bytes[taken..];
        let status = self.status.unwrap_or_default();
        let mut on_body = |bytes: &[u8]| on_body(status, bytes);
        match &mut self.body {
            None => {}
            Some(Body::UntilClose) => {
                if !rest.is_empty() {
                    on_body(rest);
                }
                taken = bytes.len();
            }
            Some(Body::Length(remaining)) => {
                let room = usize::try_from(*remaining).unwrap_or(usize::MAX);
                let length = room.min(rest.len());
                if length > 0 {
                    on_body(&rest[..length]);
                }
                taken += length;
                *remaining -= length as u64;
                self.done = *remaining == 0;
            }
            Some(Body::Chunked(decoder)) => {
                taken += decoder
                    .feed(rest, &mut on_body)
                    .map_err(|bad| Malformed(bad.0.to_owned()))?;
                self.done = decoder.done();
            }
        }
        Ok(Fed {
            taken,
            done: self.done,
        })
    }

    /// Reads a head from what was kept and `bytes`; gives the number of
    /// `bytes` that belonged to it, or `None` when it is not complete yet.
    fn take_head(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        if self.head.is_empty() {
            let length = self.parse_head(bytes)?;
            if length.is_none() {
                self.keep(bytes)?;
            }
            return Ok(length);
        }
        let before = self.head.len();
        self.keep(bytes)?;
        let head = std::mem::take(&mut self.head);
        let parsed = self.parse_head(&head);
        self.head = head;
        let Some(length) = parsed? else {
            return Ok(None);
        };
        self.head.clear();
        Ok(Some(length - before))
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        if self.head.len() + bytes.len() > MAX_HEAD_BYTES {
            return Err(Malformed(format!(
                "a head of more than {MAX_HEAD_BYTES} bytes"
            )));
        }
        self.head.extend_from_slice(bytes);
        Ok(())
    }

    fn parse_head(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let length = match response.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(Malformed(error.to_string())),
        };
        let status = response.code.unwrap_or_default();
        // An interim response (RFC 9110, section 15.2) precedes the real one.
        if (100..200).contains(&status) {
            return Ok(Some(length));
        }
        let mut keep_alive = response.version == Some(1);
        let mut content_length = None;
        let mut chunked = false;
        for header in response.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                let value = read_length(header.value)?;
                if content_length.is_some_and(|length| length != value) {
                    return Err(Malformed("two different lengths".to_owned()));
                }
                content_length = Some(value);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                // Only the last coding tells how the body ends.
                let last = header.value.rsplit(|byte| *byte == b',').next();
                chunked = is_option(last.unwrap_or_default(), b"chunked");
            } else if header.name.eq_ignore_ascii_case("connection") {
                for option in header.value.split(|byte| *byte == b',') {
                    if is_option(option, b"close") {
                        keep_alive = false;
                    } else if is_option(option, b"keep-alive") {
                        keep_alive = true;
                    }
                }
            }
        }
        self.status = Some(status);
        self.body = Some(if chunked {
            Body::Chunked(Decoder::new())
        } else if status == 204 || status == 304 {
            Body::Length(0)
        } else if let Some(length) = content_length {
            Body::Length(length)
        } else {
            keep_alive = false;
            Body::UntilClose
        });
        self.keep_alive = keep_alive;
        Ok(Some(length))
    }
}

fn is_option(value: &[u8], option: &[u8]) -> bool {
    value.trim_ascii().eq_ignore_ascii_case(option)
}

fn read_length(value: &[u8]) -> Result<u64, Malformed> {
    std::str::from_utf8(value.trim_ascii())
        .ok()
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Malformed("a content-length that is no number".to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Status, body, whether it was complete, and the bytes left over.
    fn read(parts: &[&[u8]]) -> Result<(Option<u16>, String, bool, usize), Malformed> {
        let mut reader = ResponseReader::new();
        let mut body = Vec::new();
        let mut left = 0;
        let mut done = false;
        for part in parts {
            let fed = reader.feed(part, |_, bytes| body.extend_from_slice(bytes))?;
            done = fed.done;
            left += part.len() - fed.taken;
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok((reader.status(), body, done, left))
    }

    fn body_of(response: &str) -> Result<(Option<u16>, String, bool, usize), Malformed> {
        read(&[response.as_bytes()])
    }

    #[test]
    fn framings() {
        assert_eq!(
            body_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!"),
            Ok((Some(200), "hi".into(), true, 1))
        );
        assert_eq!(
            body_of(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
                 2;x=y\r\nhi\r\n0\r\nTrailer: 1\r\n\r\n"
            ),
            Ok((Some(200), "hi".into(), true, 0))
        );
        assert_eq!(
            body_of("HTTP/1.0 429 Slow down\r\n\r\nhi"),
            Ok((Some(429), "hi".into(), false, 0))
        );
    }

    #[test]
    fn keep_alive_is_as_the_version_and_the_header_say() {
        for (head, expected) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", true),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: Close\r\n\r\n",
                false,
            ),
            ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", false),
            (
                "HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n",
                true,
            ),
            ("HTTP/1.1 200 OK\r\n\r\n", false),
        ] {
            let mut reader = ResponseReader::new();
            reader.feed(head.as_bytes(), |_, _| {}).unwrap();
            assert_eq!(reader.keep_alive(), expected, "{head}");
        }
    }

    #[test]
    fn what_is_not_http() {
        for bad in [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n",
        ] {
            assert!(body_of(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_result_does_not_depend_on_the_cuts(
            chunks in proptest::collection::vec("[a-zé]{1,20}", 0..6),
            cuts in proptest::collection::vec(0usize..300, 0..8),
            chunked in proptest::bool::ANY,
        ) {
            let text = chunks.concat();
            let response = if chunked {
                let coded: String = chunks
                    .iter()
                    .map(|chunk| format!("{:X}\r\n{chunk}\r\n", chunk.len()))
                    .collect();
                format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{coded}0\r\n\r\n")
            } else {
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len())
            };
            let bytes = response.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|w| &bytes[w[0]..w[1]]).collect();
            prop_assert_eq!(read(&parts), Ok((Some(200), text, true, 0)));
        }

        #[test]
        fn any_bytes_at_all_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&[b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", &bytes]);
            let _ = read(&[&bytes]);
        }
    }
}
