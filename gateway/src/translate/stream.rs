//! A stream on its way from one dialect into another. No I/O.

use std::sync::Arc;

use bytes::Bytes;

use super::answer_failure::AnswerFailure;
use super::frames::Frames;
use super::plan::Plan;
use super::sink::{Sink, Teller};
use super::usage::Usage;
use crate::config::ProviderDialect;
use crate::dialect::{Fault, chat, gemini, messages, responses};

/// An event larger than this is no event of any provider's.
const LARGEST_EVENT_BYTES: usize = 32 * 1024 * 1024;

/// What is said at once and is larger than this is given away with its memory, so that no stream
/// keeps much.
const LARGEST_COPIED_BYTES: usize = 16 * 1024;

/// Follows one stream: bytes of the provider's in, bytes for the client out.
pub(crate) struct Stream {
    plan: Arc<Plan>,
    /// The provider's name, for errors.
    provider: String,
    frames: Frames,
    decoder: Decoder,
    teller: Teller,
    /// Where what the client is told is written; memory that is used again.
    out: Vec<u8>,
    /// The client was told something.
    told: bool,
    /// A failure that came before the client was told anything.
    first_fault: Option<Fault>,
    /// The failure was an error of the provider's own.
    provider_failed: bool,
}

enum Decoder {
    Chat(chat::stream_in::Decoder),
    Responses(responses::stream_in::Decoder),
    Messages(messages::stream_in::Decoder),
    Gemini(gemini::stream_in::Decoder),
}

impl Decoder {
    fn event(&mut self, data: &[u8], sink: &mut Sink<'_>) -> Result<(), AnswerFailure> {
        match self {
            Self::Chat(decoder) => decoder.event(data, sink),
            Self::Responses(decoder) => decoder.event(data, sink),
            Self::Messages(decoder) => decoder.event(data, sink),
            Self::Gemini(decoder) => decoder.event(data, sink),
        }
    }
}

impl Stream {
    pub(crate) fn new(plan: Arc<Plan>, provider: &str) -> Self {
        Self {
            teller: Teller::new(plan.client),
            decoder: match plan.provider {
                ProviderDialect::Chat => Decoder::Chat(Default::default()),
                ProviderDialect::Responses => Decoder::Responses(Default::default()),
                ProviderDialect::Messages => Decoder::Messages(Default::default()),
                ProviderDialect::Gemini => Decoder::Gemini(Default::default()),
            },
            frames: Frames::default(),
            out: Vec::new(),
            plan,
            provider: provider.to_owned(),
            told: false,
            first_fault: None,
            provider_failed: false,
        }
    }

    /// Takes a piece of the provider's stream as it came; gives what the client is told. What
    /// comes after the end is passed over.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Option<Bytes> {
        if self.teller.ended() {
            return None;
        }
        let mut out = std::mem::take(&mut self.out);
        // Most dialects say about as much for the same.
        out.reserve(piece.len() + piece.len() / 2 + 256);
        let (decoder, teller, plan) = (&mut self.decoder, &mut self.teller, &*self.plan);
        let mut failure = None;
        self.frames.push(piece, |data| {
            let mut sink = Sink {
                teller,
                plan,
                out: &mut out,
            };
            if failure.is_none()
                && !data.is_empty()
                && !sink.teller.ended()
                && let Err(why) = decoder.event(data, &mut sink)
            {
                failure = Some(why);
            }
        });
        if failure.is_none() && self.frames.held_bytes() > LARGEST_EVENT_BYTES {
            failure = Some(AnswerFailure::Unreadable(
                "an event of its stream has no end",
            ));
        }
        if let Some(failure) = failure.filter(|_| !self.teller.ended()) {
            self.fail(failure, &mut out);
        }
        self.told |= !out.is_empty();
        if out.len() > LARGEST_COPIED_BYTES {
            return Some(out.into());
        }
        // A copy of just its size is one piece of memory; what is written into is larger.
        let told = (!out.is_empty()).then(|| Bytes::copy_from_slice(&out));
        // After the end nothing more is written.
        if out.capacity() <= LARGEST_COPIED_BYTES && !self.teller.ended() {
            out.clear();
            self.out = out;
        }
        told
    }

    /// Whether the client has been told everything.
    pub(crate) fn ended(&self) -> bool {
        self.teller.ended()
    }

    /// What the provider has counted.
    pub(crate) fn usage(&self) -> Usage {
        self.teller.usage()
    }

    /// Whether a piece of text, thought or a call was told.
    pub(crate) fn generated(&self) -> bool {
        self.teller.generated()
    }

    /// Whether the client was told of a failure.
    pub(crate) fn failed(&self) -> bool {
        self.teller.failed()
    }

    /// Whether that failure was an error that the provider itself reported.
    pub(crate) fn provider_failed(&self) -> bool {
        self.provider_failed
    }

    /// The failure, if the client would have been told nothing before it: then there is still
    /// time for a plain error.
    pub(crate) fn take_first_fault(&mut self) -> Option<Fault> {
        self.first_fault.take()
    }

    /// The end of the provider's bytes, `clean` or broken off: gives what the client is still
    /// to be told. A stream without its terminal event ends in an error, `fault`, never well.
    pub(crate) fn finish(&mut self, clean: bool, fault: &Fault) -> Option<Bytes> {
        // Some leave out the blank line after the last event.
        let mut out = Vec::new();
        if clean && self.frames.held_bytes() > 0 {
            out.extend(self.push(b"\n\n").unwrap_or_default());
        }
        if !self.teller.ended()
            && let Decoder::Gemini(decoder) = &mut self.decoder
        {
            decoder.end(&mut Sink {
                teller: &mut self.teller,
                plan: &self.plan,
                out: &mut out,
            });
        }
        if !self.teller.ended() {
            self.teller.fail(fault, &self.plan, &mut out);
        }
        (!out.is_empty()).then(|| out.into())
    }

    fn fail(&mut self, failure: AnswerFailure, out: &mut Vec<u8>) {
        self.provider_failed = matches!(failure, AnswerFailure::Problem(_));
        let fault = failure.into_fault(&self.provider);
        self.told |= !out.is_empty();
        self.teller.fail(&fault, &self.plan, out);
        if !self.told {
            self.first_fault = Some(fault);
        }
    }
}
