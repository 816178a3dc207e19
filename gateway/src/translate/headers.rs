//! A provider's response headers in the client's dialect: rate limits and request ids.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::dialect::Dialect;
use crate::http::Headers;

/// Headers that mean the same to every client.
const KEPT: [&str; 3] = ["retry-after", "retry-after-ms", "x-should-retry"];

/// OpenAI's and Anthropic's names of the same limit.
const LIMITS: [(&str, &str); 6] = [
    (
        "x-ratelimit-limit-requests",
        "anthropic-ratelimit-requests-limit",
    ),
    (
        "x-ratelimit-remaining-requests",
        "anthropic-ratelimit-requests-remaining",
    ),
    (
        "x-ratelimit-reset-requests",
        "anthropic-ratelimit-requests-reset",
    ),
    (
        "x-ratelimit-limit-tokens",
        "anthropic-ratelimit-tokens-limit",
    ),
    (
        "x-ratelimit-remaining-tokens",
        "anthropic-ratelimit-tokens-remaining",
    ),
    (
        "x-ratelimit-reset-tokens",
        "anthropic-ratelimit-tokens-reset",
    ),
];

/// The headers of `provider`'s answer that a `client` is told, under its own names. `now` turns
/// Anthropic's points in time into OpenAI's durations and back. All others are left out: they
/// speak of a body that the client does not get.
pub(crate) fn translate(provider: &Headers, client: Dialect, now: SystemTime) -> Headers {
    let mut told = Headers::default();
    for name in KEPT {
        if let Some(value) = provider.shared(name) {
            told.set(name, value);
        }
    }
    let request_id = provider.shared("x-request-id");
    let request_id = request_id.or_else(|| provider.shared("request-id"));
    if let Some(id) = request_id {
        let name = match client {
            Dialect::Messages => "request-id",
            Dialect::Chat | Dialect::Responses => "x-request-id",
        };
        told.set(name, id);
    }
    for (openai, anthropic) in LIMITS {
        let (name, other) = match client {
            Dialect::Messages => (anthropic, openai),
            Dialect::Chat | Dialect::Responses => (openai, anthropic),
        };
        let value = provider.shared(name).or_else(|| {
            if name.contains("reset") {
                reset(provider.text(other)?, client, now).map(Bytes::from)
            } else {
                provider.shared(other)
            }
        });
        if let Some(value) = value {
            told.set(name, value);
        }
    }
    told
}

/// OpenAI tells how long (`6m0s`), Anthropic tells when (RFC 3339).
fn reset(value: &str, client: Dialect, now: SystemTime) -> Option<String> {
    Some(match client {
        Dialect::Messages => {
            let wait = humantime::parse_duration(value).ok()?;
            let at = now.checked_add(wait)?;
            // Rounded up: at that second it is certainly over.
            let at = at.checked_add(Duration::from_millis(999))?;
            humantime::format_rfc3339_seconds(at).to_string()
        }
        Dialect::Chat | Dialect::Responses => {
            let at = humantime::parse_rfc3339(value).ok()?;
            let wait = at.duration_since(now).unwrap_or_default();
            format!("{}s", wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> SystemTime {
        humantime::parse_rfc3339("2026-06-25T00:00:00Z").unwrap()
    }

    #[test]
    fn anthropics_limits_for_an_openai_client() {
        let provider = Headers::from([
            ("content-type", "application/json"),
            ("content-length", "5"),
            ("request-id", "req_1"),
            ("retry-after", "7"),
            ("anthropic-organization-id", "secret"),
            ("anthropic-ratelimit-requests-limit", "50"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-requests-reset", "2026-06-25T00:01:30Z"),
        ]);
        assert_eq!(
            translate(&provider, Dialect::Chat, now()),
            Headers::from([
                ("retry-after", "7"),
                ("x-request-id", "req_1"),
                ("x-ratelimit-limit-requests", "50"),
                ("x-ratelimit-remaining-requests", "0"),
                ("x-ratelimit-reset-requests", "90s"),
            ])
        );
    }

    #[test]
    fn openais_limits_for_a_messages_client() {
        let provider = Headers::from([
            ("x-request-id", "req_1"),
            ("retry-after-ms", "1000"),
            ("x-ratelimit-limit-tokens", "200000"),
            ("x-ratelimit-reset-tokens", "6m0s"),
            ("x-ratelimit-reset-requests", "nonsense"),
        ]);
        assert_eq!(
            translate(&provider, Dialect::Messages, now()),
            Headers::from([
                ("retry-after-ms", "1000"),
                ("request-id", "req_1"),
                ("anthropic-ratelimit-tokens-limit", "200000"),
                ("anthropic-ratelimit-tokens-reset", "2026-06-25T00:06:00Z"),
            ])
        );
    }
}
