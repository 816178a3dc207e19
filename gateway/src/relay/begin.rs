//! The beginning of a provider's answer, made the client's.

use std::time::Instant;

use hyper::StatusCode;

use super::event_stream::{EventStream, Manner};
use super::whole_answer;
use crate::dialect::Fault;
use crate::http::{Headers, Response};
use crate::server::Kind;
use crate::upstream::{Answer, BodyError, Target};
use crate::usage::Tokens;

/// Turns a provider's answer into the client's, once it is known to have begun well: the status
/// is held back until a stream's first event, or the whole of an answer that is no stream, so
/// that a provider that dies before it still becomes a plain error.
pub(super) async fn begin(
    mut answer: Answer,
    target: &Target,
    asked_stream: bool,
    manner: Manner,
    total: Option<Instant>,
) -> Result<(Response<Kind>, Option<Tokens>), Fault> {
    if answer.status == StatusCode::UNAUTHORIZED && target.has_key() {
        return Err(Fault::KeyRefused {
            provider: target.name.clone(),
        });
    }
    let watched = answer.status.is_success() && is_event_stream(&answer.headers, asked_stream);
    if watched && !is_readable(&answer.headers) {
        // It was asked for unencoded, and nobody could tell whether it ends well.
        return Err(Fault::BadAnswer {
            provider: target.name.clone(),
            what: "its stream is encoded",
        });
    }
    if !watched {
        answer.body.pace(target.timeouts.idle, total);
    }
    let is_json = !watched && reads_as_json(&answer);
    let mut tokens = None;
    let body = if watched {
        let stream = EventStream::begin(answer.body, manner, target).await?;
        Kind::Events(Box::new(stream))
    } else if is_json {
        let counts = answer.status.is_success() && is_readable(&answer.headers);
        let held = whole_answer::hold(answer.body, counts).await;
        let (body, told) = held.map_err(|error| broken(&error, target))?;
        tokens = told;
        body
    } else if is_error(answer.status) {
        Kind::Whole(
            manner
                .dialect
                .error_body(&error_page(&answer, target), manner.request_id.as_deref())
                .into(),
        )
    } else {
        Kind::Upstream {
            first: None,
            rest: answer.body,
            tail: None,
        }
    };
    let mut headers = answer.headers;
    if watched {
        // An error told at its end would be more than was announced.
        headers.remove("content-length");
    } else if is_error(answer.status) && !is_json {
        headers.remove("content-length");
        headers.remove("content-encoding");
        headers.set("content-type", "application/json");
    }
    let response = Response {
        status: answer.status,
        headers,
        body,
    };
    Ok((response, tokens))
}

pub(super) fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Whether an answer is JSON. An error without a content type is taken for it.
fn reads_as_json(answer: &Answer) -> bool {
    is_type(&answer.headers, b"application/json")
        || (is_error(answer.status) && !answer.headers.contains("content-type"))
}

/// What the client is told instead of a page for people, such as a load balancer's.
fn error_page(answer: &Answer, target: &Target) -> Fault {
    Fault::ErrorPage {
        provider: target.name.clone(),
        status: answer.status,
    }
}

pub(super) fn broken(error: &BodyError, target: &Target) -> Fault {
    let provider = target.name.clone();
    match error {
        BodyError::TimedOut => Fault::FellSilent { provider },
        _ => Fault::BadAnswer {
            provider,
            what: "it broke off",
        },
    }
}

/// Whether an answer is a stream of events. One that was asked for and has no content type is
/// taken for one.
pub(super) fn is_event_stream(headers: &Headers, asked: bool) -> bool {
    is_type(headers, b"text/event-stream") || (asked && !headers.contains("content-type"))
}

/// Whether the content type, without its parameters, is `wanted`.
fn is_type(headers: &Headers, wanted: &[u8]) -> bool {
    headers
        .get("content-type")
        .map(|kind| &kind[..memchr::memchr(b';', kind).unwrap_or(kind.len())])
        .is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(wanted))
}

pub(super) fn is_readable(headers: &Headers) -> bool {
    headers
        .get("content-encoding")
        .is_none_or(|coding| coding.eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_type(content_type: Option<&'static str>) -> Headers {
        match content_type {
            Some(value) => Headers::from([("content-type", value)]),
            None => Headers::default(),
        }
    }

    #[test]
    fn knows_a_stream_by_its_content_type() {
        for kind in ["text/event-stream", "Text/Event-Stream ; charset=utf-8"] {
            assert!(is_event_stream(&with_type(Some(kind)), false), "{kind}");
        }
        assert!(!is_event_stream(&with_type(Some("application/json")), true));
        assert!(is_event_stream(&with_type(None), true));
        assert!(!is_event_stream(&with_type(None), false));
    }
}
