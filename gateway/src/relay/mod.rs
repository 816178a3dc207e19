//! The hot path: a request in a dialect goes to a provider that speaks it, and back comes the
//! answer, both as they are.

mod event_stream;
mod follow;
mod receive;
mod silence;
mod whole_answer;

use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::{Request, Response, StatusCode};
use tokio::time::timeout;

use crate::dialect::Fault;
use crate::metrics::UpstreamError;
use crate::request::{Endpoint, Selection, splice, splice_and_ask};
use crate::routing::{Route, Tries};
use crate::server::{Kind, Worker};
use crate::trail::Trail;
use crate::upstream::{Answer, ExchangeError, Outgoing, Target};
use crate::usage::{self, Tokens};

use event_stream::Manner;

pub(crate) use event_stream::EventStream;
pub(crate) use follow::Follow;

/// Relays `request`, which came in at the path of `endpoint`.
pub(crate) async fn relay(
    worker: &Worker,
    endpoint: Endpoint,
    request: Request<Incoming>,
    trail: &mut Trail,
) -> Result<Response<Kind>, Fault> {
    let (parts, incoming) = request.into_parts();
    let body = receive::whole(
        &parts.headers,
        incoming,
        worker.gateway.limits.max_body_bytes,
    )
    .await?;
    let selection = Selection::read(&body)?;
    trail.asked(&selection.model, selection.stream, body.len());
    let route = worker
        .gateway
        .routes
        .resolve(&selection.model, endpoint.dialect())?;
    if let Route::Listed(_, name) = route {
        trail.listed(name);
    }
    let asked = if worker.gateway.ask_usage && selection.stream && endpoint == Endpoint::Chat {
        usage::ask(&body, selection.stream_options.as_ref())
    } else {
        None
    };
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
        body: match (
            &asked,
            (place.upstream != selection.model).then_some(place.upstream),
        ) {
            (None, None) => body.clone(),
            (None, Some(name)) => splice(&body, selection.model_span(), name),
            (Some(asked), name) => splice_and_ask(&body, selection.model_span(), name, asked),
        },
        readable: selection.stream || worker.gateway.ask_usage,
    };
    let manner = Manner {
        dialect: endpoint.dialect(),
        strips_usage: asked.is_some(),
        keepalive: worker.gateway.keepalive,
    };
    trail.trying(&target.name, place.upstream);
    let answering = async {
        let answer = worker.client.send(place.provider, &outgoing).await;
        begin(
            answer.map_err(|error| told(error, target))?,
            target,
            selection.stream,
            manner,
        )
        .await
    };
    let answered = timeout(target.timeouts.first_byte, answering)
        .await
        .unwrap_or_else(|_| {
            Err(Fault::Timeout {
                provider: target.name.clone(),
                after: target.timeouts.first_byte,
            })
        });
    match answered {
        Ok((answer, tokens)) => {
            if let Some(error) = refused(answer.status()) {
                trail.upstream_error(error);
            }
            trail.used(tokens);
            Ok(answer)
        }
        Err(fault) => {
            if let Some(error) = failed(&fault) {
                trail.upstream_error(error);
            }
            Err(fault)
        }
    }
}

/// How an attempt is counted that ended in `fault`, where the provider is to blame.
fn failed(fault: &Fault) -> Option<UpstreamError> {
    match fault {
        Fault::Unreachable { .. } => Some(UpstreamError::Connect),
        Fault::BadAnswer { .. } => Some(UpstreamError::BadAnswer),
        Fault::Timeout { .. } => Some(UpstreamError::Timeout),
        Fault::KeyRefused { .. } => Some(UpstreamError::KeyRefused),
        _ => None,
    }
}

/// How an attempt is counted that was answered with `status`.
fn refused(status: StatusCode) -> Option<UpstreamError> {
    match status.as_u16() {
        429 => Some(UpstreamError::RateLimited),
        500.. => Some(UpstreamError::Status5xx),
        _ => None,
    }
}

/// Turns a provider's answer into the client's, once it is known to have begun well: the status
/// is held back until a stream's first event, or the whole of an answer that is no stream, so
/// that a provider that dies before it still becomes a plain error.
async fn begin(
    answer: Answer,
    target: &Target,
    asked_stream: bool,
    manner: Manner,
) -> Result<(Response<Kind>, Option<Tokens>), Fault> {
    if answer.status == StatusCode::UNAUTHORIZED && target.has_key() {
        return Err(Fault::KeyRefused {
            provider: target.name.clone(),
        });
    }
    let watched = answer.status.is_success()
        && is_event_stream(&answer.headers, asked_stream)
        && is_readable(&answer.headers);
    let mut tokens = None;
    let body = if watched {
        let stream = EventStream::begin(answer.body, manner, &target.name).await?;
        Kind::Events(Box::new(stream))
    } else if is_type(&answer.headers, b"application/json") {
        let counts = answer.status.is_success() && is_readable(&answer.headers);
        let held = whole_answer::hold(answer.body, counts).await;
        let (body, told) = held.map_err(|_| Fault::BadAnswer {
            provider: target.name.clone(),
            what: "it broke off",
        })?;
        tokens = told;
        body
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
    }
    Ok((response, tokens))
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
