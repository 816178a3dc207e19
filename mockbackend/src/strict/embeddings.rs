//! Embeddings.

use serde_json::Value;

use super::Violation;

pub(super) fn check(body: &Value) -> Result<(), Violation> {
    let good = match &body["input"] {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_input),
        _ => false,
    };
    if good {
        return Ok(());
    }
    Err(Violation::at(
        "input",
        "'$.input' is invalid. Please check the API reference: \
         https://platform.openai.com/docs/api-reference.",
    ))
}

/// A text, a token, or a list of tokens.
fn is_input(item: &Value) -> bool {
    match item {
        Value::String(text) => !text.is_empty(),
        Value::Number(token) => token.is_u64(),
        Value::Array(tokens) => !tokens.is_empty() && tokens.iter().all(Value::is_u64),
        _ => false,
    }
}
