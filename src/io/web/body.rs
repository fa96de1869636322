//! Reads the body of a request within limits.

use axum::body::{Body, Bytes};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::access::{Denial, deny};
use super::serve::ServerLimits;

pub async fn read_body(body: Body, limits: &ServerLimits) -> Result<Bytes, Denial> {
    let body = Limited::new(body, limits.body).collect();
    match tokio::time::timeout(limits.body_time, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(deny(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"))
        }
        Ok(Err(_)) => Err(deny(StatusCode::BAD_REQUEST, "the body cannot be read")),
        Err(_) => Err(deny(StatusCode::REQUEST_TIMEOUT, "timed out reading the body")),
    }
}
