//! What the tests stand on: the program, a client and a provider, all byte for byte.

mod client;
mod gateway;
mod provider;
pub(crate) mod secrets;
mod tls;
mod watched;

pub(crate) use client::{Answer, Connection, ask, post, request};
pub(crate) use gateway::{Gateway, run};
pub(crate) use provider::{LAST_CHUNK, Provider, Seen, json, stream};
pub(crate) use tls::TlsProvider;
pub(crate) use watched::Watched;

use std::time::Duration;

/// No step of a test may take longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A dialect as the tests know it: its path and the bytes of a good stream.
pub(crate) struct Dialect {
    pub(crate) path: &'static str,
    pub(crate) stream: &'static str,
}

pub(crate) const CHAT: Dialect = Dialect {
    path: "/v1/chat/completions",
    stream: concat!(
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"caf\u{e9} \u{1f600}\"}}]}\n\n",
        ": a comment\n\n",
        "data: {\"id\":\"c\",\"choices\":[{}],\"usage\":null}\r\n\r\n",
        "data: [DONE]\n\n",
    ),
};

pub(crate) const RESPONSES: Dialect = Dialect {
    path: "/v1/responses",
    stream: concat!(
        "event: response.created\n",
        "data: {\"type\":\"response.created\",\"response\":{\"id\":\"r\"},\"sequence_number\":0}\n\n",
        "event: response.output_text.delta\n",
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\",\"sequence_number\":1}\n\n",
        "event: response.completed\n",
        "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\"},\"sequence_number\":2}\n\n",
    ),
};

pub(crate) const MESSAGES: Dialect = Dialect {
    path: "/v1/messages",
    stream: concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ),
};

pub(crate) const DIALECTS: [Dialect; 3] = [CHAT, RESPONSES, MESSAGES];
