//! What the real providers refuse, refused in their words.
//!
//! Only with `--strict`: then a wrong translation of a request fails loudly
//! instead of being answered all the same. Each dialect has a file for the
//! conversation it takes; [`parameters`] has the fields that it knows.

mod chat;
mod embeddings;
mod gemini;
mod messages;
mod parameters;
mod responses;

use serde_json::Value;
use workload::Dialect;

/// Why a provider would refuse a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The field at fault, where it is a single one.
    pub(crate) param: Option<String>,
    /// The provider's words.
    pub(crate) message: String,
}

impl Violation {
    fn at(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            message: message.into(),
        }
    }

    /// In Anthropic's words, which begin with the place.
    fn anthropic(place: impl Into<String>, message: &str) -> Self {
        let place = place.into();
        let message = format!("{place}: {message}");
        Self::at(place, message)
    }
}

/// What a request asks a provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// An answer, in this dialect.
    Generate(Dialect),
    /// An answer of Gemini's.
    Gemini,
    /// Embeddings, of OpenAI.
    Embeddings,
    /// A count of tokens, of Anthropic.
    CountTokens,
}

/// Holds a request, its head and its body, against what its provider takes.
pub(crate) fn check(asked: Asked, head: &[u8], body: &[u8]) -> Result<(), Violation> {
    // What is not JSON, or no object, has been refused before.
    let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(body) else {
        return Ok(());
    };
    parameters::check(asked, head, &body)?;
    match asked {
        Asked::Generate(Dialect::Chat) => chat::check(&body),
        Asked::Generate(Dialect::Responses) => responses::check(&body),
        Asked::Generate(Dialect::Messages) => messages::check(&body),
        Asked::Gemini => gemini::check(&body),
        Asked::Embeddings => embeddings::check(&body),
        Asked::CountTokens => messages::check_conversation(&body),
    }
}

/// A list in an object; nothing where there is none.
fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// A text in an object; empty where there is none.
fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
