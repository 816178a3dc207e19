//! Paths and methods that do not exist, told in the client's dialect.

use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};

use super::spoken;
use crate::dialect::{Dialect, Fault};
use crate::http::Headers;
use crate::trail::REQUEST_ID;

pub(super) async fn path(uri: Uri, headers: HeaderMap) -> Response {
    let dialect = if uri.path().starts_with(Dialect::Messages.path()) {
        Dialect::Messages
    } else {
        spoken(&Headers::from(&headers))
    };
    refusal(
        dialect,
        &Fault::UnknownPath {
            path: uri.path().to_owned(),
        },
        &headers,
    )
}

pub(super) async fn method(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let fault = Fault::WrongMethod {
        method: method.to_string(),
        path: uri.path().to_owned(),
        allowed: "GET",
    };
    let mut answer = refusal(spoken(&Headers::from(&headers)), &fault, &headers);
    answer
        .headers_mut()
        .insert(ALLOW, axum::http::HeaderValue::from_static("GET"));
    answer
}

fn refusal(dialect: Dialect, fault: &Fault, headers: &HeaderMap) -> Response {
    let request_id = headers.get(REQUEST_ID).map(|id| id.as_bytes());
    (
        fault.status(),
        [(CONTENT_TYPE, "application/json")],
        dialect.error_body(fault, request_id),
    )
        .into_response()
}
