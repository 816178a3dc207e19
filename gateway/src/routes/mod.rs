//! The routes besides the dialects: cold, so they are axum's.

mod health;
mod metrics;
mod models;
mod unknown;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::dialect::Dialect;
use crate::http::Headers;
use crate::server::Gateway;

/// The router for every path that is not a dialect's.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .route("/v1/models", get(models::models))
        .fallback(unknown::path)
        .method_not_allowed_fallback(unknown::method)
        .with_state(gateway)
}

/// The dialect a client speaks, where the path does not tell: Anthropic's SDKs always send
/// their version.
pub(crate) fn spoken(headers: &Headers) -> Dialect {
    if headers.contains("anthropic-version") {
        Dialect::Messages
    } else {
        Dialect::Chat
    }
}
