//! A client's socket and what has come from it.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use super::head::{Head, Refusal, take_head};
use crate::deadline::Deadline;
use crate::http::Framing;

/// How much is read at once, and the least room worth reading into.
const READ_BYTES: usize = 8 * 1024;
const LEAST_READ_BYTES: usize = 1024;
/// How long a client may take nothing of its answer. Clients that read at all read sooner.
const LONGEST_STALL: Duration = Duration::from_secs(60);
/// So much may come of later requests while one is answered; more waits in the kernel.
const MOST_AHEAD_BYTES: usize = 64 * 1024;

pub(super) struct Io {
    tcp: OwnedReadHalf,
    /// Bytes that came and were not taken yet.
    input: BytesMut,
    /// What is still to come of the body of the request at hand.
    framing: Framing,
    /// The client waits for leave to send that body.
    waits: bool,
}

/// How reading a head ended.
pub(super) enum Begun {
    Request(Head),
    Refused(Refusal),
    /// The client has closed, or is gone.
    Over,
}

impl Io {
    pub(super) fn new(tcp: OwnedReadHalf) -> Self {
        Self {
            tcp,
            input: BytesMut::new(),
            framing: Framing::Length(0),
            waits: false,
        }
    }

    /// The next request's head; its body's framing is kept here.
    pub(super) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Begun> {
        loop {
            match take_head(&mut self.input) {
                Err(refusal) => return Poll::Ready(Begun::Refused(refusal)),
                Ok(Some(mut head)) => {
                    self.framing = std::mem::replace(&mut head.framing, Framing::Length(0));
                    self.waits = head.waits;
                    return Poll::Ready(Begun::Request(head));
                }
                Ok(None) => {}
            }
            match ready!(self.poll_read(cx)) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return Poll::Ready(Begun::Over),
            }
        }
    }

    /// The next piece of the body; none at its end.
    pub(super) fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match self.framing.take(&mut self.input) {
                Ok(Some(piece)) => return Poll::Ready(Some(Ok(piece))),
                Ok(None) if self.framing.is_done() => return Poll::Ready(None),
                Ok(None) => {}
                Err(error) => {
                    let error = io::Error::new(io::ErrorKind::InvalidData, error);
                    return Poll::Ready(Some(Err(error)));
                }
            }
            if self.waits {
                self.waits = false;
                // So few bytes fit into a socket that has been idle; one that cannot take them
                // is about to fail in reading too.
                let _ = self
                    .tcp
                    .as_ref()
                    .try_write(b"HTTP/1.1 100 Continue\r\n\r\n");
            }
            match ready!(self.poll_read(cx)) {
                Ok(1..) => {}
                Ok(0) => {
                    let error = io::Error::from(io::ErrorKind::UnexpectedEof);
                    return Poll::Ready(Some(Err(error)));
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    /// How much of the body is still to come, where that is known.
    pub(super) fn body_left(&self) -> Option<u64> {
        self.framing.remaining()
    }

    /// Throws away what has come of a body that nobody wants; whether that was all of it.
    pub(super) fn skip_body(&mut self) -> bool {
        while !self.framing.is_done() {
            match self.framing.take(&mut self.input) {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return self.framing.is_done(),
            }
        }
        true
    }

    /// Whether the whole body has been taken.
    pub(super) fn body_is_done(&self) -> bool {
        self.framing.is_done()
    }

    /// Whether the client has gone away since its request, as far as can be known. What comes
    /// meanwhile of its next ones is kept.
    pub(super) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.body_is_done() {
            // Whoever reads the body will find out.
            return Poll::Pending;
        }
        loop {
            if self.input.len() >= MOST_AHEAD_BYTES {
                return Poll::Pending;
            }
            match ready!(self.poll_read(cx)) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return Poll::Ready(()),
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.capacity() - self.input.len() < LEAST_READ_BYTES {
            self.input.reserve(READ_BYTES);
        }
        // Knows, unlike `try_read`, that a read which did not fill its buffer left nothing, and
        // so spares the system call that would find nothing.
        pin!(self.tcp.read_buf(&mut self.input)).poll(cx)
    }

    /// Throws away what comes until the client closes.
    pub(super) fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            self.input.clear();
            match ready!(self.poll_read(cx)) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return Poll::Ready(()),
            }
        }
    }
}

/// Writes all of `bytes`; a client that takes none of them for [`LONGEST_STALL`] is given up.
pub(super) async fn write_all(tcp: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    loop {
        match tcp.try_write(bytes) {
            Ok(written) => {
                bytes = bytes.get(written..).unwrap_or_default();
                if bytes.is_empty() {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let ready = tcp.ready(Interest::WRITABLE);
                let stall = Deadline::after(Some(LONGEST_STALL));
                stall.limit(ready).await.ok_or(io::ErrorKind::TimedOut)??;
            }
            Err(error) => return Err(error),
        }
    }
}
