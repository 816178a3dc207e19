//! The bodies of the gateway's answers.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Frame, SizeHint};

use crate::relay::EventStream;
use crate::upstream::UpstreamBody;

/// A body, by where it comes from.
pub(crate) enum Body {
    /// All there already.
    Whole(Full<Bytes>),
    /// A provider's, passed on as it comes.
    Upstream {
        /// What has come already.
        first: Option<Bytes>,
        rest: UpstreamBody,
    },
    /// A provider's stream of events.
    Events(Box<EventStream>),
    /// From the routes that are axum's.
    Routed(axum::body::Body),
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Self::Upstream { first, rest } => match first.take() {
                Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
                None => Pin::new(rest).poll_frame(cx).map_err(Into::into),
            },
            Self::Events(body) => Pin::new(body.as_mut()).poll_frame(cx).map_err(Into::into),
            Self::Routed(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Upstream { first, rest } => first.is_none() && rest.is_end_stream(),
            Self::Events(body) => body.is_end_stream(),
            Self::Routed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Upstream { first: None, rest } => rest.size_hint(),
            // Not worth adding up: a length that is known stands in the headers.
            Self::Upstream { .. } => SizeHint::default(),
            Self::Events(body) => body.size_hint(),
            Self::Routed(body) => body.size_hint(),
        }
    }
}
