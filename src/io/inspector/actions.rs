//! Actions that the page requests: a body, a curl command, a replay.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};

use crate::io::web::{Denial, ServerLimits, deny, read_body};

/// An action that the page requests.
#[derive(Debug)]
pub struct PageAction {
    pub id: u64,
    pub kind: ActionKind,
    /// Takes the response or an error message. If it is dropped, the request has left the buffer.
    pub response: oneshot::Sender<Result<Bytes, String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    Body,
    /// A curl command that sends the request.
    Curl,
    /// Sends the request to this URL; the response is a JSON document with the result.
    Replay(String),
}

#[derive(Clone)]
struct Actions {
    sender: mpsc::Sender<PageAction>,
    limits: ServerLimits,
}

pub(super) fn router(sender: mpsc::Sender<PageAction>, limits: ServerLimits) -> Router {
    Router::new()
        .route("/requests/{id}/body", get(body))
        .route("/requests/{id}/curl", get(curl))
        .route("/requests/{id}/replay", post(replay))
        .with_state(Actions { sender, limits })
}

/// A file to save, which the browser never displays.
async fn body(State(own): State<Actions>, Path(id): Path<u64>) -> Result<impl IntoResponse, Denial> {
    let name = format!("attachment; filename=\"request-{id}.bin\"");
    Ok(([(CONTENT_DISPOSITION, name)], own.perform(id, ActionKind::Body).await?))
}

async fn curl(State(own): State<Actions>, Path(id): Path<u64>) -> Result<impl IntoResponse, Denial> {
    let command = own.perform(id, ActionKind::Curl).await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], command))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayTo {
    url: String,
}

async fn replay(
    State(own): State<Actions>,
    Path(id): Path<u64>,
    body: Body,
) -> Result<impl IntoResponse, Denial> {
    let body = read_body(body, &own.limits).await?;
    let ReplayTo { url } = serde_json::from_slice(&body)
        .map_err(|_| deny(StatusCode::BAD_REQUEST, "the body must be `{\"url\": \"…\"}`"))?;
    let result = own.perform(id, ActionKind::Replay(url)).await?;
    Ok(([(CONTENT_TYPE, "application/json")], result))
}

impl Actions {
    /// Passes on an action, and waits for the result.
    async fn perform(&self, id: u64, kind: ActionKind) -> Result<Bytes, Denial> {
        let gone = || deny(StatusCode::GONE, "this request has been dropped from memory");
        let (response, result) = oneshot::channel();
        self.sender.send(PageAction { id, kind, response }).await.map_err(|_| gone())?;
        let result = result.await.map_err(|_| gone())?;
        result.map_err(|reason| (StatusCode::UNPROCESSABLE_ENTITY, reason.into()))
    }
}
