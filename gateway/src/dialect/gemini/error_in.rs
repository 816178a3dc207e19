//! Reads Gemini's errors.

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
    code: Option<u16>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
}

impl ErrorObject<'_> {
    /// The problem it tells; its own code is an HTTP status.
    pub(super) fn problem(&self, status: Option<StatusCode>) -> Problem {
        let own = self.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status
            .or(own.filter(|status| status.as_u16() >= 400))
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut problem = match self.message.as_ref().map(Text::decode) {
            Some(message) if !message.is_empty() => Problem::new(status, &message),
            _ => Problem::unreadable(status),
        };
        problem.code = match self.status.as_ref().map_or("", Text::escaped) {
            "RESOURCE_EXHAUSTED" => Some("rate_limit_exceeded".to_owned()),
            "NOT_FOUND" => Some("model_not_found".to_owned()),
            "UNAUTHENTICATED" => Some("invalid_api_key".to_owned()),
            "DEADLINE_EXCEEDED" => Some("timeout".to_owned()),
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
