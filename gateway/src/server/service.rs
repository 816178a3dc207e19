//! One request: to the relay if its path is a dialect's, else to the other routes.

use std::convert::Infallible;
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::service::Service;
use hyper::{Method, Request, Response};

use super::{Body, Worker};
use crate::dialect::{Dialect, Fault};
use crate::relay::relay;
use crate::request::Endpoint;

/// Answers `request`; errors become answers too.
pub(super) async fn answer(
    worker: Rc<Worker>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    // The paths that carry the load are looked at before there is any router.
    let Some(endpoint) = Endpoint::at_path(request.uri().path()) else {
        let answer = worker.routes.call(request).await?;
        return Ok(answer.map(Body::Routed));
    };
    let dialect = endpoint.dialect();
    if request.method() != Method::POST {
        let fault = Fault::WrongMethod {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            allowed: "POST",
        };
        let mut answer = refusal(dialect, &fault);
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
        return Ok(answer);
    }
    Ok(relay(&worker, endpoint, request)
        .await
        .unwrap_or_else(|fault| refusal(dialect, &fault)))
}

fn refusal(dialect: Dialect, fault: &Fault) -> Response<Body> {
    let mut answer = Response::new(Body::Whole(dialect.error_body(fault).into()));
    *answer.status_mut() = fault.status();
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
