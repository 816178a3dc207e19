//! What a request's JSON asks for, as far as the answer depends on it.
//!
//! Fields that do not matter are skipped, not judged.

mod embeddings;
mod gemini;
mod marks;
mod reasoning;
mod tools;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use workload::Dialect;

pub use embeddings::EmbeddingsAsk;
use marks::Marks;
pub use reasoning::Reasoning;

use crate::fault::{BadFault, Faults, MODEL_SUFFIX};

/// What a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The answer is to come as a stream of events.
    pub stream: bool,
    /// Chat's `stream_options.include_usage`.
    pub include_usage: bool,
    /// The functions to be called, one unless the prompt asks for two by
    /// `[[two tools]]`; without any the answer is text.
    pub calls: Vec<String>,
    /// The model is to reason.
    pub reasoning: Reasoning,
    /// The prompt holds `[[refuse]]`: the model is not to answer.
    pub refuse: bool,
    /// The prompt holds `[[cached]]`, or in Messages a `cache_control`: part
    /// of it was in a cache.
    pub cached: bool,
    /// The prompt holds `[[json]]`: the text is JSON, as where a schema was
    /// asked for.
    pub json: bool,
    /// The prompt holds `[[foreign keys]]`: that JSON, and the arguments of
    /// calls, have keys outside ASCII.
    pub foreign_keys: bool,
    /// Responses' `include` asks for the proof of what was thought.
    pub encrypted: bool,
    /// The faults asked for behind the model's name.
    pub faults: Faults,
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
    /// A field holds more or less than is taken.
    #[error("{0}: out of range")]
    OutOfRange(&'static str),
    /// The fault behind the model's name cannot be done.
    #[error(transparent)]
    Fault(#[from] BadFault),
}

impl BadAsk {
    /// The request's field that is at fault, where it is a single one.
    pub fn param(&self) -> Option<&'static str> {
        match self {
            Self::NotJson(_) | Self::BadShape(_) => None,
            Self::Missing(field) | Self::OutOfRange(field) => Some(field),
            Self::Fault(_) => Some("model"),
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

/// The faults asked for behind a model's name.
fn faults_of(model: &str) -> Result<Faults, BadFault> {
    match model.split_once(MODEL_SUFFIX) {
        Some((_, faults)) => faults.parse(),
        None => Ok(Faults::default()),
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
    parallel_tool_calls: Option<bool>,
    #[serde(borrow)]
    include: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow)]
    reasoning_effort: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reasoning: Option<&'a RawValue>,
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
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
        let marks = Marks::find(dialect, body);
        let body: Body<'_> = serde_json::from_slice(body)?;
        let model = body.model.as_deref().unwrap_or_default();
        if model.is_empty() {
            return Err(BadAsk::Missing("model"));
        }
        let reasoning = reasoning::reasoning(dialect, &body)?;
        let faults = faults_of(model)?;
        let calls = match body.tools {
            Some(tools) => tools::functions_to_call(dialect, tools, &body, marks.two_tools)?,
            None => Vec::new(),
        };
        Ok(Self {
            stream: body.stream.unwrap_or(false),
            include_usage: body
                .stream_options
                .and_then(|options| options.include_usage)
                .unwrap_or(false),
            calls,
            reasoning,
            refuse: marks.refuse,
            cached: marks.cached,
            json: marks.json,
            foreign_keys: marks.foreign_keys,
            encrypted: body
                .include
                .is_some_and(|list| list.iter().any(|name| name == reasoning::PROOF)),
            faults,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_usage() {
        let read = |body: &str| Ask::read(Dialect::Chat, body.as_bytes()).unwrap();
        let text = Ask::default();
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
                ..text.clone()
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
