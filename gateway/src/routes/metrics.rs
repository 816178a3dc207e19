//! `GET /metrics`: the counts of all workers, for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::server::Gateway;

pub(super) async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    let breakers = gateway
        .breakers()
        .map(|(name, open_for)| (name.to_owned(), open_for.is_some()))
        .collect();
    match gateway.fleet.page(breakers).await {
        Some(page) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], page).into_response(),
        // Half the counts would look like a counter that went backwards.
        None => (StatusCode::SERVICE_UNAVAILABLE, "The gateway is stopping.").into_response(),
    }
}
