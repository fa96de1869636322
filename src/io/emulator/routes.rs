//! The routes of the emulator.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::Method;

use super::call::refuse;
use super::service::Service;
use super::{control, lists, public, read_only, resources, sign_ups};
use crate::core::emulator::ApiError;
use crate::io::web::OwnHost;

/// All routes, with the checks for requests over the network.
pub(super) fn server(service: Arc<Service>, address: SocketAddr) -> Router {
    let host = Arc::new(OwnHost::new(address.port()));
    router(service).layer(from_fn_with_state(host, protect_control))
}

/// All routes, for calls in this process.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .merge(resources::routes())
        .merge(lists::routes())
        .merge(read_only::routes())
        .merge(control::routes())
        .merge(sign_ups::routes())
        .merge(public::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .with_state(service)
}

/// Allows control routes only from this machine: no other host name, no proxy, no page of another origin.
async fn protect_control(State(host): State<Arc<OwnHost>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/_emulator") {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match host.check(&head) {
        Ok(_) => next.run(Request::from_parts(head, body)).await,
        Err(denial) => denial.into_response(),
    }
}

async fn unknown(State(service): State<Arc<Service>>, request: Request) -> Response {
    let endpoint = format!("{} {}", request.method(), request.uri().path());
    let message = format!("the emulator does not implement `{}`", crate::core::text::one_line(&endpoint));
    refuse(service, request, ApiError::new(404, message)).await
}

async fn wrong_method(State(service): State<Arc<Service>>, method: Method, request: Request) -> Response {
    let message = format!("`{method}` is not allowed here");
    refuse(service, request, ApiError::new(405, message)).await
}
