//! What a request's JSON asks for, as far as the answer depends on it.
//!
//! Fields that do not matter are skipped, not judged.

mod tools;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use workload::Dialect;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The answer is to come as a stream of events.
    pub stream: bool,
    /// Chat's `stream_options.include_usage`.
    pub include_usage: bool,
    /// The function to be called; without one the answer is text.
    pub call: Option<String>,
}

/// Why a request's JSON cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum BadAsk {
    /// Not JSON.
    #[error("The request body is not valid JSON: {0}")]
    NotJson(serde_json::Error),
    /// JSON, but not of the dialect's shape.
    #[error("The request body does not have the expected shape: {0}")]
    BadShape(serde_json::Error),
    /// A required field is not there.
    #[error("{0}: Field required")]
    Missing(&'static str),
    /// `tool_choice` names a function that `tools` does not offer.
    #[error("tool_choice: no function named `{0}` in `tools`")]
    UnknownFunction(String),
}

impl BadAsk {
    /// The request's field that is at fault, where it is a single one.
    pub fn param(&self) -> Option<&'static str> {
        match self {
            Self::NotJson(_) | Self::BadShape(_) => None,
            Self::Missing(field) => Some(field),
            Self::UnknownFunction(_) => Some("tool_choice"),
        }
    }
}

impl From<serde_json::Error> for BadAsk {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            Category::Data => Self::BadShape(error),
            Category::Io | Category::Syntax | Category::Eof => Self::NotJson(error),
        }
    }
}

/// The fields of all three dialects that matter, borrowed from the request.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    #[serde(borrow)]
    tools: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_choice: Option<&'a RawValue>,
    /// Chat's and Messages' conversation.
    #[serde(borrow)]
    messages: Option<&'a RawValue>,
    /// Responses' conversation.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

impl Ask {
    /// Reads a request's body.
    ///
    /// # Errors
    /// [`BadAsk`], when it is not JSON of the dialect's shape, names no model,
    /// or wants a function called that it does not offer.
    pub fn read(dialect: Dialect, body: &[u8]) -> Result<Self, BadAsk> {
        let body: Body<'_> = serde_json::from_slice(body)?;
        if body.model.as_ref().is_none_or(|model| model.is_empty()) {
            return Err(BadAsk::Missing("model"));
        }
        let call = match body.tools {
            Some(tools) => tools::function_to_call(dialect, tools, &body)?,
            None => None,
        };
        Ok(Self {
            stream: body.stream.unwrap_or(false),
            include_usage: body
                .stream_options
                .and_then(|options| options.include_usage)
                .unwrap_or(false),
            call,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_usage() {
        let read = |body: &str| Ask::read(Dialect::Chat, body.as_bytes()).unwrap();
        let text = Ask {
            stream: false,
            include_usage: false,
            call: None,
        };
        assert_eq!(read(r#"{"model":"m","messages":[],"new":{"a":[1]}}"#), text);
        assert_eq!(
            read(r#"{"stream":null,"model":"\u00e9","stream_options":null}"#),
            text
        );
        assert_eq!(
            read(r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#),
            Ask {
                stream: true,
                include_usage: true,
                call: None
            }
        );
    }

    #[test]
    fn bad_bodies() {
        let refused = |body: &str| {
            let bad = Ask::read(Dialect::Messages, body.as_bytes()).unwrap_err();
            (bad.to_string(), bad.param())
        };
        for body in ["", "{", "{\"model\":\"m\"} x"] {
            let (message, param) = refused(body);
            assert!(message.starts_with("The request body is not valid JSON: "));
            assert_eq!(param, None);
        }
        for body in ["[]", r#"{"model":1}"#, r#"{"model":"m","stream":"yes"}"#] {
            assert!(refused(body).0.contains("expected shape"), "{body}");
        }
        for body in ["{}", r#"{"model":null}"#, r#"{"model":""}"#] {
            let missing = ("model: Field required".to_owned(), Some("model"));
            assert_eq!(refused(body), missing);
        }
    }
}
