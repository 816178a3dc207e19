//! A response's body as it arrives.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::connection::Connection;
use super::permits::Permit;
use super::pool::Pool;
use crate::deadline::Deadline;
use crate::http::{BadChunk, Framing};

/// The body of an answer. Once it was read to its end, its connection goes back to the pool;
/// dropped before that, the connection closes, and the provider can stop.
pub(crate) struct UpstreamBody {
    /// `None` once the body has ended, well or not.
    lease: Option<Lease>,
    framing: Framing,
    deadline: Deadline,
    idle: Option<Duration>,
    total: Option<Instant>,
}

/// A connection in use, and where it belongs.
pub(super) struct Lease {
    pub(super) connection: Connection,
    #[allow(dead_code, reason = "it is given back when dropped")]
    pub(super) permit: Permit,
    pub(super) pool: Rc<Pool>,
    pub(super) provider: usize,
    pub(super) max_idle: usize,
    pub(super) reusable: bool,
}

/// Why a body did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the provider closed the connection before the body's end")]
    Truncated,
    #[error("the provider broke the body's chunked coding")]
    BadChunk,
    #[error("the provider fell silent")]
    TimedOut,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl UpstreamBody {
    /// A body whose first piece must come before `deadline`, which is then [`paced`] anew.
    ///
    /// [`paced`]: Self::pace
    pub(super) fn new(lease: Lease, framing: Framing, deadline: Deadline) -> Self {
        let mut body = Self {
            lease: Some(lease),
            framing,
            deadline,
            idle: None,
            total: None,
        };
        body.release_if_done();
        body
    }

    /// From now on no piece may take longer than `idle`, and all of them no longer than until
    /// `total`.
    pub(crate) fn pace(&mut self, idle: Option<Duration>, total: Option<Instant>) {
        (self.idle, self.total) = (idle, total);
        if self.lease.is_some() {
            self.push_back();
        }
    }

    fn push_back(&self) {
        match (self.idle, self.total) {
            (Some(idle), None) => self.deadline.push_back(idle),
            (Some(idle), Some(total)) => {
                self.deadline.push_back(idle);
                self.deadline.not_after(total);
            }
            (None, total) => self.deadline.set(total),
        }
    }

    /// Whether nothing more will come.
    pub(crate) fn is_done(&self) -> bool {
        self.lease.is_none()
    }

    /// The next piece: everything that has arrived. `None` at the body's proper end.
    pub(crate) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            let Some(lease) = &mut self.lease else {
                return Poll::Ready(None);
            };
            match self.framing.take(&mut lease.connection.received) {
                Ok(piece) => {
                    self.release_if_done();
                    if let Some(piece) = piece {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
                Err(BadChunk) => return self.fail(BodyError::BadChunk),
            }
            let Some(lease) = &mut self.lease else {
                return Poll::Ready(None);
            };
            match lease.connection.poll_read(cx) {
                Poll::Ready(Ok(0)) if self.framing == Framing::UntilClose => {
                    self.lease = None;
                    return Poll::Ready(None);
                }
                Poll::Ready(Ok(0)) => return self.fail(BodyError::Truncated),
                Poll::Ready(Ok(_)) => {
                    if self.idle.is_some() {
                        self.push_back();
                    }
                }
                Poll::Ready(Err(error)) => return self.fail(error.into()),
                Poll::Pending if self.deadline.poll_passed(cx).is_ready() => {
                    return self.fail(BodyError::TimedOut);
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn fail(&mut self, error: BodyError) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.lease = None;
        Poll::Ready(Some(Err(error)))
    }

    fn release_if_done(&mut self) {
        if self.framing.is_done()
            && let Some(lease) = self.lease.take()
            && lease.reusable
            && lease.connection.received.is_empty()
        {
            lease
                .pool
                .put(lease.provider, lease.connection, lease.max_idle);
        }
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.get_mut()
            .poll_piece(cx)
            .map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.is_done()
    }

    fn size_hint(&self) -> SizeHint {
        match self.framing.remaining() {
            Some(bytes) => SizeHint::with_exact(bytes),
            None => SizeHint::default(),
        }
    }
}
