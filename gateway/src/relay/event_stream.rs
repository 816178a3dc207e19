//! A provider's stream of events on its way to the client, watched so that it never ends
//! cleanly without its terminal event.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame};

use super::follow::Follow;
use crate::dialect::{Dialect, Fault};
use crate::upstream::{BodyError, UpstreamBody};

pub(crate) struct EventStream {
    upstream: UpstreamBody,
    provider: String,
    /// The first events, which were waited for.
    first: Option<Bytes>,
    /// `None` once the client has been told everything.
    follow: Option<Follow>,
}

impl EventStream {
    /// Waits for the first whole event. A provider that ends or breaks before it gave none.
    pub(super) async fn begin(
        upstream: UpstreamBody,
        dialect: Dialect,
        provider: &str,
    ) -> Result<Self, Fault> {
        let mut stream = Self {
            upstream,
            provider: provider.to_owned(),
            first: None,
            follow: Some(Follow::new(dialect)),
        };
        match poll_fn(|cx| stream.poll_events(cx)).await {
            Next::Events(events) => {
                stream.first = Some(events);
                Ok(stream)
            }
            Next::End(_) => Err(Fault::BadAnswer {
                provider: stream.provider,
                what: "the stream ended before its first event",
            }),
        }
    }

    fn poll_events(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        loop {
            let Some(follow) = &mut self.follow else {
                return Poll::Ready(Next::End(None));
            };
            let outcome = ready!(self.upstream.poll_piece(cx));
            if let Some(Ok(piece)) = outcome {
                if let Some(events) = follow.push(piece) {
                    return Poll::Ready(Next::Events(events));
                }
                continue;
            }
            let clean = outcome.is_none();
            let last = self
                .follow
                .take()
                .and_then(|follow| follow.finish(clean, &self.provider));
            return Poll::Ready(Next::End(last));
        }
    }
}

enum Next {
    Events(Bytes),
    /// The provider's stream is over; perhaps there is something to be said about it.
    End(Option<Bytes>),
}

impl Body for EventStream {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let stream = self.get_mut();
        if let Some(first) = stream.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let (Next::Events(bytes) | Next::End(Some(bytes))) = ready!(stream.poll_events(cx)) else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        // Known together with the last events, so that both leave in one write.
        let complete = |follow: &Follow| self.upstream.is_done() && follow.is_complete();
        self.first.is_none() && self.follow.as_ref().is_none_or(complete)
    }
}
