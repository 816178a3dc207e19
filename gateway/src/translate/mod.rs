//! From one dialect into another.
//!
//! A client's request becomes a [`Request`], which every provider's dialect can say; what comes
//! back becomes an [`Answer`] or, streamed, a row of [`Event`]s, which every client's dialect
//! can say. So a dialect is one folder under `dialect/`, and pairs follow by themselves:
//!
//! | file | does |
//! |---|---|
//! | `request_in` | a client's request → [`Request`] |
//! | `request_out` | [`Request`] → a provider's request |
//! | `answer_in`, `stream_in`, `error_in` | a provider's answer → [`Answer`], [`Event`]s, [`Problem`] |
//! | `answer_out`, `stream_out`, `error` | the same, to a client |
//!
//! Text stays escaped and numbers stay spelled as they came (`json`). What cannot be said in
//! the provider's dialect is refused by name ([`Refused`]) or named in a header ([`Notes`]).
//! No I/O, no clock, no lock. "wire row N" in a comment is row N of the table of cases in the
//! project's notes on wire formats; `tests/translation/cases` of the project has a file for each,
//! which is played over the wire.

mod answer;
mod answer_failure;
mod event;
pub(crate) mod family;
mod frames;
pub(crate) mod headers;
pub(crate) mod ids;
pub(crate) mod json;
mod notes;
mod outgoing;
mod part;
mod plan;
mod problem;
mod refused;
pub(crate) mod request;
mod schema_answer;
mod signature;
mod sink;
mod stream;
pub(crate) mod tool_id;
mod usage;

use bytes::Bytes;
use hyper::StatusCode;
use serde_json::value::RawValue;

use crate::config::ProviderDialect;
use crate::dialect::{Dialect, Fault, chat, gemini, messages, responses};
use crate::request::json::{self as json_scan, Malformed};

pub(crate) use answer::{Answer, Stop};
pub(crate) use answer_failure::AnswerFailure;
pub(crate) use event::{Block, Event};
pub(crate) use notes::{Notes, Parameter};
pub(crate) use outgoing::Outgoing;
pub(crate) use part::{
    Arguments, Audio, Call, CallResult, File, Image, Part, Role, Source, Thinking, is_media_type,
};
pub(crate) use plan::{Moment, Plan};
pub(crate) use problem::Problem;
pub(crate) use refused::Refused;
pub(crate) use request::{
    Amount, Effort, Format, Reasoning, Request, Schema, ServiceTier, Tool, ToolChoice, Turn,
};
pub(crate) use signature::{Origin, Signature};
pub(crate) use sink::Sink;
pub(crate) use stream::Stream;
pub(crate) use usage::Usage;

/// A request for the provider, and how to tell its answer.
#[derive(Debug)]
pub(crate) struct Translated {
    pub(crate) body: Bytes,
    pub(crate) plan: Plan,
}

/// About so many bytes of a request are one token; only an estimate stands on it.
const BYTES_A_TOKEN: u64 = 4;

/// Says the `client`'s request `body` in the `provider`'s dialect, for what the provider calls
/// `model`.
///
/// # Errors
/// [`Fault::Refused`] names what cannot be said.
pub(crate) fn request(
    client: Dialect,
    provider: ProviderDialect,
    model: &str,
    body: &[u8],
    moment: Moment,
) -> Result<Translated, Fault> {
    let raw: &RawValue = serde_json::from_slice(body).map_err(|_| {
        let malformed = json_scan::top_level(body, ["model"]).err();
        Fault::NotJson(malformed.unwrap_or(Malformed::NotAnObject))
    })?;
    let mut notes = Notes::new(client);
    let request = read(client, raw, &mut notes)?;
    let echo = match client {
        Dialect::Responses => responses::echo::members(raw, &request)?,
        Dialect::Chat | Dialect::Messages => Vec::new(),
    };
    let mut to = Outgoing {
        model,
        body: Vec::with_capacity(body.len() + 256),
        notes: &mut notes,
        schema_tool: None,
    };
    match provider {
        ProviderDialect::Chat => chat::request_out::write(&request, &mut to),
        ProviderDialect::Responses => responses::request_out::write(&request, &mut to),
        ProviderDialect::Messages => messages::request_out::write(&request, &mut to),
        ProviderDialect::Gemini => gemini::request_out::write(&request, &mut to),
    }?;
    let (body, schema_tool) = (to.body.into(), to.schema_tool);
    Ok(Translated {
        plan: Plan {
            client,
            provider,
            moment,
            model: model.to_owned(),
            include_usage: request.include_usage,
            schema_tool,
            estimated_input: raw.get().len() as u64 / BYTES_A_TOKEN,
            echo,
            request_id: None,
            notes,
        },
        body,
    })
}

fn read<'a>(client: Dialect, raw: &'a RawValue, notes: &mut Notes) -> Result<Request<'a>, Refused> {
    match client {
        Dialect::Chat => chat::request_in::read(raw, notes),
        Dialect::Responses => responses::request_in::read(raw, notes),
        Dialect::Messages => messages::request_in::read(raw, notes),
    }
}

/// A whole answer for the client.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) body: Bytes,
    pub(crate) usage: Usage,
    /// Those of the request, and what the answer could not say.
    pub(crate) notes: Notes,
}

impl Plan {
    /// Says a provider's whole answer in the client's dialect.
    ///
    /// # Errors
    /// When it is none; [`AnswerFailure::into_fault`] tells the client.
    pub(crate) fn answer(&self, body: &[u8]) -> Result<Told, AnswerFailure> {
        let mut answer = match self.provider {
            ProviderDialect::Chat => chat::answer_in::read(body),
            ProviderDialect::Responses => responses::answer_in::read(body),
            ProviderDialect::Messages => messages::answer_in::read(body),
            ProviderDialect::Gemini => gemini::answer_in::read(body),
        }?;
        if let Some(tool) = &self.schema_tool {
            schema_answer::unwrap(&mut answer, tool);
        }
        let mut out = Vec::with_capacity(body.len() + 512 + self.echo.len());
        let mut notes = self.notes.clone();
        match self.client {
            Dialect::Chat => chat::answer_out::write(&answer, self, &mut notes, &mut out),
            Dialect::Responses => responses::answer_out::write(&answer, self, &mut notes, &mut out),
            Dialect::Messages => messages::answer_out::write(&answer, self, &mut notes, &mut out),
        }
        Ok(Told {
            body: out.into(),
            usage: answer.usage,
            notes,
        })
    }

    /// What a provider's error answer tells.
    pub(crate) fn problem(&self, status: StatusCode, body: &[u8]) -> Problem {
        match self.provider {
            ProviderDialect::Chat | ProviderDialect::Responses => {
                chat::error_in::read(status, body)
            }
            ProviderDialect::Messages => messages::error_in::read(status, body),
            ProviderDialect::Gemini => gemini::error_in::read(status, body),
        }
    }
}

#[cfg(test)]
mod tests;
