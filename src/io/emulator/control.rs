//! The routes below `/_emulator/`, for tests.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::header::CONTENT_TYPE;

use super::shared::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/_emulator/health", get(health))
}

async fn health() -> ([(http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#)
}
