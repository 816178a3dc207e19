//! A client's request body as it arrives.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::io::Io;

/// The body of the request at hand. Trailers, which say nothing to a provider, are passed over.
pub(crate) struct ClientBody(pub(super) Rc<RefCell<Io>>);

impl Body for ClientBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = self.0.borrow_mut().poll_body(cx);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.borrow().body_is_done()
    }

    fn size_hint(&self) -> SizeHint {
        match self.0.borrow().body_left() {
            Some(bytes) => SizeHint::with_exact(bytes),
            None => SizeHint::default(),
        }
    }
}
