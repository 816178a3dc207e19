//! The hot path: a request in a dialect goes to a provider that speaks it, and back comes the
//! answer, both as they are.

mod event_stream;
mod follow;
mod receive;
mod whole_answer;

use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::{Request, Response, StatusCode};
use tokio::time::timeout;

use crate::dialect::Fault;
use crate::request::{Endpoint, Selection, splice};
use crate::routing::Tries;
use crate::server::{Body, Worker};
use crate::upstream::{Answer, ExchangeError, Outgoing, Target};

pub(crate) use event_stream::EventStream;

/// Relays `request`, which came in at the path of `endpoint`.
pub(crate) async fn relay(
    worker: &Worker,
    endpoint: Endpoint,
    request: Request<Incoming>,
) -> Result<Response<Body>, Fault> {
    let (parts, incoming) = request.into_parts();
    let body = receive::whole(
        &parts.headers,
        incoming,
        worker.gateway.limits.max_body_bytes,
    )
    .await?;
    let selection = Selection::read(&body)?;
    let route = worker
        .gateway
        .routes
        .resolve(&selection.model, endpoint.dialect())?;
    let mut tries = Tries::new(route, worker.gateway.retries);
    let Some(place) = tries.first(|_| true, || 0) else {
        return Err(Fault::BodyLost);
    };
    let target = worker.client.target(place.provider);
    let outgoing = Outgoing {
        endpoint,
        model: place.upstream,
        query: parts.uri.query(),
        headers: &parts.headers,
        keyed: false,
        body: if place.upstream == selection.model {
            body.clone()
        } else {
            splice(&body, selection.model_span(), place.upstream)
        },
        stream: selection.stream,
    };
    let answering = async {
        let answer = worker.client.send(place.provider, &outgoing).await;
        begin(
            answer.map_err(|error| told(error, target))?,
            target,
            &outgoing,
        )
        .await
    };
    timeout(target.timeouts.first_byte, answering)
        .await
        .unwrap_or_else(|_| {
            Err(Fault::Timeout {
                provider: target.name.clone(),
                after: target.timeouts.first_byte,
            })
        })
}

/// Turns a provider's answer into the client's, once it is known to have begun well: the status
/// is held back until a stream's first event, or the whole of an answer that is no stream, so
/// that a provider that dies before it still becomes a plain error.
async fn begin(
    answer: Answer,
    target: &Target,
    outgoing: &Outgoing<'_>,
) -> Result<Response<Body>, Fault> {
    if answer.status == StatusCode::UNAUTHORIZED && target.has_key() {
        return Err(Fault::KeyRefused {
            provider: target.name.clone(),
        });
    }
    let watched = answer.status.is_success()
        && is_event_stream(&answer.headers, outgoing.stream)
        && is_readable(&answer.headers);
    let body = if watched {
        let stream =
            EventStream::begin(answer.body, outgoing.endpoint.dialect(), &target.name).await?;
        Body::Events(Box::new(stream))
    } else if is_type(&answer.headers, b"application/json") {
        let held = whole_answer::hold(answer.body).await;
        held.map_err(|_| Fault::BadAnswer {
            provider: target.name.clone(),
            what: "it broke off",
        })?
    } else {
        Body::Upstream {
            first: None,
            rest: answer.body,
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if watched {
        // An error told at its end would be more than was announced.
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    Ok(response)
}

/// Whether an answer is a stream of events. One that was asked for and has no content type is
/// taken for one.
fn is_event_stream(headers: &HeaderMap, asked: bool) -> bool {
    is_type(headers, b"text/event-stream") || (asked && !headers.contains_key(CONTENT_TYPE))
}

/// Whether the content type, without its parameters, is `wanted`.
fn is_type(headers: &HeaderMap, wanted: &[u8]) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.as_bytes().split(|byte| *byte == b';').next())
        .is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(wanted))
}

fn is_readable(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_ENCODING)
        .is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn told(error: ExchangeError, target: &Target) -> Fault {
    let provider = target.name.clone();
    match error {
        ExchangeError::Connect(_) => Fault::Unreachable { provider },
        ExchangeError::NoAnswer(_) => Fault::BadAnswer {
            provider,
            what: "the connection ended or was no HTTP/1.1",
        },
    }
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
