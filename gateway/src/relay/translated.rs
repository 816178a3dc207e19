//! Requests to providers of another dialect, and their answers.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};

use super::Relayed;
use super::attempt::Answered;
use super::begin::{broken, is_error, is_event_stream, is_readable};
use super::event_stream::{EventStream, Following, Manner};
use crate::config::ProviderDialect;
use crate::dialect::Fault;
use crate::http::{Headers, Response};
use crate::server::Kind;
use crate::trail::StreamNotes;
use crate::translate::{self, Moment, Notes, Plan, Stream};
use crate::upstream::{Answer, BodyError, Target, UpstreamBody};
use crate::usage::{Tokens, Told};

/// An answer larger than this is no answer of any model.
const LARGEST_ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// An error larger than this is not read.
const LARGEST_ERROR_BYTES: usize = 64 * 1024;
/// The client's parameters that did not reach the provider, by name.
const DROPPED: &str = "x-tollgate-dropped";
/// Those that reached it with another value.
pub(super) const CHANGED: &str = "x-tollgate-changed";

/// The request for a provider that speaks `dialect`.
pub(super) fn request(
    relayed: &Relayed<'_>,
    dialect: ProviderDialect,
    model: &str,
) -> Result<translate::Translated, Fault> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let moment = Moment {
        unix_seconds: now.unwrap_or_default().as_secs(),
        unique: fastrand::u64(..),
    };
    let client = relayed.endpoint.dialect();
    translate::request(client, dialect, model, relayed.body, moment)
}

/// What is known when a provider begins to answer.
pub(super) struct Beginning<'b> {
    pub(super) target: &'b Target,
    pub(super) plan: &'b Arc<Plan>,
    pub(super) manner: &'b Manner,
    pub(super) asked_stream: bool,
}

impl Beginning<'_> {
    /// As [`begin`](super::begin::begin), in the client's dialect.
    pub(super) async fn begin(&self, mut answer: Answer, total: Option<Instant>) -> Answered {
        if answer.status.as_u16() == 401 && self.target.has_key() {
            return Err(Fault::KeyRefused {
                provider: self.target.name.clone(),
            });
        }
        let now = SystemTime::now();
        let headers = translate::headers::translate(&answer.headers, self.plan.client, now);
        if !is_readable(&answer.headers) {
            return Err(self.bad("it is encoded"));
        }
        let streams = is_event_stream(&answer.headers, self.asked_stream);
        if answer.status.is_success() && streams != self.asked_stream {
            return Err(self.bad(if streams {
                "it is a stream"
            } else {
                "it is no stream"
            }));
        }
        if answer.status.is_success() && streams {
            return self.stream(answer.body, headers).await;
        }
        answer.body.pace(self.target.timeouts.idle, total);
        if answer.status.is_success() {
            return self.whole(answer.body, headers).await;
        }
        if !is_error(answer.status) {
            return Err(self.bad("its status is none of a model's"));
        }
        // What cannot be read is told without it.
        let body = read(answer.body, LARGEST_ERROR_BYTES).await;
        let problem = self
            .plan
            .problem(answer.status, &body.unwrap_or_default().unwrap_or_default());
        let fault = Fault::Provider(problem);
        // The provider's own id for it goes along with its error.
        let theirs = headers.get("request-id");
        let request_id = theirs.or(self.plan.request_id.as_deref());
        let body = self.plan.client.error_body(&fault, request_id);
        let mut response = self.response(Kind::Whole(body.into()), headers, &self.plan.notes);
        response.status = fault.status_for(self.plan.client);
        Ok((response, None))
    }

    async fn whole(&self, body: UpstreamBody, headers: Headers) -> Answered {
        let body = read(body, LARGEST_ANSWER_BYTES)
            .await
            .map_err(|error| broken(&error, self.target))?
            .ok_or_else(|| self.bad("it is too large"))?;
        let told = self
            .plan
            .answer(&body)
            .map_err(|failure| failure.into_fault(&self.target.name))?;
        let tokens = told.usage.is_known().then(|| tokens(told.usage));
        let response = self.response(Kind::Whole(told.body.into()), headers, &told.notes);
        Ok((response, tokens))
    }

    async fn stream(&self, body: UpstreamBody, headers: Headers) -> Answered {
        let translated = Translated::new(self.plan.clone(), &self.target.name);
        let follow = Following::Translated(Box::new(translated));
        let stream = EventStream::following(follow, body, self.manner.clone(), self.target).await?;
        let kind = Kind::Events(Box::new(stream));
        let mut response = self.response(kind, headers, &self.plan.notes);
        let kind = "text/event-stream; charset=utf-8";
        response.headers.set("content-type", kind);
        Ok((response, None))
    }

    fn response(&self, body: Kind, mut headers: Headers, notes: &Notes) -> Response<Kind> {
        headers.set("content-type", "application/json");
        for (name, list) in [(DROPPED, notes.dropped()), (CHANGED, notes.changed())] {
            if let Some(list) = list {
                headers.set_text(name, &list);
            }
        }
        Response {
            headers,
            ..Response::new(body)
        }
    }

    fn bad(&self, what: &'static str) -> Fault {
        Fault::BadAnswer {
            provider: self.target.name.clone(),
            what,
        }
    }
}

/// Reads `body` to its end; `None` if it is larger than `limit_bytes`.
async fn read(mut body: UpstreamBody, limit_bytes: usize) -> Result<Option<Bytes>, BodyError> {
    let mut next = async || {
        std::future::poll_fn(|cx| body.poll_piece(cx))
            .await
            .transpose()
    };
    // An answer mostly comes in one piece, which then is not copied.
    let first = next().await?.unwrap_or_default();
    let Some(second) = next().await? else {
        return Ok(Some(first));
    };
    let mut held = BytesMut::from(first);
    held.extend_from_slice(&second);
    while let Some(piece) = next().await? {
        if held.len() + piece.len() > limit_bytes {
            return Ok(None);
        }
        held.extend_from_slice(&piece);
    }
    Ok(Some(held.freeze()))
}

fn tokens(usage: translate::Usage) -> Tokens {
    Tokens {
        input: usage.prompt(),
        output: usage.output.unwrap_or(0),
        cached: usage.cache_read.unwrap_or(0),
        reasoning: usage.reasoning.unwrap_or(0),
    }
}

/// A stream under translation, and what is noted of it.
pub(super) struct Translated {
    stream: Stream,
    notes: StreamNotes,
}

impl Translated {
    fn new(plan: Arc<Plan>, provider: &str) -> Self {
        Self {
            stream: Stream::new(plan, provider),
            notes: StreamNotes::default(),
        }
    }

    pub(super) fn push(&mut self, piece: &[u8]) -> Option<Bytes> {
        let told = self.stream.push(piece);
        self.note();
        told
    }

    pub(super) fn finish(&mut self, clean: bool, fault: &Fault) -> Option<Bytes> {
        let told = self.stream.finish(clean, fault);
        self.note();
        told
    }

    pub(super) fn notes(&self) -> &StreamNotes {
        &self.notes
    }

    pub(super) fn is_complete(&self) -> bool {
        self.stream.ended()
    }

    /// Whether the client was told of a failure.
    pub(super) fn has_failed(&self) -> bool {
        self.stream.failed()
    }

    /// Why the stream failed, if that was the first that the client would have been told.
    pub(super) fn first_fault(&mut self) -> Option<Fault> {
        self.stream.take_first_fault()
    }

    fn note(&mut self) {
        self.notes.generated = self.stream.generated();
        self.notes.failed = self.stream.provider_failed();
        self.notes.broken = self.stream.failed();
        let usage = self.stream.usage();
        if usage.is_known() {
            self.notes.told = Told::of(tokens(usage));
        }
    }
}
