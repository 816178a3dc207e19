//! A provider's stream of events on its way to the client, watched so that it never ends
//! cleanly without its terminal event.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Frame};

use super::comments::Comments;
use super::follow::Follow;
use super::silence::Silence;
use super::translated::Translated;
use crate::dialect::{Dialect, Fault};
use crate::trail::StreamNotes;
use crate::upstream::{BodyError, Target, UpstreamBody};

pub(crate) struct EventStream {
    upstream: UpstreamBody,
    provider: String,
    /// The first events, which were waited for.
    first: Option<Bytes>,
    follow: Following,
    /// Whether the client has been told everything.
    over: bool,
    /// Whether that is because the provider fell silent.
    timed_out: bool,
    /// `None` where silence is left alone.
    silence: Option<Silence>,
    request_id: Option<Bytes>,
}

/// How a stream is to be passed on.
#[derive(Clone)]
pub(super) struct Manner {
    pub(super) dialect: Dialect,
    /// Whether usage was asked for that the client did not ask for.
    pub(super) strips_usage: bool,
    /// After how much silence the client is told that its stream still lives.
    pub(super) keepalive: Option<std::time::Duration>,
    /// The request's id, where the dialect's errors have a place for it.
    pub(super) request_id: Option<Bytes>,
}

impl EventStream {
    /// Waits for the first whole event. A provider that ends or breaks before it gave none.
    pub(super) async fn begin(
        upstream: UpstreamBody,
        manner: Manner,
        target: &Target,
    ) -> Result<Self, Fault> {
        let follow = Follow::new(manner.dialect, manner.strips_usage);
        Self::following(Following::Same(follow), upstream, manner, target).await
    }

    /// The same, by way of `follow`.
    pub(super) async fn following(
        follow: Following,
        upstream: UpstreamBody,
        manner: Manner,
        target: &Target,
    ) -> Result<Self, Fault> {
        let mut stream = Self {
            upstream,
            provider: target.name.clone(),
            first: None,
            follow,
            over: false,
            timed_out: false,
            silence: None,
            request_id: manner.request_id,
        };
        let mut comments = Comments::held_for(manner.keepalive);
        while stream.first.is_none() {
            match poll_fn(|cx| stream.poll_events(cx)).await {
                Next::Events(events) => {
                    // An error that comes first is a plain answer yet.
                    if let Some(fault) = stream.follow.first_fault() {
                        return Err(fault);
                    }
                    stream.first = comments.before(events, Instant::now);
                }
                Next::End(_) if stream.timed_out => {
                    return Err(Fault::Timeout {
                        provider: stream.provider,
                        after: target.timeouts.first_byte,
                    });
                }
                Next::End(_) => {
                    return Err(Fault::BadAnswer {
                        provider: stream.provider,
                        what: "the stream ended before its first event",
                    });
                }
            }
        }
        stream.upstream.pace(target.timeouts.idle, None);
        stream.silence = manner
            .keepalive
            .map(|after| Silence::new(manner.dialect, after));
        Ok(stream)
    }

    /// What has been noted of the stream.
    pub(crate) fn notes(&self) -> &StreamNotes {
        self.follow.notes()
    }

    fn poll_events(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        loop {
            if self.over {
                return Poll::Ready(Next::End(None));
            }
            let outcome = if self.follow.is_torn() {
                Some(Err(BodyError::Truncated))
            } else {
                ready!(self.upstream.poll_piece(cx))
            };
            if let Some(Ok(piece)) = outcome {
                let events = self.follow.push(piece);
                // Told of a failure, the client is owed nothing more.
                self.over = self.follow.is_broken();
                if let Some(events) = events {
                    return Poll::Ready(Next::Events(events));
                }
                continue;
            }
            self.over = true;
            self.timed_out = matches!(outcome, Some(Err(BodyError::TimedOut)));
            let provider = || self.provider.clone();
            let fault = if self.timed_out {
                Fault::FellSilent {
                    provider: provider(),
                }
            } else {
                Fault::StreamBroken {
                    provider: provider(),
                }
            };
            let last = {
                let request_id = self.request_id.as_deref();
                self.follow.finish(outcome.is_none(), &fault, request_id)
            };
            return Poll::Ready(Next::End(last));
        }
    }
}

/// How a stream's bytes become the client's.
pub(super) enum Following {
    /// They are.
    Same(Follow),
    Translated(Box<Translated>),
}

impl Following {
    fn push(&mut self, piece: Bytes) -> Option<Bytes> {
        match self {
            Self::Same(follow) => follow.push(piece),
            Self::Translated(translated) => translated.push(&piece),
        }
    }

    fn finish(&mut self, clean: bool, fault: &Fault, request_id: Option<&[u8]>) -> Option<Bytes> {
        match self {
            Self::Same(follow) => follow.finish(clean, fault, request_id),
            Self::Translated(translated) => translated.finish(clean, fault),
        }
    }

    fn notes(&self) -> &StreamNotes {
        match self {
            Self::Same(follow) => follow.notes(),
            Self::Translated(translated) => translated.notes(),
        }
    }

    fn is_complete(&self) -> bool {
        match self {
            Self::Same(follow) => follow.is_complete(),
            Self::Translated(translated) => translated.is_complete(),
        }
    }

    /// Whether the stream holds an event that nobody can read; translated, it has been told.
    fn is_torn(&self) -> bool {
        matches!(self, Self::Same(follow) if follow.is_torn())
    }

    /// Whether the stream was ended because the provider failed within it.
    fn is_broken(&self) -> bool {
        matches!(self, Self::Translated(translated) if translated.has_failed())
    }

    fn first_fault(&mut self) -> Option<Fault> {
        match self {
            Self::Same(_) => None,
            Self::Translated(translated) => translated.first_fault(),
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
        match stream.poll_events(cx) {
            Poll::Ready(Next::Events(bytes) | Next::End(Some(bytes))) => {
                if let Some(silence) = &mut stream.silence {
                    silence.broken();
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Poll::Ready(Next::End(None)) => Poll::Ready(None),
            Poll::Pending => {
                let Some(silence) = &mut stream.silence else {
                    return Poll::Pending;
                };
                let sign = ready!(Pin::new(silence).poll(cx));
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(sign)))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        // Known together with the last events, so that both leave in one write.
        self.first.is_none()
            && (self.over || (self.upstream.is_done() && self.follow.is_complete()))
    }
}
