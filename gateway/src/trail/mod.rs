//! One request's trail: what is noted of it on its way, from its head to its answer's last
//! byte, and told once when it ends, however it ends: as counts and as a line in the log.
//!
//! A [`Trail`] travels with the request and then with the answer's body. What ends a request
//! drops it, also when the client just goes away; so nothing can be forgotten or told twice.

mod first_piece;
mod recorder;
mod request_id;
mod stream_notes;

use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::StatusCode;

pub(crate) use recorder::Recorder;
pub(crate) use request_id::REQUEST_ID;
pub(crate) use stream_notes::StreamNotes;

use crate::metrics::{Label, Outcome, UpstreamError};
use crate::usage::Tokens;

/// A request under way. Dropped, it is told.
pub(crate) struct Trail {
    recorder: Rc<Recorder>,
    /// Taken by the drop alone.
    notes: Option<Box<Notes>>,
}

/// Everything that is noted of a request. Kept and used again for the next, so that its texts
/// need no memory of their own.
pub(crate) struct Notes {
    pub(crate) begun: Instant,
    pub(crate) dialect: &'static str,
    pub(crate) path: String,
    pub(crate) id: Bytes,
    pub(crate) provider_id: Option<Bytes>,
    pub(crate) traceparent: Option<Bytes>,
    pub(crate) key: String,
    /// The model as the client asked for it.
    pub(crate) model: String,
    pub(crate) provider: String,
    pub(crate) upstream_model: String,
    pub(crate) stream: bool,
    pub(crate) status: u16,
    pub(crate) outcome: Outcome,
    /// Whether all of the answer was handed over.
    pub(crate) complete: bool,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) ttft: Option<Duration>,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) retries: u32,
    pub(crate) fallbacks: u32,
    key_label: Label,
    model_label: Label,
    provider_label: Label,
}

impl Notes {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            dialect: "other",
            path: String::new(),
            id: Bytes::new(),
            provider_id: None,
            traceparent: None,
            key: String::new(),
            model: String::new(),
            provider: String::new(),
            upstream_model: String::new(),
            stream: false,
            status: 0,
            outcome: Outcome::Cancelled,
            complete: false,
            bytes_in: 0,
            bytes_out: 0,
            ttft: None,
            tokens: None,
            retries: 0,
            fallbacks: 0,
            key_label: Label::NONE,
            model_label: Label::NONE,
            provider_label: Label::NONE,
        }
    }

    /// Lets go of what is a part of a larger piece of memory.
    fn let_go(&mut self) {
        self.id = Bytes::new();
        (self.provider_id, self.traceparent) = (None, None);
    }

    /// As new, but with the texts' memory.
    fn begin_again(&mut self) {
        for text in [
            &mut self.path,
            &mut self.key,
            &mut self.model,
            &mut self.provider,
            &mut self.upstream_model,
        ] {
            text.clear();
        }
        self.begun = Instant::now();
        (self.stream, self.complete) = (false, false);
        (self.status, self.outcome) = (0, Outcome::Cancelled);
        (self.bytes_in, self.bytes_out) = (0, 0);
        (self.ttft, self.tokens) = (None, None);
        (self.retries, self.fallbacks) = (0, 0);
        (self.key_label, self.model_label) = (Label::NONE, Label::NONE);
        self.provider_label = Label::NONE;
    }
}

impl Trail {
    fn with(&mut self, note: impl FnOnce(&mut Notes, &Rc<Recorder>)) {
        if let Some(notes) = &mut self.notes {
            note(notes, &self.recorder);
        }
    }

    /// Notes whose key the client showed, by the key's name in the configuration.
    pub(crate) fn key(&mut self, name: &str) {
        self.with(|notes, recorder| {
            notes.key.clear();
            notes.key.push_str(name);
            notes.key_label = recorder.label(name);
        });
    }

    /// Notes what the client asks for: a model; a stream or not; in so many bytes.
    pub(crate) fn asked(&mut self, model: &str, stream: bool, bytes: usize) {
        self.with(|notes, _| {
            // A client may write what it likes there, so it is cut for the log, and no label.
            let end = model.floor_char_boundary(LONGEST_TEXT_BYTES);
            notes.model.clear();
            notes.model.push_str(&model[..end]);
            notes.model_label = Label::OTHER;
            notes.stream = stream;
            notes.bytes_in = bytes as u64;
        });
    }

    /// Notes that the configuration lists the model, under `name`.
    pub(crate) fn listed(&mut self, name: &str) {
        self.with(|notes, recorder| notes.model_label = recorder.label(name));
    }

    /// Notes which provider is tried now, and what it calls the model.
    pub(crate) fn trying(&mut self, provider: &str, upstream_model: &str) {
        self.with(|notes, recorder| {
            notes.provider.clear();
            notes.provider.push_str(provider);
            notes.provider_label = recorder.label(provider);
            let end = upstream_model.floor_char_boundary(LONGEST_TEXT_BYTES);
            notes.upstream_model.clear();
            notes.upstream_model.push_str(&upstream_model[..end]);
        });
    }

    /// Notes that an attempt failed at the provider tried last.
    pub(crate) fn upstream_error(&mut self, error: UpstreamError) {
        self.with(|notes, recorder| {
            recorder
                .metrics
                .borrow_mut()
                .upstream_error(notes.provider_label, error);
        });
    }

    /// Notes that the provider tried last is tried again.
    pub(crate) fn retried(&mut self) {
        self.with(|notes, recorder| {
            notes.retries += 1;
            recorder.metrics.borrow_mut().retried(notes.provider_label);
        });
    }

    /// Notes that the provider tried last is given up for another.
    pub(crate) fn fell_back(&mut self) {
        self.with(|notes, recorder| {
            notes.fallbacks += 1;
            recorder
                .metrics
                .borrow_mut()
                .fell_back(notes.provider_label);
        });
    }

    /// Notes that the provider tried last is left alone from now on.
    pub(crate) fn breaker_opened(&mut self) {
        self.with(|notes, recorder| {
            let mut metrics = recorder.metrics.borrow_mut();
            metrics.breaker_opened(notes.provider_label);
        });
    }

    /// Notes the answer's status and how the request will have ended once the answer is handed
    /// over.
    pub(crate) fn answered(&mut self, status: StatusCode, outcome: Outcome) {
        self.with(|notes, _| {
            notes.status = status.as_u16();
            notes.outcome = outcome;
        });
    }

    /// Notes the id that the provider gave the request.
    pub(crate) fn provider_id(&mut self, id: Bytes) {
        self.with(|notes, _| notes.provider_id = Some(id));
    }

    /// When it began.
    pub(crate) fn begun(&self) -> Instant {
        // The notes are there until the drop.
        self.notes
            .as_ref()
            .map_or_else(Instant::now, |notes| notes.begun)
    }

    /// The request's id, for the provider and for the answer.
    pub(crate) fn id(&self) -> Option<&Bytes> {
        Some(&self.notes.as_ref()?.id)
    }

    /// Notes what an answer says it used.
    pub(crate) fn used(&mut self, tokens: Option<Tokens>) {
        self.with(|notes, _| notes.tokens = tokens.or(notes.tokens));
    }

    /// Notes bytes handed to the client.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.with(|notes, _| notes.bytes_out += bytes as u64);
    }

    /// Notes what was seen of a stream so far.
    pub(crate) fn streamed(&mut self, stream: &StreamNotes) {
        self.with(|notes, recorder| {
            if stream.generated && notes.ttft.is_none() {
                notes.ttft = Some(notes.begun.elapsed());
            }
            notes.tokens = stream.told.tokens().or(notes.tokens);
            if notes.outcome != Outcome::Ok {
                return;
            }
            let error = if stream.failed {
                notes.outcome = Outcome::StreamError;
                UpstreamError::StreamError
            } else if stream.broken {
                notes.outcome = Outcome::Broken;
                UpstreamError::Broken
            } else {
                return;
            };
            let mut metrics = recorder.metrics.borrow_mut();
            metrics.upstream_error(notes.provider_label, error);
        });
    }

    /// Notes that the answer broke off.
    pub(crate) fn broke(&mut self) {
        self.with(|notes, recorder| {
            notes.outcome = Outcome::Broken;
            notes.complete = true;
            let mut metrics = recorder.metrics.borrow_mut();
            metrics.upstream_error(notes.provider_label, UpstreamError::Broken);
        });
    }

    /// Notes that all of the answer was handed over.
    pub(crate) fn complete(&mut self) {
        self.with(|notes, _| notes.complete = true);
    }
}

/// A text of the client's is cut to this length for the log.
const LONGEST_TEXT_BYTES: usize = 128;

impl Drop for Trail {
    fn drop(&mut self) {
        if let Some(notes) = self.notes.take() {
            self.recorder.tell(notes);
        }
    }
}

#[cfg(test)]
#[path = "trail_tests.rs"]
mod tests;
