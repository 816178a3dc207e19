//! Requests from bytes, however they are cut; no I/O.

use super::chunked::Decoder;
use super::head::{Framing, Head, Method, Refusal};

/// The most bytes a body may have, the bound of Anthropic's API.
pub(super) const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;
/// Room made for one read; more than a benchmark's request, so that one read
/// brings all of it and leaves no doubt that the socket is empty.
const READ_BYTES: usize = 16 * 1024;
/// A buffer that one large request has grown beyond this is given back.
const KEPT_BYTES: usize = 1024 * 1024;

/// One request, read completely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Its method.
    pub method: Method,
    /// Its target as it stands in the request line.
    pub target: &'a str,
    /// It has an `anthropic-version` field.
    pub anthropic: bool,
    /// The value of its `x-mock-fault` field.
    pub fault: Option<&'a str>,
    /// Its head as it came, its blank line included.
    pub head: &'a [u8],
    /// Its body, free of transfer coding.
    pub body: &'a [u8],
    /// How its answer has to be framed.
    pub framing: ReplyFraming,
}

/// What a request says about the framing of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyFraming {
    /// The connection ends with the answer.
    pub close: bool,
    /// The client knows the chunked coding; otherwise the end of the
    /// connection ends a stream.
    pub chunked: bool,
    /// The answer has no body, `HEAD` having been asked.
    pub head_only: bool,
}

/// How far the next request has come.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// More bytes are needed.
    Incomplete,
    /// The client waits for `100 Continue` before it sends the body; said
    /// once a request.
    AwaitsContinue,
    /// A whole request; the next call goes on behind it.
    Complete(Request<'a>),
}

/// Reads one connection's requests, one after the other, and keeps its memory
/// from one to the next.
#[derive(Debug, Default)]
pub struct RequestReader {
    input: Vec<u8>,
    /// Where in `input` the current request begins.
    start: usize,
    stage: Stage,
    /// The current request's body, where it comes chunked.
    decoded: Vec<u8>,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Head,
    Body(Head),
    /// The request that ends here in `input` has been handed out.
    Done(usize),
}

impl RequestReader {
    /// The buffer to append what is read to, with room for a read.
    pub fn input(&mut self) -> &mut Vec<u8> {
        // A head that has been read is known by its place; only before that
        // may bytes move.
        if matches!(self.stage, Stage::Head) && self.start > 0 {
            self.input.drain(..self.start);
            self.start = 0;
            if self.input.capacity() > KEPT_BYTES {
                self.input.shrink_to(READ_BYTES);
                self.decoded.shrink_to(READ_BYTES);
            }
        }
        self.input.reserve(READ_BYTES);
        &mut self.input
    }

    /// The target of the request being read, once its head is there.
    pub fn target(&self) -> Option<&str> {
        match &self.stage {
            Stage::Body(head) => {
                str::from_utf8(&self.input[self.start..][head.target.clone()]).ok()
            }
            Stage::Head | Stage::Done(_) => None,
        }
    }

    /// The next request, if all of it is there.
    ///
    /// # Errors
    /// [`Refusal`], after which nothing more can be read.
    pub fn next_request(&mut self) -> Result<Progress<'_>, Refusal> {
        if let Stage::Done(end) = self.stage {
            self.start = end;
            self.decoded.clear();
            self.stage = Stage::Head;
        }
        if matches!(self.stage, Stage::Head) {
            match Head::parse(&self.input[self.start..])? {
                Some(head) => self.stage = Stage::Body(head),
                None => return Ok(Progress::Incomplete),
            }
        }
        self.read_body()
    }

    fn read_body(&mut self) -> Result<Progress<'_>, Refusal> {
        let Stage::Body(head) = &mut self.stage else {
            return Ok(Progress::Incomplete);
        };
        let body_start = self.start + head.length;
        let end = match &mut head.framing {
            Framing::Length(length) if *length > MAX_BODY_BYTES => {
                return Err(Refusal::BodyTooLarge);
            }
            Framing::Length(length) => {
                let end = body_start + *length;
                (end <= self.input.len()).then_some(end)
            }
            Framing::Chunked(decoder) => {
                let used = decoder.decode(&self.input[body_start..], &mut self.decoded)?;
                self.input.drain(body_start..body_start + used);
                (*decoder == Decoder::Done).then_some(body_start)
            }
        };
        let Some(end) = end else {
            let nothing_came = self.input.len() == body_start && self.decoded.is_empty();
            return Ok(
                if std::mem::take(&mut head.expects_continue) && nothing_came {
                    Progress::AwaitsContinue
                } else {
                    Progress::Incomplete
                },
            );
        };
        let whole_head = &self.input[self.start..body_start];
        let request = Request {
            method: head.method,
            target: str::from_utf8(&whole_head[head.target.clone()]).unwrap_or_default(),
            anthropic: head.anthropic,
            fault: head
                .fault
                .clone()
                .map(|place| str::from_utf8(&whole_head[place]).unwrap_or("?")),
            head: whole_head,
            body: match head.framing {
                Framing::Length(_) => &self.input[body_start..end],
                Framing::Chunked(_) => &self.decoded,
            },
            framing: ReplyFraming {
                close: head.close,
                chunked: !head.old,
                head_only: head.method == Method::Head,
            },
        };
        self.stage = Stage::Done(end);
        Ok(Progress::Complete(request))
    }
}

#[cfg(test)]
mod tests;
