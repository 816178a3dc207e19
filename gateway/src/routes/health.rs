//! `GET /health`: the process is up and answers. `GET /ready`: and so are its providers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::server::Gateway;

pub(super) async fn health() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#)
}

#[derive(Serialize)]
struct Readiness<'a> {
    status: &'static str,
    providers: Vec<ProviderState<'a>>,
    requests_at_work: usize,
}

#[derive(Serialize)]
struct ProviderState<'a> {
    name: &'a str,
    /// `ok`, or `left_alone` while its breaker is open.
    state: &'static str,
    /// After how long one request may try.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_in_ms: Option<u128>,
}

/// Ready is whoever has a provider that is not being left alone.
pub(super) async fn ready(State(gateway): State<Arc<Gateway>>) -> Response {
    let providers: Vec<_> = gateway
        .breakers()
        .map(|(name, open_for)| ProviderState {
            name,
            state: match open_for {
                None => "ok",
                Some(_) => "left_alone",
            },
            retry_in_ms: open_for.map(|open_for| open_for.as_millis()),
        })
        .collect();
    let is_ready = providers.iter().any(|provider| provider.state == "ok");
    let readiness = Readiness {
        status: if is_ready { "ok" } else { "unavailable" },
        providers,
        requests_at_work: gateway.load.at_work(),
    };
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    // A struct of text and numbers always serializes.
    let body = serde_json::to_vec(&readiness).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
