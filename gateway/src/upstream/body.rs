//! A response's body as it arrives.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::chunked::BadChunk;
use super::connection::Connection;
use super::framing::Framing;
use super::pool::Pool;

/// The body of an answer. Once it was read to its end, its connection goes back to the pool;
/// dropped before that, the connection closes, and the provider can stop.
pub(crate) struct UpstreamBody {
    connection: Option<Connection>,
    framing: Framing,
    reusable: bool,
    pool: Rc<Pool>,
    provider: usize,
}

/// Why a body did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the provider closed the connection before the body's end")]
    Truncated,
    #[error("the provider broke the body's chunked coding")]
    BadChunk,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl UpstreamBody {
    pub(super) fn new(
        connection: Connection,
        framing: Framing,
        reusable: bool,
        pool: Rc<Pool>,
        provider: usize,
    ) -> Self {
        let mut body = Self {
            connection: Some(connection),
            framing,
            reusable,
            pool,
            provider,
        };
        body.release_if_done();
        body
    }

    /// Whether nothing more will come.
    pub(crate) fn is_done(&self) -> bool {
        self.connection.is_none()
    }

    /// The next piece: everything that has arrived. `None` at the body's proper end.
    pub(crate) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            let Some(connection) = &mut self.connection else {
                return Poll::Ready(None);
            };
            match self.framing.take(&mut connection.received) {
                Ok(piece) => {
                    self.release_if_done();
                    if let Some(piece) = piece {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
                Err(BadChunk) => return self.fail(BodyError::BadChunk),
            }
            let Some(connection) = &mut self.connection else {
                return Poll::Ready(None);
            };
            match ready!(connection.poll_read(cx)) {
                Ok(0) if self.framing == Framing::UntilClose => {
                    self.connection = None;
                    return Poll::Ready(None);
                }
                Ok(0) => return self.fail(BodyError::Truncated),
                Ok(_) => {}
                Err(error) => return self.fail(error.into()),
            }
        }
    }

    fn fail(&mut self, error: BodyError) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.connection = None;
        Poll::Ready(Some(Err(error)))
    }

    fn release_if_done(&mut self) {
        if self.framing.is_done()
            && let Some(connection) = self.connection.take()
            && self.reusable
            && connection.received.is_empty()
        {
            self.pool.put(self.provider, connection);
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
