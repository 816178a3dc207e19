//! One connection to a provider: a request written, a response's head and body read.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::request::Announced;
use super::response::{BadHead, Head, take_head};
use super::stream::Stream;
use crate::deadline::Deadline;
use crate::server::ClientBody;

/// How much is read at once, and the least room worth reading into.
const READ_BYTES: usize = 8 * 1024;
const LEAST_READ_BYTES: usize = 1024;

pub(super) struct Connection {
    stream: Stream,
    /// Bytes that came and were not taken yet.
    pub(super) received: BytesMut,
    /// Whether a byte of the answer to the latest request has come.
    heard: bool,
}

/// Who is waited for, and how long, while a request's body goes through: a client that takes its
/// time is no provider that does not answer.
pub(super) struct Pace<'a> {
    /// When the provider must have answered, or taken what it was sent.
    pub(super) deadline: &'a Deadline,
    pub(super) provider: Duration,
    /// How long nothing may come of the body.
    pub(super) client: Duration,
}

impl Pace<'_> {
    /// What the client sends next. Then the provider's time begins anew.
    async fn of_client<T>(&self, next: impl Future<Output = T>) -> Result<T, NoHead> {
        self.deadline.set(None);
        let patience = Deadline::after(Some(self.client));
        let next = patience.limit(next).await.ok_or(NoHead::SlowBody)?;
        self.deadline.set(Some(Instant::now() + self.provider));
        Ok(next)
    }
}

/// Why a request got no response's head.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoHead {
    #[error("the connection closed before its answer")]
    Closed,
    #[error(transparent)]
    Bad(#[from] BadHead),
    /// The client did not send the body that it announced.
    #[error("the request's body broke off")]
    NoBody,
    /// The client sent nothing more of it for too long.
    #[error("the request's body did not come in time")]
    SlowBody,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            received: BytesMut::new(),
            heard: false,
        }
    }

    /// Whether the provider has left the idle connection alone.
    pub(super) fn is_quiet(&self) -> bool {
        self.received.is_empty() && self.stream.is_quiet()
    }

    /// Whether any of the answer to the latest request has come: if so, the request was
    /// acted on and must not be sent again.
    pub(super) fn heard(&self) -> bool {
        self.heard
    }

    /// Sends a request and reads the head of its response.
    pub(super) async fn ask(&mut self, head: &[u8], body: &[u8]) -> Result<Head, NoHead> {
        self.heard = false;
        let sent = self.send(head, body).await;
        // A provider may refuse a request before it has read all of it, and close: what it
        // said is worth more than the error of having written on.
        match (sent, self.read_head().await) {
            (_, Ok(head)) => Ok(head),
            (Err(error), Err(_)) => Err(error.into()),
            (Ok(()), Err(error)) => Err(error),
        }
    }

    /// Sends a request whose body comes in as it is sent on, and reads the head of its response.
    pub(super) async fn ask_streaming(
        &mut self,
        head: &[u8],
        body: ClientBody,
        announced: Announced,
        pace: &Pace<'_>,
    ) -> Result<Head, NoHead> {
        self.heard = false;
        let sent = match self.send(head, b"").await {
            Ok(()) => {
                let chunked = announced == Announced::Chunked;
                self.send_body(body, chunked, pace).await
            }
            Err(error) => Err(error.into()),
        };
        match sent {
            // There is nothing to be answered, and nothing that the provider did wrong.
            Err(error @ (NoHead::NoBody | NoHead::SlowBody)) => Err(error),
            Err(error) => self.read_head().await.map_err(|_| error),
            Ok(()) => self.read_head().await,
        }
    }

    async fn send_body(
        &mut self,
        mut body: ClientBody,
        chunked: bool,
        pace: &Pace<'_>,
    ) -> Result<(), NoHead> {
        while let Some(frame) = pace.of_client(body.frame()).await? {
            let Ok(data) = frame.map_err(|_| NoHead::NoBody)?.into_data() else {
                continue;
            };
            if chunked && !data.is_empty() {
                let size = format!("{:x}\r\n", data.len());
                let piece = Buf::chain(size.as_bytes(), &data[..]);
                self.stream
                    .write_all_buf(&mut piece.chain(&b"\r\n"[..]))
                    .await?;
            } else {
                self.stream.write_all(&data).await?;
            }
        }
        if chunked {
            self.stream.write_all(b"0\r\n\r\n").await?;
        }
        Ok(self.stream.flush().await?)
    }

    async fn send(&mut self, head: &[u8], body: &[u8]) -> io::Result<()> {
        if body.is_empty() {
            self.stream.write_all(head).await?;
        } else {
            let mut both = Buf::chain(head, body);
            self.stream.write_all_buf(&mut both).await?;
        }
        self.stream.flush().await
    }

    async fn read_head(&mut self) -> Result<Head, NoHead> {
        loop {
            if let Some(head) = take_head(&mut self.received)? {
                return Ok(head);
            }
            self.make_room();
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(NoHead::Closed);
            }
            self.heard = true;
        }
    }

    /// Reads more of a body; 0 bytes mean that the provider has closed.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.make_room();
        pin!(self.stream.read_buf(&mut self.received)).poll(cx)
    }

    fn make_room(&mut self) {
        if self.received.capacity() - self.received.len() < LEAST_READ_BYTES {
            self.received.reserve(READ_BYTES);
        }
    }
}
