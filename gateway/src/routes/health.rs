//! `GET /health`: the process is up and answers.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

pub(super) async fn health() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#)
}
