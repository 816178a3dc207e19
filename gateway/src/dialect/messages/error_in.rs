//! Reads Messages' errors.

use hyper::StatusCode;
use serde::Deserialize;

use crate::translate::Problem;
use crate::translate::json::Text;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    error: ErrorObject<'a>,
}

#[derive(Deserialize)]
pub(super) struct ErrorObject<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
}

impl ErrorObject<'_> {
    /// The problem it tells; without an HTTP status, its type stands for one.
    pub(super) fn problem(&self, status: Option<StatusCode>) -> Problem {
        let kind = self.kind.as_ref().map_or("", Text::escaped);
        let status = status.unwrap_or(match kind {
            "invalid_request_error" => StatusCode::BAD_REQUEST,
            "authentication_error" => StatusCode::UNAUTHORIZED,
            "permission_error" => StatusCode::FORBIDDEN,
            "not_found_error" => StatusCode::NOT_FOUND,
            "request_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            "rate_limit_error" => StatusCode::TOO_MANY_REQUESTS,
            "overloaded_error" => StatusCode::SERVICE_UNAVAILABLE,
            "timeout_error" => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        });
        let mut problem = match self.message.as_ref().map(Text::decode) {
            Some(message) if !message.is_empty() => Problem::new(status, &message),
            _ => Problem::unreadable(status),
        };
        problem.code = match kind {
            "rate_limit_error" => Some("rate_limit_exceeded".to_owned()),
            "not_found_error" => Some("model_not_found".to_owned()),
            "timeout_error" => Some("timeout".to_owned()),
            "authentication_error" => Some("invalid_api_key".to_owned()),
            _ => None,
        };
        problem
    }
}

/// Reads the body of an answer with an error's `status`.
pub(crate) fn read(status: StatusCode, body: &[u8]) -> Problem {
    match serde_json::from_slice::<Envelope<'_>>(body) {
        Ok(envelope) => envelope.error.problem(Some(status)),
        Err(_) => Problem::unreadable(status),
    }
}
