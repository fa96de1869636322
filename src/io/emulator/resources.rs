//! The routes for resources that can be created, read, changed and deleted.

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::json;

use super::call::{Access, CallRequest, respond};
use super::operations::{add, find, remove, update};
use super::response::CallResponse;
use super::service::Service;
use super::session::{CallError, Session};
use crate::core::emulator::assumptions::{ChangeResponse, CreateStatus};
use crate::core::emulator::{Resource, created_response, read_shape};

pub(super) fn routes() -> Router<Arc<Service>> {
    let mut routes = Router::new();
    for resource in Resource::ALL {
        let path = format!("/v1/{}", resource.path());
        let change = endpoint(Access::Write, move |session, request| changed(session, request, resource));
        let one = get(endpoint(Access::Read, move |session, request| read(session, request, resource)))
            .patch(change.clone())
            .put(change)
            .delete(endpoint(Access::Write, move |session, request| deleted(session, request, resource)));
        let create = endpoint(Access::Write, move |session, request| created(session, request, resource));
        routes = routes.route(&path, post(create)).route(&format!("{path}/{{key}}"), one);
    }
    routes
}

pub(super) type Responding = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler that runs `work` in a transaction.
pub(super) fn endpoint<W>(
    access: Access,
    work: W,
) -> impl Fn(State<Arc<Service>>, Request) -> Responding + Clone
where
    W: FnOnce(&mut Session<'_>, &CallRequest) -> Result<CallResponse, CallError> + Clone + Send + 'static,
{
    move |State(service), request| Box::pin(respond(service, request, access, work.clone()))
}

/// The id or prokey in the path.
fn key(request: &CallRequest) -> String {
    request.step(2)
}

fn read(
    session: &mut Session<'_>,
    request: &CallRequest,
    resource: Resource,
) -> Result<CallResponse, CallError> {
    let own = find(session, resource, &key(request))?;
    Ok(CallResponse::json(StatusCode::OK, &read_shape(resource, &own.record)))
}

fn created(
    session: &mut Session<'_>,
    request: &CallRequest,
    resource: Resource,
) -> Result<CallResponse, CallError> {
    let identity = add(session, request.object()?, resource, true)?;
    let status = match session.assumptions.create_status {
        CreateStatus::Ok => StatusCode::OK,
        CreateStatus::Created => StatusCode::CREATED,
    };
    Ok(CallResponse::json(status, &created_response(resource, &identity, &session.assumptions)))
}

fn changed(
    session: &mut Session<'_>,
    request: &CallRequest,
    resource: Resource,
) -> Result<CallResponse, CallError> {
    update(session, request.object()?, resource, &key(request))?;
    Ok(success(session, "updated"))
}

fn deleted(
    session: &mut Session<'_>,
    request: &CallRequest,
    resource: Resource,
) -> Result<CallResponse, CallError> {
    remove(session, resource, &key(request))?;
    Ok(success(session, "deleted"))
}

/// The response to an update or delete.
fn success(session: &Session<'_>, message: &str) -> CallResponse {
    match session.assumptions.change_response {
        ChangeResponse::Message => {
            CallResponse::json(StatusCode::OK, &json!({ "status": "success", "message": message }))
        }
        ChangeResponse::Status => CallResponse::json(StatusCode::OK, &json!({ "status": "success" })),
        ChangeResponse::Empty => CallResponse::empty(StatusCode::NO_CONTENT),
    }
}
