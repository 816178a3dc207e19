//! The bodies of the gateway's answers.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Frame, SizeHint};

use crate::admission::Ticket;
use crate::relay::EventStream;
use crate::trail::Trail;
use crate::upstream::UpstreamBody;
use crate::usage::Tail;

/// A body, and the trail of its request, which ends with it.
pub(crate) struct Body {
    kind: Kind,
    trail: Trail,
    #[allow(
        dead_code,
        reason = "the request's place is given back when it is dropped"
    )]
    ticket: Option<Ticket>,
}

/// A body's bytes, by where they come from.
pub(crate) enum Kind {
    /// All there already.
    Whole(Full<Bytes>),
    /// A provider's, passed on as it comes.
    Upstream {
        /// What has come already.
        first: Option<Bytes>,
        rest: UpstreamBody,
        /// Where its usage is looked for.
        tail: Option<Box<Tail>>,
    },
    /// A provider's stream of events.
    Events(Box<EventStream>),
    /// From the routes that are axum's.
    Routed(axum::body::Body),
}

type BodyResult = Result<Frame<Bytes>, Box<dyn Error + Send + Sync>>;

impl Body {
    pub(super) fn new(kind: Kind, mut trail: Trail, ticket: Option<Ticket>) -> Self {
        if kind.is_end_stream() {
            // It is never asked for anything.
            trail.complete();
        }
        Self {
            kind,
            trail,
            ticket,
        }
    }

    /// Takes note of what is about to be handed over.
    fn note(&mut self, frame: &Option<BodyResult>) {
        match frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.trail.sent(data.len());
                    if let Kind::Upstream {
                        tail: Some(tail), ..
                    } = &mut self.kind
                    {
                        tail.see(data);
                    }
                }
            }
            Some(Err(_)) => return self.trail.broke(),
            None => {}
        }
        if let Kind::Events(events) = &self.kind {
            self.trail.streamed(events.notes());
        }
        if frame.is_none() || self.kind.is_end_stream() {
            if let Kind::Upstream {
                tail: Some(tail), ..
            } = &self.kind
            {
                self.trail.used(tail.tokens());
            }
            self.trail.complete();
        }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let body = self.get_mut();
        let frame = ready!(body.kind.poll_frame(cx));
        body.note(&frame);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.kind.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole(body) => body.size_hint(),
            Kind::Upstream { first, rest, .. } => {
                let held = first.as_ref().map_or(0, |first| first.len() as u64);
                match rest.size_hint().exact() {
                    Some(left) => SizeHint::with_exact(held + left),
                    None => SizeHint::default(),
                }
            }
            Kind::Events(body) => body.size_hint(),
            Kind::Routed(body) => body.size_hint(),
        }
    }
}

impl Kind {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<BodyResult>> {
        match self {
            Self::Whole(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Self::Upstream { first, rest, .. } => match first.take() {
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
            Self::Upstream { first, rest, .. } => first.is_none() && rest.is_end_stream(),
            Self::Events(body) => body.is_end_stream(),
            Self::Routed(body) => body.is_end_stream(),
        }
    }
}
