//! The list of models, in OpenAI's form and in Anthropic's.

use super::identity::CREATED;
use super::object::{Json, NULL, object};

/// The models listed; any other is answered too.
const MODELS: [&str; 3] = ["gpt-4o-mini", "gpt-4o", "claude-sonnet-4-5"];
/// [`CREATED`], as Anthropic writes it.
const CREATED_AT: &str = "2026-06-25T00:00:00Z";

/// `GET /v1/models` of OpenAI's API.
pub(super) fn openai() -> Json {
    let models = MODELS.map(|id| {
        object! { "id": id, "object": "model", "created": CREATED, "owned_by": "tollgate" }
    });
    object! { "object": "list", "data": models }
}

/// `GET /v1/models` of Anthropic's API.
pub(super) fn anthropic() -> Json {
    let models = MODELS.map(|id| {
        object! {
            "type": "model",
            "id": id,
            "display_name": id,
            "created_at": CREATED_AT,
            "lifecycle": "active",
            "line": NULL,
            "deprecated_at": NULL,
            "retires_at": NULL,
            "capabilities": NULL,
            "max_input_tokens": NULL,
            "max_tokens": NULL,
        }
    });
    object! {
        "data": models,
        "has_more": false,
        "first_id": MODELS[0],
        "last_id": MODELS[MODELS.len() - 1],
    }
}
