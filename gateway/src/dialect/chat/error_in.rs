//! Reads OpenAI's errors, which Chat and Responses share.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::translate::Problem;
use crate::translate::json::Text;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    error: ErrorObject<'a>,
}

/// An error object; some providers give a string instead, others leave members out.
pub(in crate::dialect) struct ErrorObject<'a> {
    message: Option<Text<'a>>,
    kind: Option<Text<'a>>,
    code: Option<&'a RawValue>,
    param: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for ErrorObject<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Members<'a> {
            #[serde(borrow)]
            message: Option<&'a RawValue>,
            #[serde(borrow, rename = "type")]
            kind: Option<&'a RawValue>,
            #[serde(borrow)]
            code: Option<&'a RawValue>,
            #[serde(borrow)]
            param: Option<&'a RawValue>,
        }
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        if let message @ Some(_) = Text::of(raw) {
            return Ok(Self {
                message,
                kind: None,
                code: None,
                param: None,
            });
        }
        let members: Members<'de> =
            serde_json::from_str(raw.get()).map_err(serde::de::Error::custom)?;
        Ok(Self {
            message: members.message.and_then(Text::of),
            kind: members.kind.and_then(Text::of),
            code: members.code,
            param: members.param.and_then(Text::of),
        })
    }
}

impl ErrorObject<'_> {
    /// The problem it tells. Without an HTTP status, as within a stream, the status is what its
    /// type and code stand for.
    pub(in crate::dialect) fn problem(&self, status: Option<StatusCode>) -> Problem {
        let code = self.code.and_then(|raw| match Text::of(raw) {
            Some(text) => Some(text.decode().into_owned()),
            None => raw.get().parse::<u16>().ok().map(|code| code.to_string()),
        });
        let status = status.unwrap_or_else(|| {
            let kind = self.kind.as_ref().map_or("", Text::escaped);
            let number = code.as_deref().and_then(|code| code.parse().ok());
            match (
                number.and_then(|code| StatusCode::from_u16(code).ok()),
                kind,
            ) {
                (Some(status), _) if status.as_u16() >= 400 => status,
                _ if code.as_deref() == Some("rate_limit_exceeded") => {
                    StatusCode::TOO_MANY_REQUESTS
                }
                (_, "invalid_request_error") => StatusCode::BAD_REQUEST,
                (_, "overloaded_error") => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            }
        });
        let message = self.message.as_ref().map(Text::decode);
        let mut problem = match message {
            Some(message) if !message.is_empty() => Problem::new(status, &message),
            _ => Problem::unreadable(status),
        };
        problem.code = code.filter(|code| code.parse::<u16>().is_err());
        problem.param = self.param.as_ref().map(|param| param.decode().into_owned());
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
