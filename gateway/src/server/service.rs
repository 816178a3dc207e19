//! One request: let in or not, then to the relay if its path is an endpoint's, else through to a
//! provider, else to the other routes.

use std::rc::Rc;

use hyper::{Method, StatusCode};
use tower_service::Service as _;

use super::http1::Refusal;
use super::{Body, ClientBody, Gateway, Kind, Worker};
use crate::admission::{Member, Ticket};
use crate::dialect::{Dialect, Fault};
use crate::http::{Headers, Request, Response};
use crate::metrics::Outcome;
use crate::relay::{PREFIX, pass, relay};
use crate::request::Endpoint;
use crate::routes::spoken;
use crate::trail::{REQUEST_ID, Trail};

/// Answers `request`; errors become answers too.
pub(super) async fn answer(worker: Rc<Worker>, request: Request<ClientBody>) -> Response<Body> {
    #[cfg(feature = "burn-a-tenth")]
    crate::burn::a_tenth();
    // The paths that carry the load are looked at before there is any router.
    let path = request.path();
    let endpoint = Endpoint::at_path(path);
    let name = endpoint.map(Endpoint::name);
    let mut trail = worker.recorder.begin(name, path, &request.headers);
    let mut ticket = None;
    let is_head = request.method == Method::HEAD;
    let mut answer = match endpoint {
        Some(endpoint) => {
            let answered = at_endpoint(&worker, endpoint, request, &mut trail, &mut ticket).await;
            told(answered, endpoint.dialect(), &mut trail)
        }
        None if request.path().starts_with(PREFIX) => {
            let dialect = spoken(&request.headers);
            let answered = passed(&worker, request, &mut trail, &mut ticket).await;
            told(answered, dialect, &mut trail)
        }
        None => elsewhere(&worker, request, &mut trail).await,
    };
    if is_head {
        // Nobody asks such an answer's body for anything.
        trail.complete();
    }
    if let Some(theirs) = answer.headers.shared(REQUEST_ID) {
        trail.provider_id(theirs);
    } else if let Some(id) = trail.id().cloned() {
        answer.headers.set(REQUEST_ID, id);
    }
    answer.map(|kind| Body::new(kind, trail, ticket))
}

async fn at_endpoint(
    worker: &Rc<Worker>,
    endpoint: Endpoint,
    request: Request<ClientBody>,
    trail: &mut Trail,
    ticket: &mut Option<Ticket>,
) -> Result<Response<Kind>, Fault> {
    if request.method != Method::POST {
        return Err(Fault::WrongMethod {
            method: request.method.to_string(),
            path: request.path().to_owned(),
            allowed: "POST",
        });
    }
    let member = let_in(worker, &request, trail, ticket)?;
    relay(worker, endpoint, member, request, trail).await
}

async fn passed(
    worker: &Rc<Worker>,
    request: Request<ClientBody>,
    trail: &mut Trail,
    ticket: &mut Option<Ticket>,
) -> Result<Response<Kind>, Fault> {
    let member = let_in(worker, &request, trail, ticket)?;
    pass(worker, member, request, trail).await
}

/// Who a request is from, if it may be worked on now.
fn let_in<'a>(
    worker: &'a Rc<Worker>,
    request: &Request<ClientBody>,
    trail: &mut Trail,
    ticket: &mut Option<Ticket>,
) -> Result<Option<&'a Member>, Fault> {
    let member = worker.gateway.keyring.identify(&request.headers)?;
    if let Some(member) = member {
        trail.key(&member.name);
    }
    *ticket = Some(Ticket::take(worker)?);
    if let Some(member) = member {
        member.take(trail.begun())?;
    }
    Ok(member)
}

async fn elsewhere(
    worker: &Worker,
    request: Request<ClientBody>,
    trail: &mut Trail,
) -> Response<Kind> {
    if needs_key(&worker.gateway, request.path()) {
        match worker.gateway.keyring.identify(&request.headers) {
            Ok(Some(member)) => trail.key(&member.name),
            Ok(None) => {}
            Err(fault) => return refusal(spoken(&request.headers), &fault, trail),
        }
    }
    let Ok(request) = for_axum(&request, trail.id().map(|id| &id[..])) else {
        let fault = Fault::Unreadable {
            status: StatusCode::BAD_REQUEST,
            words: Refusal::Malformed.words(),
        };
        return refusal(spoken(&request.headers), &fault, trail);
    };
    let Ok(answer) = worker.routes.clone().call(request).await;
    let outcome = match answer.status().as_u16() {
        400..500 => Outcome::Refused,
        500.. => Outcome::Failed,
        _ => Outcome::Ok,
    };
    trail.answered(answer.status(), outcome);
    Response {
        status: answer.status(),
        headers: Headers::from(answer.headers()),
        body: Kind::Routed(answer.into_body()),
    }
}

/// A request as axum takes it, under its id and without a body: none of its routes reads one.
fn for_axum(
    request: &Request<ClientBody>,
    id: Option<&[u8]>,
) -> Result<hyper::Request<axum::body::Body>, axum::http::Error> {
    let mut copy = hyper::Request::builder()
        .method(&request.method)
        .uri(request.path());
    let theirs = |name: &[u8]| name == REQUEST_ID.as_bytes();
    for (name, value) in request.headers.iter().filter(|(name, _)| !theirs(name)) {
        copy = copy.header(name, value);
    }
    if let Some(id) = id {
        copy = copy.header(REQUEST_ID, id);
    }
    copy.body(axum::body::Body::empty())
}

/// Whether a path besides the endpoints is for clients with a key alone.
fn needs_key(gateway: &Gateway, path: &str) -> bool {
    match path {
        "/v1/models" => true,
        "/metrics" => !gateway.metrics_open,
        _ => false,
    }
}

fn told(
    answered: Result<Response<Kind>, Fault>,
    dialect: Dialect,
    trail: &mut Trail,
) -> Response<Kind> {
    match answered {
        Ok(answer) => {
            let outcome = if answer.status.is_success() {
                Outcome::Ok
            } else {
                Outcome::ProviderError
            };
            trail.answered(answer.status, outcome);
            answer
        }
        Err(fault) => refusal(dialect, &fault, trail),
    }
}

fn refusal(dialect: Dialect, fault: &Fault, trail: &mut Trail) -> Response<Kind> {
    let mut answer = Response::new(Kind::Whole(
        dialect
            .error_body(fault, trail.id().map(|id| &id[..]))
            .into(),
    ));
    answer.status = fault.status_for(dialect);
    let headers = &mut answer.headers;
    headers.set("content-type", "application/json");
    if let Some(after) = fault.retry_after() {
        // Whole seconds, and rather too late than too early.
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        headers.set("retry-after", seconds.max(1));
    }
    match fault {
        Fault::WrongMethod { allowed, .. } => {
            headers.set("allow", *allowed);
        }
        Fault::RateLimited { per_minute, .. } => {
            let [limit, remaining] = match dialect {
                Dialect::Chat | Dialect::Responses => [
                    "x-ratelimit-limit-requests",
                    "x-ratelimit-remaining-requests",
                ],
                Dialect::Messages => [
                    "anthropic-ratelimit-requests-limit",
                    "anthropic-ratelimit-requests-remaining",
                ],
            };
            headers.set(limit, u64::from(*per_minute));
            headers.set(remaining, "0");
        }
        _ => {}
    }
    let outcome = match fault {
        Fault::Overloaded | Fault::ProviderBusy { .. } => Outcome::Shed,
        Fault::Provider(_) => Outcome::ProviderError,
        // Also where it is no 4xx: what HTTP has, and the gateway has not.
        Fault::Unreadable { .. } => Outcome::Refused,
        _ if fault.status().is_client_error() => Outcome::Refused,
        _ => Outcome::Failed,
    };
    trail.answered(fault.status(), outcome);
    answer
}

/// The error for a request whose head is none: counted and logged as any other. No path is known,
/// so it is told as OpenAI would.
pub(super) fn unreadable(worker: &Worker, why: Refusal) -> Response<Body> {
    let mut trail = worker.recorder.begin(None, "", &Headers::default());
    let fault = Fault::Unreadable {
        status: why.status(),
        words: why.words(),
    };
    let mut answer = refusal(Dialect::Chat, &fault, &mut trail);
    if let Some(id) = trail.id().cloned() {
        answer.headers.set(REQUEST_ID, id);
    }
    answer.map(|kind| Body::new(kind, trail, None))
}
