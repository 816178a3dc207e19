//! The hot path: a request in a dialect goes to a provider that speaks it, and back comes the
//! answer, both as they are; to one that does not, both are translated.

mod attempt;
mod begin;
mod comments;
mod event_stream;
mod follow;
mod judge;
mod passthrough;
mod receive;
mod silence;
mod translated;
mod whole_answer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::admission::Member;
use crate::dialect::messages::adaptive::adapt;
use crate::dialect::{Dialect, Fault};
use crate::http::{Headers, Request, Response};
use crate::metrics::UpstreamError;
use crate::request::{Endpoint, Selection, splice, splice_and_ask};
use crate::routing::{Place, Route, Tries};
use crate::server::{ClientBody, Kind, Worker};
use crate::trail::Trail;
use crate::translate::Plan;
use crate::translate::family::Claude;
use crate::upstream::Outgoing;
use crate::usage;

use attempt::Attempt;
use event_stream::Manner;
use judge::Health;

pub(crate) use event_stream::EventStream;
pub(crate) use follow::Follow;
pub(crate) use passthrough::{PREFIX, pass};

/// Relays `request`, which came in at the path of `endpoint` from `member`.
pub(crate) async fn relay(
    worker: &Worker,
    endpoint: Endpoint,
    member: Option<&Member>,
    request: Request<ClientBody>,
    trail: &mut Trail,
) -> Result<Response<Kind>, Fault> {
    let begun = trail.begun();
    let (request, incoming) = request.with(());
    let body = receive::whole(&request.headers, incoming, &worker.gateway.limits).await?;
    let selection = Selection::read(&body)?;
    trail.asked(&selection.model, selection.stream, body.len());
    let route = worker.gateway.routes.resolve(&selection.model, endpoint)?;
    let listed = match route {
        Route::Listed(_, name) => {
            trail.listed(name);
            name
        }
        Route::One(_) => &selection.model,
    };
    if let Some(member) = member
        && !member.may_ask(&[&selection.model, listed])
    {
        return Err(Fault::Forbidden {
            what: selection.model.into_owned(),
        });
    }
    let asked = if worker.gateway.ask_usage && selection.stream && endpoint == Endpoint::Chat {
        usage::ask(&body, selection.stream_options.as_ref())
    } else {
        None
    };
    let id = trail.id().cloned();
    let relayed = Relayed {
        endpoint,
        query: request.query(),
        headers: &request.headers,
        id: id.as_deref(),
        body: &body,
        selection: &selection,
        asked: asked.as_ref(),
        request_id: (endpoint.dialect() == Dialect::Messages)
            .then(|| trail.id().cloned())
            .flatten(),
        begun,
    };
    relayed.answer(worker, route, trail).await
}

/// A client's request, read as far as it needs to be.
struct Relayed<'a> {
    endpoint: Endpoint,
    query: Option<&'a str>,
    headers: &'a Headers,
    id: Option<&'a [u8]>,
    body: &'a Bytes,
    selection: &'a Selection<'a>,
    /// What is to stand in the body so that usage is told, where it is asked for.
    asked: Option<&'a usage::Asked>,
    /// The request's id, where the dialect's errors have a place for it.
    request_id: Option<Bytes>,
    begun: Instant,
}

/// A request, ready to be sent to one place.
struct Prepared<'a> {
    outgoing: Outgoing<'a>,
    /// How its answer is to be told, if the place speaks another dialect.
    plan: Option<Arc<Plan>>,
    /// Whether the model takes no `thinking` but its own measure, and was sent that.
    adapted: bool,
}

impl Relayed<'_> {
    /// Tries the places of `route` until one answers.
    async fn answer(
        &self,
        worker: &Worker,
        route: Route<'_>,
        trail: &mut Trail,
    ) -> Result<Response<Kind>, Fault> {
        let circuits = &worker.gateway.circuits;
        let is_up = |provider: usize| circuits[provider].is_up();
        let random = || fastrand::u64(..);
        let mut tries = Tries::new(route, worker.gateway.retries);
        let Some(mut place) = tries.first(is_up, random) else {
            return Err(left_alone(worker, route));
        };
        loop {
            let target = worker.client.target(place.provider);
            trail.trying(&target.name, place.upstream);
            let Prepared {
                outgoing,
                plan,
                adapted,
            } = self.prepared(worker, place)?;
            let attempt = Attempt {
                client: &worker.client,
                place,
                manner: self.manner(worker, place),
                asked_stream: self.selection.stream,
                total: self.total(target.timeouts.total),
                plan,
            };
            let circuit = &circuits[place.provider];
            let mut answered = if circuit.enter() {
                attempt.run(&outgoing).await
            } else {
                // Another request is the one that tries how the provider is by now.
                Err(left_alone(worker, route))
            };
            if let (true, Ok((answer, _))) = (adapted, &mut answered) {
                answer.headers.set(translated::CHANGED, "thinking");
            }
            let Some(verdict) = judge::judge(&answered) else {
                circuit.succeeded();
                return finish(answered, trail);
            };
            if let Some(error) = verdict.error {
                trail.upstream_error(error);
            }
            match verdict.provider {
                Health::Well => circuit.succeeded(),
                Health::Ill if circuit.failed() => trail.breaker_opened(),
                Health::Ill | Health::Unknown => {}
            }
            let Some(failure) = verdict.failure else {
                return finish(answered, trail);
            };
            let Some((next, wait)) = tries.next(failure, is_up, random) else {
                return finish(answered, trail);
            };
            if self.has_no_time_for(wait, worker, next) {
                return finish(answered, trail);
            }
            if let Ok((answer, _)) = &answered
                && judge::begins_with_error(answer)
            {
                trail.upstream_error(UpstreamError::StreamError);
            }
            drop(answered);
            if next.provider == place.provider {
                trail.retried();
            } else {
                trail.fell_back();
            }
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            place = next;
        }
    }

    /// When a whole answer must be there; a stream may take as long as it likes.
    fn total(&self, total: Option<Duration>) -> Option<Instant> {
        match (self.selection.stream, total) {
            (false, Some(total)) => Some(self.begun + total),
            _ => None,
        }
    }

    fn has_no_time_for(&self, wait: Duration, worker: &Worker, next: Place<'_>) -> bool {
        let timeouts = &worker.client.target(next.provider).timeouts;
        self.total(timeouts.total)
            .is_some_and(|total| Instant::now() + wait >= total)
    }

    fn manner(&self, worker: &Worker, place: Place<'_>) -> Manner {
        Manner {
            dialect: self.endpoint.dialect(),
            strips_usage: self.asks(worker, place).is_some(),
            keepalive: worker.gateway.keepalive,
            request_id: self.request_id.clone(),
        }
    }

    fn asks(&self, worker: &Worker, place: Place<'_>) -> Option<&usage::Asked> {
        let target = worker.client.target(place.provider);
        self.asked.filter(|_| target.takes_stream_options)
    }

    /// The request as it is sent to `place`.
    fn prepared<'b>(&'b self, worker: &Worker, place: Place<'b>) -> Result<Prepared<'b>, Fault> {
        let target = worker.client.target(place.provider);
        if let Some(dialect) = target.translation(self.endpoint.dialect()) {
            let mut translated = translated::request(self, dialect, place.upstream)?;
            translated.plan.request_id = self.request_id.clone();
            let outgoing = Outgoing {
                translated: Some(dialect),
                body: translated.body,
                ..self.untranslated(worker, place, Bytes::new())
            };
            return Ok(Prepared {
                outgoing,
                plan: Some(Arc::new(translated.plan)),
                adapted: false,
            });
        }
        let span = || self.selection.model_span();
        let name = (place.upstream != self.selection.model).then_some(place.upstream);
        let body = match (self.asks(worker, place), name) {
            (None, None) => self.body.clone(),
            (None, Some(name)) => splice(self.body, span(), name),
            (Some(asked), name) => splice_and_ask(self.body, span(), name, asked),
        };
        let adapted = match self.endpoint {
            Endpoint::Messages if only_adapts(place.upstream) => adapt(&body),
            _ => None,
        };
        Ok(Prepared {
            adapted: adapted.is_some(),
            outgoing: self.untranslated(worker, place, adapted.unwrap_or(body)),
            plan: None,
        })
    }

    fn untranslated<'b>(&'b self, worker: &Worker, place: Place<'b>, body: Bytes) -> Outgoing<'b> {
        Outgoing {
            endpoint: self.endpoint,
            translated: None,
            stream: self.selection.stream,
            model: place.upstream,
            query: self.query,
            headers: self.headers,
            request_id: self.id,
            keyed: worker.gateway.keyring.is_needed(),
            body,
            readable: self.selection.stream || worker.gateway.ask_usage,
        }
    }
}

fn finish(answered: attempt::Answered, trail: &mut Trail) -> Result<Response<Kind>, Fault> {
    let (answer, tokens) = answered?;
    trail.used(tokens);
    Ok(answer)
}

/// Whether `model` answers `thinking` by a budget with 400 (wire row 27).
fn only_adapts(model: &str) -> bool {
    Claude::of(model).is_some_and(Claude::thinks_only_adaptively)
}

/// That all of a route's providers are left alone; says so of the first.
fn left_alone(worker: &Worker, route: Route<'_>) -> Fault {
    let provider = route.first_provider();
    Fault::CircuitOpen {
        provider: worker.client.target(provider).name.clone(),
        retry_after: worker.gateway.circuits[provider]
            .open_for()
            .unwrap_or_default(),
    }
}
