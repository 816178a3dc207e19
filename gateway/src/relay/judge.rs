//! What a try's outcome means: for the next try, for the provider's breaker, and for the counts.

use std::time::Duration;

use hyper::StatusCode;

use super::attempt::Answered;
use crate::dialect::Fault;
use crate::http::{Headers, Response};
use crate::metrics::UpstreamError;
use crate::routing::Failure;
use crate::server::Kind;

/// A try that did not go well.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What it is for whoever tries next; `None` if another try would not help.
    pub(super) failure: Option<Failure>,
    /// What the breaker learns of it.
    pub(super) provider: Health,
    pub(super) error: Option<UpstreamError>,
}

/// How a provider does, by one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Well,
    Ill,
    Unknown,
}

/// `None` for an answer that is good, or bad by the client's own doing.
pub(super) fn judge(answered: &Answered) -> Option<Verdict> {
    match answered {
        Ok((answer, _)) if begins_with_error(answer) => Some(Verdict {
            failure: AGAIN,
            // It may be the client's own doing.
            provider: Health::Unknown,
            // Counted where it is passed on, or given up for another.
            error: None,
        }),
        Ok((answer, _)) => status(answer.status, &answer.headers),
        Err(fault) => Some(told(fault)),
    }
}

/// Whether an answer is a stream whose first event is an error of the provider's.
pub(super) fn begins_with_error(answer: &Response<Kind>) -> bool {
    matches!(&answer.body, Kind::Events(events) if events.notes().failed && !events.notes().generated)
}

const AGAIN: Option<Failure> = Some(Failure::Passing { retry_after: None });

/// Whether another try may go better: the statuses at which the official SDKs try again.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 409 | 429 | 500..)
}

fn health(status: StatusCode) -> Health {
    if status.is_server_error() {
        Health::Ill
    } else {
        Health::Well
    }
}

fn status(status: StatusCode, headers: &Headers) -> Option<Verdict> {
    if !is_passing(status) {
        return None;
    }
    let again = headers.get("x-should-retry");
    let failure = Failure::Passing {
        retry_after: retry_after(headers),
    };
    Some(Verdict {
        failure: (again != Some(&b"false"[..])).then_some(failure),
        provider: health(status),
        error: match status.as_u16() {
            429 => Some(UpstreamError::RateLimited),
            500.. => Some(UpstreamError::Status5xx),
            _ => None,
        },
    })
}

fn told(fault: &Fault) -> Verdict {
    let (failure, provider, error) = match fault {
        Fault::Unreachable { .. } => (AGAIN, Health::Ill, Some(UpstreamError::Connect)),
        Fault::BadAnswer { .. } => (AGAIN, Health::Ill, Some(UpstreamError::BadAnswer)),
        Fault::Timeout { .. } | Fault::FellSilent { .. } => {
            let error = Some(UpstreamError::Timeout);
            (Some(Failure::TimedOut), Health::Ill, error)
        }
        // Another provider has another key, but this one will not like it better next time.
        Fault::KeyRefused { .. } => (
            Some(Failure::TimedOut),
            Health::Well,
            Some(UpstreamError::KeyRefused),
        ),
        // The first event of a stream that would have been translated.
        Fault::Provider(problem) if is_passing(problem.status) => (
            AGAIN,
            health(problem.status),
            Some(UpstreamError::StreamError),
        ),
        Fault::ProviderBusy { .. } => (AGAIN, Health::Unknown, None),
        Fault::CircuitOpen { .. } => (Some(Failure::TimedOut), Health::Unknown, None),
        _ => (None, Health::Unknown, None),
    };
    Verdict {
        failure,
        provider,
        error,
    }
}

/// How long a provider asks to be left alone: OpenAI's `retry-after-ms`, or `retry-after` in
/// seconds. A date there is not read, as no provider sends one.
fn retry_after(headers: &Headers) -> Option<Duration> {
    let number = |name: &str| -> Option<f64> { headers.text(name)?.trim().parse().ok() };
    let seconds = match number("retry-after-ms") {
        Some(millis) => millis / 1e3,
        None => number("retry-after")?,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_again_where_the_sdks_do() {
        let again = |code: u16, fields: &[(&'static str, &'static str)]| {
            status(StatusCode::from_u16(code).unwrap(), &Headers::from(fields))
                .is_some_and(|verdict| verdict.failure.is_some())
        };
        for code in [408, 409, 429, 500, 502, 503, 529] {
            assert!(again(code, &[]), "{code}");
            assert!(!again(code, &[("x-should-retry", "false")]), "{code}");
        }
        for code in [200, 204, 301, 400, 401, 403, 404, 422] {
            assert!(!again(code, &[]), "{code}");
        }
    }

    #[test]
    fn only_what_the_provider_did_counts_for_the_breaker() {
        let counts = |code: u16| {
            status(StatusCode::from_u16(code).unwrap(), &Headers::default())
                .is_some_and(|verdict| verdict.provider == Health::Ill)
        };
        assert!(counts(500) && counts(503));
        assert!(!counts(429) && !counts(408) && !counts(400));
        assert_eq!(told(&Fault::ModelMissing).provider, Health::Unknown);
    }

    #[test]
    fn reads_how_long_to_wait() {
        for (fields, expected) in [
            (&[][..], None),
            (&[("retry-after", "2")], Some(2000)),
            (&[("retry-after", "1.5")], Some(1500)),
            (&[("retry-after-ms", "20"), ("retry-after", "2")], Some(20)),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], None),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "1e300")], None),
        ] {
            let read = retry_after(&Headers::from(fields));
            assert_eq!(read, expected.map(Duration::from_millis), "{fields:?}");
        }
    }
}
