//! CORS headers for the public endpoints, which the vendor's button calls from a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderValue, StatusCode};

use super::response::CallResponse;
use super::service::Service;
use crate::core::emulator::Assumptions;
use crate::core::emulator::assumptions::Cors;

/// Allows scripts of any origin to read a response.
pub(super) fn allow(mut response: CallResponse, assumptions: &Assumptions) -> CallResponse {
    if assumptions.cors == Cors::Sent {
        response.headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// The response to a CORS preflight request (recorded: which headers the button sends).
pub(super) async fn preflight(State(service): State<Arc<Service>>) -> Response {
    if service.assumptions.cors == Cors::Absent {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "rsvp, cache-control, content-type, accept"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
