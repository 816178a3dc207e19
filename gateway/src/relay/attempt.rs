//! One try at one provider.

use std::sync::Arc;
use std::time::Instant;

use super::begin::begin;
use super::event_stream::Manner;
use super::translated;
use crate::deadline::Deadline;
use crate::dialect::Fault;
use crate::http::Response;
use crate::routing::Place;
use crate::server::Kind;
use crate::translate::Plan;
use crate::upstream::{Client, ExchangeError, Outgoing, Target};
use crate::usage::Tokens;

/// What a try comes to: an answer and what it says it used, or why there is none.
pub(super) type Answered = Result<(Response<Kind>, Option<Tokens>), Fault>;

pub(super) struct Attempt<'a> {
    pub(super) client: &'a Client,
    pub(super) place: Place<'a>,
    pub(super) manner: Manner,
    pub(super) asked_stream: bool,
    /// When a whole answer must be there.
    pub(super) total: Option<Instant>,
    /// How the answer is told in the client's dialect, if it comes in another.
    pub(super) plan: Option<Arc<Plan>>,
}

impl Attempt<'_> {
    pub(super) async fn run(&self, outgoing: &Outgoing<'_>) -> Answered {
        let target = self.client.target(self.place.provider);
        let first_byte = Instant::now() + target.timeouts.first_byte;
        let due = self.total.map_or(first_byte, |total| total.min(first_byte));
        let answer = self
            .client
            .send(self.place.provider, outgoing, Deadline::at(Some(due)))
            .await
            .map_err(|error| told(&error, target))?;
        match &self.plan {
            None => {
                begin(
                    answer,
                    target,
                    self.asked_stream,
                    self.manner.clone(),
                    self.total,
                )
                .await
            }
            Some(plan) => {
                let beginning = translated::Beginning {
                    target,
                    plan,
                    manner: &self.manner,
                    asked_stream: self.asked_stream,
                };
                beginning.begin(answer, self.total).await
            }
        }
    }
}

/// What the client is told of `error`.
pub(super) fn told(error: &ExchangeError, target: &Target) -> Fault {
    let provider = target.name.clone();
    match error {
        ExchangeError::Connect(_) => Fault::Unreachable { provider },
        ExchangeError::NoAnswer(_) => Fault::BadAnswer {
            provider,
            what: "the connection ended or was no HTTP/1.1",
        },
        ExchangeError::TimedOut => Fault::Timeout {
            provider,
            after: target.timeouts.first_byte,
        },
        // Here a body is whole before anybody is asked.
        ExchangeError::NoBody | ExchangeError::SlowBody => Fault::BodyLost,
        ExchangeError::Busy => Fault::ProviderBusy { provider },
    }
}
