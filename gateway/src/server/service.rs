//! One request: to the relay if its path is a dialect's, else to the other routes.

use std::convert::Infallible;
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::service::Service;
use hyper::{Method, Request, Response};

use super::{Body, Kind, Worker};
use crate::dialect::{Dialect, Fault};
use crate::metrics::Outcome;
use crate::relay::relay;
use crate::request::Endpoint;
use crate::trail::{REQUEST_ID, Trail};

/// Answers `request`; errors become answers too.
pub(super) async fn answer(
    worker: Rc<Worker>,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    // The paths that carry the load are looked at before there is any router.
    let endpoint = Endpoint::at_path(request.uri().path());
    let mut trail = worker
        .recorder
        .begin(endpoint.map(Endpoint::name), &mut request);
    let mut answer = match endpoint {
        Some(endpoint) => at_endpoint(&worker, endpoint, request, &mut trail).await,
        None => {
            let answer = worker.routes.call(request).await?;
            let outcome = match answer.status().as_u16() {
                400..500 => Outcome::Refused,
                500.. => Outcome::Failed,
                _ => Outcome::Ok,
            };
            trail.answered(answer.status(), outcome);
            answer.map(Kind::Routed)
        }
    };
    if let Some(theirs) = answer.headers().get(REQUEST_ID) {
        trail.provider_id(theirs.clone());
    } else if let Some(id) = trail.id().cloned() {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(answer.map(|kind| Body::new(kind, trail)))
}

async fn at_endpoint(
    worker: &Worker,
    endpoint: Endpoint,
    request: Request<Incoming>,
    trail: &mut Trail,
) -> Response<Kind> {
    let dialect = endpoint.dialect();
    if request.method() != Method::POST {
        let fault = Fault::WrongMethod {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            allowed: "POST",
        };
        let mut answer = refusal(dialect, &fault, trail);
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
        return answer;
    }
    match relay(worker, endpoint, request, trail).await {
        Ok(answer) => {
            let outcome = if answer.status().is_success() {
                Outcome::Ok
            } else {
                Outcome::ProviderError
            };
            trail.answered(answer.status(), outcome);
            answer
        }
        Err(fault) => refusal(dialect, &fault, trail),
    }
}

fn refusal(dialect: Dialect, fault: &Fault, trail: &mut Trail) -> Response<Kind> {
    let mut answer = Response::new(Kind::Whole(dialect.error_body(fault).into()));
    *answer.status_mut() = fault.status();
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let outcome = if fault.status().is_client_error() {
        Outcome::Refused
    } else {
        Outcome::Failed
    };
    trail.answered(fault.status(), outcome);
    answer
}
