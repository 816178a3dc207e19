//! The beginning of a provider's answer, made the client's.

use std::time::Instant;

use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};

use super::event_stream::{EventStream, Manner};
use super::whole_answer;
use crate::dialect::Fault;
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
    let watched = answer.status.is_success()
        && is_event_stream(&answer.headers, asked_stream)
        && is_readable(&answer.headers);
    if !watched {
        answer.body.pace(target.timeouts.idle, total);
    }
    let is_page = !reads_as_json(&answer);
    let mut tokens = None;
    let body = if watched {
        let stream = EventStream::begin(answer.body, manner, target).await?;
        Kind::Events(Box::new(stream))
    } else if reads_as_json(&answer) {
        let counts = answer.status.is_success() && is_readable(&answer.headers);
        let held = whole_answer::hold(answer.body, counts).await;
        let (body, told) = held.map_err(|error| broken(&error, target))?;
        tokens = told;
        body
    } else if is_error(answer.status) {
        Kind::Whole(
            manner
                .dialect
                .error_body(&error_page(&answer, target))
                .into(),
        )
    } else {
        Kind::Upstream {
            first: None,
            rest: answer.body,
            tail: None,
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if watched {
        // An error told at its end would be more than was announced.
        response.headers_mut().remove(CONTENT_LENGTH);
    } else if is_error(response.status()) && is_page {
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.remove(CONTENT_ENCODING);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok((response, tokens))
}

pub(super) fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Whether an answer is JSON. An error without a content type is taken for it.
fn reads_as_json(answer: &Answer) -> bool {
    is_type(&answer.headers, b"application/json")
        || (is_error(answer.status) && !answer.headers.contains_key(CONTENT_TYPE))
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
pub(super) fn is_event_stream(headers: &HeaderMap, asked: bool) -> bool {
    is_type(headers, b"text/event-stream") || (asked && !headers.contains_key(CONTENT_TYPE))
}

/// Whether the content type, without its parameters, is `wanted`.
fn is_type(headers: &HeaderMap, wanted: &[u8]) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.as_bytes().split(|byte| *byte == b';').next())
        .is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(wanted))
}

pub(super) fn is_readable(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_ENCODING)
        .is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn with_type(content_type: Option<&'static str>) -> HeaderMap {
        let value = content_type.map(HeaderValue::from_static);
        value
            .map(|value| (CONTENT_TYPE, value))
            .into_iter()
            .collect()
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
