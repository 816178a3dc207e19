//! `/p/{provider}/…`: anything that a provider offers, passed through unread, with the gateway's
//! key. The body is not held, so nothing is tried twice.

use hyper::StatusCode;
use hyper::body::Body as _;

use super::attempt::told;
use super::judge::{Health, judge};
use crate::admission::Member;
use crate::dialect::Fault;
use crate::http::{Request, Response};
use crate::server::{ClientBody, Kind, Worker};
use crate::trail::Trail;
use crate::upstream::{Announced, ExchangeError, Passing};

/// What paths begin with that are passed through.
pub(crate) const PREFIX: &str = "/p/";

/// Passes `request` through to the provider that its path names.
pub(crate) async fn pass(
    worker: &Worker,
    member: Option<&Member>,
    request: Request<ClientBody>,
    trail: &mut Trail,
) -> Result<Response<Kind>, Fault> {
    let (request, body) = request.with(());
    let (name, path) = split(request.path());
    let Some(index) = worker.gateway.routes.provider(name) else {
        return Err(Fault::UnknownProvider {
            name: name.to_owned(),
            known: worker.gateway.routes.names(),
        });
    };
    if member.is_some_and(|member| !member.may_ask_all_of(name)) {
        return Err(Fault::Forbidden {
            what: format!("{name}/*"),
        });
    }
    if climbs(path) {
        return Err(Fault::PathClimbs);
    }
    let circuit = &worker.gateway.circuits[index];
    let target = worker.client.target(index);
    trail.trying(&target.name, "");
    if !circuit.enter() {
        return Err(Fault::CircuitOpen {
            provider: target.name.clone(),
            retry_after: circuit.open_for().unwrap_or_default(),
        });
    }
    let id = trail.id().cloned();
    let passing = Passing {
        method: &request.method,
        path,
        query: request.query(),
        headers: &request.headers,
        request_id: id.as_deref(),
        keyed: worker.gateway.keyring.is_needed(),
        announced: if request.headers.contains("transfer-encoding") {
            Announced::Chunked
        } else if request.headers.contains("content-length") {
            Announced::Length(body.size_hint().lower())
        } else {
            Announced::Nothing
        },
    };
    let body_timeout = worker.gateway.limits.body_timeout;
    let sent = worker
        .client
        .pass(index, &passing, body, body_timeout)
        .await;
    let answered = match sent {
        // The provider's words on a key may hold parts of it.
        Ok(answer) if answer.status == StatusCode::UNAUTHORIZED && target.has_key() => {
            Err(Fault::KeyRefused {
                provider: target.name.clone(),
            })
        }
        Ok(mut answer) => {
            answer.body.pace(target.timeouts.idle, None);
            let response = Response {
                status: answer.status,
                headers: answer.headers,
                body: Kind::Upstream {
                    first: None,
                    rest: answer.body,
                    tail: None,
                },
            };
            Ok((response, None))
        }
        Err(ExchangeError::SlowBody) => Err(Fault::SlowBody {
            after: body_timeout,
        }),
        Err(error) => Err(told(&error, target)),
    };
    match judge(&answered) {
        Some(verdict) => {
            if let Some(error) = verdict.error {
                trail.upstream_error(error);
            }
            match verdict.provider {
                Health::Well => circuit.succeeded(),
                Health::Ill if circuit.failed() => trail.breaker_opened(),
                Health::Ill | Health::Unknown => {}
            }
        }
        None => circuit.succeeded(),
    }
    answered.map(|(answer, _)| answer)
}

/// The provider's name, and what is asked of it: empty or from a `/` on.
fn split(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix(PREFIX).unwrap_or_default();
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

/// Whether a path holds `..`, also as some servers would decode it.
fn climbs(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".");
    let path = path.replace("%2f", "/").replace("%5c", "/");
    path.split(['/', '\\']).any(|segment| segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_off_the_provider() {
        for (path, parts) in [
            ("/p/openai/v1/files", ("openai", "/v1/files")),
            ("/p/openai/", ("openai", "/")),
            ("/p/openai", ("openai", "")),
            ("/p/", ("", "")),
        ] {
            assert_eq!(split(path), parts);
        }
    }

    #[test]
    fn notices_a_path_that_leads_out() {
        for path in [
            "/..",
            "/a/../b",
            "/a/%2E%2e/b",
            "/a/.%2e",
            "/a%2f..%2Fb",
            "/a/..%5cb",
        ] {
            assert!(climbs(path), "{path}");
        }
        for path in ["", "/a..b", "/...", "/a/b.c"] {
            assert!(!climbs(path), "{path}");
        }
    }
}
