//! Errors, in the form of the dialect that asked (wire formats, section 2).

use workload::Dialect;

use super::identity::REQUEST_ID;
use super::object::{NULL, object};
use super::template::Template;
use crate::ask::BadAsk;
use crate::http::Refusal;

/// An answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    status: u16,
    message: String,
    /// The request's field at fault; OpenAI names it on its own.
    param: Option<&'static str>,
    /// The methods that a path is served under.
    allow: Option<&'static str>,
}

impl Fault {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            param: None,
            allow: None,
        }
    }

    /// Nothing is served at `target`.
    pub(super) fn not_found(target: &str) -> Self {
        Self::new(404, format!("Invalid URL: {target}"))
    }

    /// The path is served, but only under the methods `allow`.
    pub(super) fn wrong_method(allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(405, format!("Method not allowed; allowed: {allow}"))
        }
    }

    /// The JSON could not be answered.
    pub(super) fn bad_ask(bad: &BadAsk) -> Self {
        Self {
            param: bad.param(),
            ..Self::new(400, bad.to_string())
        }
    }

    /// The request could not be read.
    pub(super) fn refusal(refusal: Refusal) -> Self {
        Self::new(refusal.status(), refusal.to_string())
    }

    /// The error as an answer.
    pub(super) fn template(&self, dialect: Dialect) -> Template {
        let message = &self.message;
        let json = match dialect {
            Dialect::Chat | Dialect::Responses => object! {
                "error": object! {
                    "message": message,
                    "type": "invalid_request_error",
                    "param": self.param,
                    "code": NULL,
                },
            },
            Dialect::Messages => object! {
                "type": "error",
                "error": object! { "type": self.anthropic_type(), "message": message },
                "request_id": REQUEST_ID,
            },
        };
        let allow = self
            .allow
            .map_or(String::new(), |allow| format!("allow: {allow}\r\n"));
        Template::whole(self.status, dialect, &allow, &json)
    }

    fn anthropic_type(&self) -> &'static str {
        match self.status {
            404 => "not_found_error",
            413 => "request_too_large",
            _ => "invalid_request_error",
        }
    }
}
