//! Responses of the emulator.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::event_queue::Slot;
use super::fault::Replacement;
use crate::core::emulator::assumptions::NotFoundBody;
use crate::core::emulator::{ApiError, Assumptions};

/// A response before it is written.
#[derive(Debug)]
pub(super) struct CallResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    /// For the log.
    pub(super) log: Option<String>,
    pub(super) is_empty_list: bool,
}

/// The recorded message of a 404.
pub(super) const NO_ENTRY: &str = "No entry found";

const HTML: &str =
    "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>STATUS</h1></body></html>\n";

impl CallResponse {
    pub(super) fn json(status: StatusCode, value: &Value) -> Self {
        Self::text(status, "application/json", value.to_string())
    }

    pub(super) fn text(status: StatusCode, kind: &'static str, body: String) -> Self {
        let mut response = Self::empty(status);
        response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response.body = body;
        response
    }

    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: String::new(), log: None, is_empty_list: false }
    }

    /// The recorded response for a list without entries.
    pub(super) fn empty_list(assumptions: &Assumptions) -> Self {
        let log = Some("empty list: 404, as on the platform".to_owned());
        let response = Self::error(&ApiError::new(404, NO_ENTRY), assumptions);
        Self { log, is_empty_list: true, ..response }
    }

    pub(super) fn error(error: &ApiError, assumptions: &Assumptions) -> Self {
        let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::NOT_FOUND && assumptions.not_found_body == NotFoundBody::Html {
            return Self::html(status);
        }
        Self::json(status, &json!({ "status": "error", "message": error.message }))
    }

    pub(super) fn fault(replacement: &Replacement) -> Self {
        let status = StatusCode::from_u16(replacement.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let response = if replacement.is_html {
            Self::html(status)
        } else {
            let reason = status.canonical_reason().unwrap_or("fault on demand");
            Self::json(status, &json!({ "status": "error", "message": reason }))
        };
        match replacement.retry_after {
            Some(seconds) => response.retry_after(seconds),
            None => response,
        }
    }

    fn html(status: StatusCode) -> Self {
        Self::text(status, "text/html; charset=utf-8", HTML.replace("STATUS", &status.to_string()))
    }

    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        self
    }

    /// The HTTP response. It holds the slot until it is written.
    pub(super) fn into_response(self, slot: Slot) -> Response {
        let length = HeaderValue::from(self.body.len());
        let body = Body::from(self.body).map_frame(move |frame| {
            let _held = &slot;
            frame
        });
        let mut response = Response::new(Body::new(body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if self.status != StatusCode::NO_CONTENT {
            response.headers_mut().insert(CONTENT_LENGTH, length);
        }
        response
    }
}

/// A response that fails, so that the server closes the connection.
pub(super) fn cut_off(slot: Slot) -> Response {
    let end = futures_util::stream::once(async move {
        drop(slot);
        Err::<bytes::Bytes, _>(std::io::Error::other("fault on demand"))
    });
    Response::new(Body::from_stream(end))
}
