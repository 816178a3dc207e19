//! Errors, in the form of the provider that is imitated (wire formats,
//! section 2).

use super::identity::REQUEST_ID;
use super::object::{Json, NULL, object};
use super::provider::Provider;
use super::template::Template;
use crate::ask::BadAsk;
use crate::fault::BadFault;
use crate::http::Refusal;

/// When the limits of a provider that refuses for their sake are renewed.
const RESET_AT: &str = "2026-06-25T00:00:01Z";

/// An answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    status: u16,
    message: String,
    /// The request's field at fault; OpenAI names it on its own.
    param: Option<String>,
    /// The methods that a path is served under.
    allow: Option<&'static str>,
    /// It imitates the provider's own error of its status.
    imitated: bool,
}

impl Problem {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            param: None,
            allow: None,
            imitated: false,
        }
    }

    /// Nothing is served at `target`.
    pub(crate) fn not_found(target: &str) -> Self {
        Self::new(404, format!("Invalid URL: {target}"))
    }

    /// The journal is off.
    pub(crate) fn no_journal() -> Self {
        Self::new(404, "no journal is kept; start the mock with --journal")
    }

    /// The path is served, but only under the methods `allow`.
    pub(crate) fn wrong_method(allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(405, format!("Method not allowed; allowed: {allow}"))
        }
    }

    /// The JSON could not be answered.
    pub(crate) fn bad_ask(bad: &BadAsk) -> Self {
        Self::at(bad.param().map(str::to_owned), bad.to_string())
    }

    /// A request that the provider would refuse, because of `param` if of a
    /// single field.
    pub(crate) fn at(param: Option<String>, message: String) -> Self {
        Self {
            param,
            ..Self::new(400, message)
        }
    }

    /// The fault asked for cannot be done.
    pub(crate) fn bad_fault(bad: &BadFault) -> Self {
        Self::new(400, bad.to_string())
    }

    /// The request could not be read.
    pub(crate) fn refusal(refusal: Refusal) -> Self {
        Self::new(refusal.status(), refusal.to_string())
    }

    /// The error that the provider itself gives with `status`.
    pub(crate) fn imitated(status: u16, provider: Provider) -> Self {
        let message = match (status, provider) {
            (401, Provider::OpenAi) => "Incorrect API key provided.",
            (401, Provider::Anthropic) => "invalid x-api-key",
            (404, Provider::OpenAi) => "The model does not exist or you do not have access to it.",
            (429, Provider::OpenAi) => "Rate limit reached. Please try again in 1s.",
            (429, _) => "This request would exceed your rate limit.",
            (500, Provider::OpenAi) => "The server had an error while processing your request.",
            (500, _) => "Internal server error",
            (503, _) => "The server is currently overloaded. Please try again later.",
            (504, _) => "The request timed out.",
            (529, _) => "Overloaded",
            _ => "A fault that was asked for.",
        };
        Self {
            imitated: true,
            ..Self::new(status, message)
        }
    }

    /// The error as an answer.
    pub(crate) fn template(&self, provider: impl Into<Provider>) -> Template {
        let provider = provider.into();
        let mut extra = self
            .allow
            .map_or(String::new(), |allow| format!("allow: {allow}\r\n"));
        if self.imitated {
            for (name, value) in fields(self.status, provider) {
                extra += &format!("{name}: {value}\r\n");
            }
        }
        Template::whole(self.status, provider, &extra, &self.json(provider))
    }

    fn json(&self, provider: Provider) -> Json {
        let message = &self.message;
        match provider {
            Provider::OpenAi => {
                let (kind, code) = self.openai_type();
                object! {
                    "error": object! {
                        "message": message,
                        "type": kind,
                        "param": self.param,
                        "code": code,
                    },
                }
            }
            Provider::Anthropic => object! {
                "type": "error",
                "error": object! { "type": anthropic_type(self.status), "message": message },
                "request_id": REQUEST_ID,
            },
            Provider::Gemini => object! {
                "error": object! {
                    "code": self.status,
                    "message": message,
                    "status": gemini_status(self.status),
                },
            },
        }
    }

    /// OpenAI's `type` and `code`.
    fn openai_type(&self) -> (&'static str, Option<&'static str>) {
        match self.status {
            _ if !self.imitated => ("invalid_request_error", None),
            401 => ("invalid_request_error", Some("invalid_api_key")),
            404 => ("invalid_request_error", Some("model_not_found")),
            429 => ("requests", Some("rate_limit_exceeded")),
            500.. => ("server_error", None),
            _ => ("invalid_request_error", None),
        }
    }
}

/// The error in the middle of a stream, as the provider's event of an error
/// has it.
pub(super) fn overloaded(provider: Provider) -> Json {
    match provider {
        Provider::OpenAi => object! {
            "message": "The server had an error while processing your request.",
            "type": "server_error",
            "param": NULL,
            "code": "server_error",
        },
        Provider::Anthropic => object! {
            "type": "overloaded_error",
            "message": "Overloaded",
            "details": NULL,
        },
        Provider::Gemini => object! {
            "code": 503,
            "message": "The model is overloaded. Please try again later.",
            "status": "UNAVAILABLE",
        },
    }
}

/// The fields that a provider sends with an error of this status.
fn fields(status: u16, provider: Provider) -> Vec<(&'static str, &'static str)> {
    let mut fields = match provider {
        Provider::OpenAi => vec![
            ("openai-version", "2020-10-01"),
            ("openai-organization", "tollgate"),
            ("openai-processing-ms", "5"),
        ],
        Provider::Anthropic => vec![(
            "anthropic-organization-id",
            "00000000-0000-4000-8000-000000000001",
        )],
        Provider::Gemini => Vec::new(),
    };
    match (status, provider) {
        (429, Provider::OpenAi) => fields.extend([
            ("retry-after", "1"),
            ("retry-after-ms", "1000"),
            ("x-ratelimit-limit-requests", "10000"),
            ("x-ratelimit-limit-tokens", "200000"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-remaining-tokens", "199000"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-reset-tokens", "6ms"),
        ]),
        (429, Provider::Anthropic) => fields.extend([
            ("retry-after", "1"),
            ("x-should-retry", "true"),
            ("anthropic-ratelimit-requests-limit", "50"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-requests-reset", RESET_AT),
            ("anthropic-ratelimit-tokens-limit", "40000"),
            ("anthropic-ratelimit-tokens-remaining", "39000"),
            ("anthropic-ratelimit-tokens-reset", RESET_AT),
            ("anthropic-ratelimit-input-tokens-limit", "30000"),
            ("anthropic-ratelimit-input-tokens-remaining", "29000"),
            ("anthropic-ratelimit-input-tokens-reset", RESET_AT),
            ("anthropic-ratelimit-output-tokens-limit", "10000"),
            ("anthropic-ratelimit-output-tokens-remaining", "10000"),
            ("anthropic-ratelimit-output-tokens-reset", RESET_AT),
        ]),
        (529, Provider::Anthropic) => fields.push(("x-should-retry", "true")),
        _ => {}
    }
    fields
}

fn anthropic_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

/// The names of google.rpc.Code, as its documentation maps them to statuses.
fn gemini_status(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use insta::assert_snapshot;

    use super::*;
    use crate::answer::template::Body;

    #[test]
    fn what_providers_say() {
        let mut all = String::new();
        for provider in [Provider::OpenAi, Provider::Anthropic, Provider::Gemini] {
            for status in [400, 401, 404, 429, 500, 503, 529] {
                let template = Problem::imitated(status, provider).template(provider);
                let Body::Whole(piece) = template.body() else {
                    panic!("an error is never a stream");
                };
                let head = String::from_utf8_lossy(template.head()).replace('\r', "");
                let body = String::from_utf8_lossy(piece.content());
                writeln!(all, "{head}\n{body}\n").unwrap();
            }
        }
        assert_snapshot!("errors", all);
    }
}
