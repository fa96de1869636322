//! The control routes below `/_emulator/`, for tests. Each acts on the account of the key.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State as Extract};
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::call::{Access, CallInProgress, CallRequest, respond_with_state};
use super::resources::{Responding, endpoint};
use super::response::CallResponse;
use super::seeding;
use super::service::Service;
use super::session::{CallError, Session};
use super::state::{State, gone};
use crate::core::delivery::{age, parse_timestamp, timestamp};
use crate::core::emulator::{ApiError, Assumptions, Seed};
use crate::core::text::count;

/// The default and maximum timeout of `idle`, in seconds.
const IDLE_TIMEOUT: f64 = 10.0;
const MAX_IDLE_TIMEOUT: f64 = 600.0;

pub(super) fn routes() -> Router<Arc<Service>> {
    let state = get(endpoint(Access::Control, read_state)).put(with_state(replace_state));
    let time = get(endpoint(Access::Control, |session, _| Ok(clock(session))))
        .patch(endpoint(Access::Control, set_clock));
    let assumptions = get(with_state(read_assumptions)).patch(with_state(set_assumptions));
    let faults = get(with_state(read_faults)).post(with_state(add_fault)).delete(with_state(clear_faults));
    Router::new()
        .route("/_emulator/health", get(health))
        .route("/_emulator/reset", post(with_state(reset)))
        .route("/_emulator/state", state)
        .route("/_emulator/clock", time)
        .route("/_emulator/assumptions", assumptions)
        .route("/_emulator/faults", faults)
        .route("/_emulator/journal", get(with_state(journal)))
        .route("/_emulator/idle", get(idle))
}

/// A handler with access to the whole state.
fn with_state<W>(work: W) -> impl Fn(Extract<Arc<Service>>, Request) -> Responding + Clone
where
    W: FnOnce(&mut State, u64, &CallRequest) -> Result<CallResponse, CallError> + Clone + Send + 'static,
{
    move |Extract(service), request| Box::pin(respond_with_state(service, request, work.clone()))
}

fn ok(value: &Value) -> CallResponse {
    CallResponse::json(StatusCode::OK, value)
}

fn done(message: &str) -> CallResponse {
    ok(&json!({ "status": "success", "message": message }))
}

async fn health() -> ([(http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#)
}

fn reset(state: &mut State, number: u64, _: &CallRequest) -> Result<CallResponse, CallError> {
    state.reset(number, None)?;
    Ok(done("reset"))
}

fn read_state(session: &mut Session<'_>, _: &CallRequest) -> Result<CallResponse, CallError> {
    Ok(ok(&seeding::state(&session.rows, &session.row)?))
}

fn replace_state(state: &mut State, number: u64, request: &CallRequest) -> Result<CallResponse, CallError> {
    let seed = Seed::of(Value::Object(request.object()?.clone()));
    let seed = seed.map_err(|error| ApiError::bad_request(error.to_string()))?;
    state.reset(number, Some(seed))?;
    Ok(done("replaced"))
}

fn clock(session: &Session<'_>) -> CallResponse {
    ok(&json!({ "now": session.timestamp() }))
}

/// `{"now": "2026-01-31T09:00:00Z"}` or `{"advance": "31m"}`.
fn set_clock(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let body = request.object()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let time = match (text("now"), text("advance"), body.len()) {
        (Some(now), None, 1) => parse_timestamp(now)
            .ok_or_else(|| ApiError::field("now", "expected a time in UTC such as `2026-01-31T09:00:00Z`"))?,
        (None, Some(advance), 1) => {
            let by = age(advance).map_err(|problem| ApiError::field("advance", problem))?;
            session.now.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
        }
        _ => return Err(ApiError::bad_request("expected `now` or `advance`").into()),
    };
    // The year of a timestamp has four digits.
    if parse_timestamp(&timestamp(time)) != Some(time) {
        return Err(ApiError::bad_request("the time must be before the year 10000").into());
    }
    session.set_clock(time)?;
    Ok(clock(session))
}

fn journal(state: &mut State, number: u64, request: &CallRequest) -> Result<CallResponse, CallError> {
    let after = request.query("after").unwrap_or("0").parse::<u64>();
    let after = after.map_err(|_| ApiError::bad_request("`after`: expected the number of an entry"))?;
    let start = state.namespaces.get(number).ok_or_else(gone)?.journal_start;
    let entries = state.journal.after(number, after.max(start));
    Ok(CallResponse::text(StatusCode::OK, "application/json", entries))
}

fn read_assumptions(state: &mut State, number: u64, _: &CallRequest) -> Result<CallResponse, CallError> {
    let own = state.namespaces.get(number).ok_or_else(gone)?.assumptions;
    let all = Assumptions::ALL.iter().map(|assumption| {
        json!({
            "name": assumption.name,
            "question": assumption.question,
            "value": own.get(assumption.name),
            "values": assumption.values,
        })
    });
    Ok(ok(&all.collect()))
}

/// `{"create-status": "201"}`. If one assumption is invalid, none is changed.
fn set_assumptions(state: &mut State, number: u64, request: &CallRequest) -> Result<CallResponse, CallError> {
    let namespace = state.namespaces.get_mut(number).ok_or_else(gone)?;
    let mut own = namespace.assumptions;
    for (name, value) in request.object()? {
        let value = value.as_str().ok_or_else(|| ApiError::field(name, "expected a string"))?;
        let set = own.set(name, value);
        set.map_err(|error| ApiError::bad_request(format!("{error}; {}", error.help())))?;
    }
    namespace.assumptions = own;
    read_assumptions(state, number, request)
}

fn read_faults(state: &mut State, number: u64, _: &CallRequest) -> Result<CallResponse, CallError> {
    Ok(ok(&json!(state.namespaces.get(number).ok_or_else(gone)?.faults.all())))
}

fn add_fault(state: &mut State, number: u64, request: &CallRequest) -> Result<CallResponse, CallError> {
    let fault = serde_json::from_value(Value::Object(request.object()?.clone()));
    let fault = fault.map_err(|error| ApiError::bad_request(error.to_string()))?;
    let faults = &mut state.namespaces.get_mut(number).ok_or_else(gone)?.faults;
    let id = faults.add(fault).map_err(ApiError::bad_request)?;
    Ok(ok(&json!({ "status": "success", "message": "added", "id": id })))
}

fn clear_faults(state: &mut State, number: u64, _: &CallRequest) -> Result<CallResponse, CallError> {
    state.namespaces.get_mut(number).ok_or_else(gone)?.faults.clear();
    Ok(done("deleted"))
}

/// Waits until all webhooks of all changes have been sent and `date_updated` has been set after creates.
async fn idle(Extract(service): Extract<Arc<Service>>, request: Request) -> Response {
    let (mut call, head, _) = CallInProgress::begin(Arc::clone(&service), request).await;
    let response = match call.authenticate(&head, Access::Control) {
        Ok(number) => wait_until_idle(&service, number, call.request().query("timeout")).await,
        Err(error) => Err(error),
    };
    call.end(response)
}

async fn wait_until_idle(
    service: &Service,
    number: u64,
    timeout: Option<&str>,
) -> Result<CallResponse, ApiError> {
    let seconds = timeout.map_or(Ok(IDLE_TIMEOUT), str::parse::<f64>).ok();
    let seconds = seconds.filter(|seconds| (0.0..=MAX_IDLE_TIMEOUT).contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        ApiError::bad_request(format!("`timeout`: expected seconds, at most {MAX_IDLE_TIMEOUT}"))
    })?;
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut finished = service.finished.subscribe();
    loop {
        let (unfinished, touch) = service.state().pending(number).map_err(CallError::into_refusal)?;
        if unfinished == 0 && touch.is_none() {
            return Ok(ok(&json!({ "status": "idle" })));
        }
        if Instant::now() >= end {
            return Err(ApiError::new(408, format!("not idle: {} unfinished", count(unfinished, "change"))));
        }
        let next = touch.filter(|_| unfinished == 0).map_or(end, |touch| end.min(Instant::now() + touch));
        // Never closed, because the service owns the sender.
        let _ = tokio::time::timeout_at(next, finished.changed()).await;
    }
}
