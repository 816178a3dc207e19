//! `GET /v1/models`: the models that the configuration lists, in the list shape of OpenAI, or
//! of Anthropic for its clients. Providers are not asked.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::spoken;
use crate::dialect::Dialect;
use crate::http::Headers;
use crate::server::Gateway;

#[derive(Serialize)]
struct OpenAiList<'a> {
    object: &'static str,
    data: Vec<OpenAiModel<'a>>,
}

#[derive(Serialize)]
struct OpenAiModel<'a> {
    id: &'a str,
    object: &'static str,
    /// Required by the SDKs; the gateway does not know it, and says the epoch.
    created: u64,
    owned_by: &'a str,
}

#[derive(Serialize)]
struct AnthropicList<'a> {
    data: Vec<AnthropicModel<'a>>,
    has_more: bool,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
}

#[derive(Serialize)]
struct AnthropicModel<'a> {
    r#type: &'static str,
    id: &'a str,
    display_name: &'a str,
    /// As [`OpenAiModel::created`].
    created_at: &'static str,
}

pub(super) async fn models(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Response {
    let headers = Headers::from(&headers);
    // Whether the key is good was found out before.
    let member = gateway.keyring.identify(&headers).ok().flatten();
    let listed: Vec<_> = gateway
        .routes
        .listed()
        .flat_map(|(listed, provider)| listed.names().map(move |name| (name, provider)))
        .filter(|(name, _)| member.is_none_or(|member| member.may_ask(&[name])))
        .collect();
    let body = match spoken(&headers) {
        Dialect::Messages => serde_json::to_vec(&anthropic(&listed)),
        Dialect::Chat | Dialect::Responses => serde_json::to_vec(&openai(&listed)),
    };
    // Structs of text and numbers always serialize.
    let body = body.unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The names of models, and of the providers that they mostly go to.
type Names<'a> = [(&'a str, &'a str)];

fn openai<'a>(names: &Names<'a>) -> OpenAiList<'a> {
    let data = names
        .iter()
        .map(|(name, provider)| OpenAiModel {
            id: name,
            object: "model",
            created: 0,
            owned_by: provider,
        })
        .collect();
    OpenAiList {
        object: "list",
        data,
    }
}

fn anthropic<'a>(names: &Names<'a>) -> AnthropicList<'a> {
    let data: Vec<_> = names
        .iter()
        .map(|(name, _)| AnthropicModel {
            r#type: "model",
            id: name,
            display_name: name,
            created_at: "1970-01-01T00:00:00Z",
        })
        .collect();
    AnthropicList {
        has_more: false,
        first_id: data.first().map(|model| model.id),
        last_id: data.last().map(|model| model.id),
        data,
    }
}
