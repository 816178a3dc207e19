//! The dialects clients speak: their paths, their errors, and how their streams end.
//!
//! One folder a dialect. `error` writes a fault in the dialect's own form, as a whole answer
//! or as the end of a stream that broke; `terminal` knows the event that ends a stream well.

pub(crate) mod chat;
mod fault;
pub(crate) mod gemini;
pub(crate) mod messages;
mod openai;
pub(crate) mod responses;
mod watch;

use bytes::Bytes;
use serde::Deserialize;

pub(crate) use fault::{Fault, UnknownModel};
pub(crate) use watch::Watch;

/// A way of speaking to a model over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Dialect {
    /// OpenAI's Chat Completions.
    Chat,
    /// OpenAI's Responses.
    Responses,
    /// Anthropic's Messages.
    Messages,
}

impl Dialect {
    pub(crate) const ALL: [Self; 3] = [Self::Chat, Self::Responses, Self::Messages];

    /// The dialect's name, as configuration files write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
        }
    }

    /// The path at which the gateway serves the dialect.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Messages => "/v1/messages",
        }
    }

    /// The JSON body of an answer that tells `fault`; in Messages also by which id the request
    /// is found again.
    pub(crate) fn error_body(self, fault: &Fault, request_id: Option<&[u8]>) -> Bytes {
        match self {
            Self::Chat => chat::error::body(fault),
            Self::Responses => responses::error::body(fault),
            Self::Messages => messages::error::body(fault, request_id),
        }
    }

    /// The event that tells `fault` and ends a stream. Responses has more to say; see its own.
    pub(crate) fn error_event(self, fault: &Fault, request_id: Option<&[u8]>) -> Bytes {
        match self {
            Self::Chat => chat::error::last_event(fault),
            Self::Responses => responses::error::last_events(fault, None, 0),
            Self::Messages => messages::error::last_event(fault, request_id),
        }
    }
}

/// `value` as JSON text.
fn json(value: &impl serde::Serialize) -> Vec<u8> {
    // Error bodies are structs of text and numbers, which always serialize.
    serde_json::to_vec(value).unwrap_or_default()
}
