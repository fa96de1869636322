//! Processes a request to the emulator: key, fault on demand, rate limit, body, transaction, response, log.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, StatusCode, request};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use super::cors;
use super::event::{Call, EmulatorEvent};
use super::event_queue::Slot;
use super::fault::{Cut, FaultEffect};
use super::journal::JournalRequest;
use super::response::{CallResponse, NO_ENTRY, cut_off};
use super::service::{PageAccount, Service};
use super::session::{CallError, Session};
use super::state::{State, gone};
use crate::core::delivery::timestamp;
use crate::core::emulator::access::{is_api_key, key_end};
use crate::core::emulator::assumptions::{RetryAfter, ScopeStatus};
use crate::core::emulator::{ApiError, Assumptions, Record, Scope};
use crate::core::text::one_line;
use crate::io::clock::now;
use crate::io::web::read_body;

/// The size limit of a seed in a request, in bytes.
const MAX_SEED: usize = 64 * 1024 * 1024;

/// Who may call an endpoint, and how the account is chosen.
#[derive(Clone, Copy)]
pub(super) enum Access {
    /// Keys that may read.
    Read,
    /// Keys that may read. Without a key, the same as [`Public`](Self::Public).
    ReadOrPublic(fn(&CallRequest) -> Option<String>),
    /// Keys that may write.
    Write,
    /// Anyone: the account is the one with the event or group of this prokey. If a key is sent, it must be valid, and it chooses
    /// the account.
    Public(fn(&CallRequest) -> Option<String>),
    /// Any valid key. Faults, the rate limit and the journal do not apply.
    Control,
}

#[derive(Debug)]
pub(super) struct CallRequest {
    pub(super) method: Method,
    pub(super) path: String,
    query: Vec<(String, String)>,
    /// None without a body.
    pub(super) body: Option<Value>,
    pub(super) has_key: bool,
}

impl CallRequest {
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The decoded path segment at this position, from 0.
    pub(super) fn step(&self, position: usize) -> String {
        let step = self.path.split('/').nth(position + 1).unwrap_or_default();
        percent_encoding::percent_decode_str(step).decode_utf8_lossy().into_owned()
    }

    pub(super) fn object(&self) -> Result<&Record, ApiError> {
        match &self.body {
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(ApiError::bad_request("the body must be a JSON object")),
            None => Err(ApiError::bad_request("the body is missing; send a JSON object")),
        }
    }
}

/// A call while it is processed.
pub(super) struct CallInProgress {
    service: Arc<Service>,
    call: Call,
    request: CallRequest,
    place: Option<OwnedSemaphorePermit>,
    slot: Option<Slot>,
    namespace: Option<u64>,
    assumptions: Assumptions,
    changes: Vec<u64>,
    cut: Option<Cut>,
    /// Whether scripts of any origin may read the response, even if the call is refused.
    is_for_any_origin: bool,
}

/// Processes a call. `work` runs in a transaction, which is rolled back if `work` refuses the call.
pub(super) async fn respond<W>(service: Arc<Service>, request: Request, access: Access, work: W) -> Response
where
    W: FnOnce(&mut Session<'_>, &CallRequest) -> Result<CallResponse, CallError>,
{
    let (mut call, head, body) = CallInProgress::begin(service, request).await;
    call.is_for_any_origin = matches!(access, Access::Public(_));
    let response = call.process(&head, body, access, work).await;
    call.end(response)
}

/// Processes a call of a control route that needs more than the elements of an account.
pub(super) async fn respond_with_state<W>(service: Arc<Service>, request: Request, work: W) -> Response
where
    W: FnOnce(&mut State, u64, &CallRequest) -> Result<CallResponse, CallError>,
{
    let (mut call, head, body) = CallInProgress::begin(service, request).await;
    let response = call.control(&head, body, work).await;
    call.end(response)
}

/// Refuses a call of an unknown endpoint, or with the wrong method.
pub(super) async fn refuse(service: Arc<Service>, request: Request, error: ApiError) -> Response {
    let (mut call, _, _) = CallInProgress::begin(service, request).await;
    call.call.has_unknown_endpoint = error.status == 404;
    call.end(Err(error))
}

impl CallInProgress {
    pub(super) async fn begin(service: Arc<Service>, request: Request) -> (Self, request::Parts, Body) {
        let place = service.event_queue.place().await;
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let call = Call {
            number: 0,
            time: now(),
            namespace: None,
            method: head.method.to_string(),
            path: one_line(path).into_owned(),
            status: None,
            message: None,
            ignored: Vec::new(),
            is_empty_list: false,
            has_unknown_endpoint: false,
        };
        let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
        let request = CallRequest {
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            query: query.into_owned().collect(),
            body: None,
            has_key: head.headers.contains_key(AUTHORIZATION)
                || head.extensions.get::<PageAccount>().is_some(),
        };
        let assumptions = service.assumptions;
        let call = Self {
            service,
            call,
            request,
            place,
            slot: None,
            namespace: None,
            assumptions,
            changes: Vec::new(),
            cut: None,
            is_for_any_origin: false,
        };
        (call, head, body)
    }

    pub(super) fn request(&self) -> &CallRequest {
        &self.request
    }

    async fn process<W>(
        &mut self,
        head: &request::Parts,
        body: Body,
        access: Access,
        work: W,
    ) -> Result<CallResponse, ApiError>
    where
        W: FnOnce(&mut Session<'_>, &CallRequest) -> Result<CallResponse, CallError>,
    {
        let is_public = match access {
            Access::Public(_) => true,
            Access::ReadOrPublic(_) => !self.request.has_key,
            _ => false,
        };
        if !is_public || self.request.has_key {
            self.authenticate(head, access)?;
        }
        if is_public {
            self.read_body(head, body).await?;
            self.find_public_namespace(access)?;
            if let Some(response) = self.admit(false).await? {
                return Ok(response);
            }
        } else {
            if !matches!(access, Access::Control)
                && let Some(response) = self.admit(true).await?
            {
                return Ok(response);
            }
            self.read_body(head, body).await?;
        }
        self.transact(work)
    }

    async fn control<W>(
        &mut self,
        head: &request::Parts,
        body: Body,
        work: W,
    ) -> Result<CallResponse, ApiError>
    where
        W: FnOnce(&mut State, u64, &CallRequest) -> Result<CallResponse, CallError>,
    {
        let number = self.authenticate(head, Access::Control)?;
        self.read_body(head, body).await?;
        let response = work(&mut self.service.state(), number, &self.request);
        self.service.finished.send_replace(());
        response.map_err(CallError::into_refusal)
    }

    /// Opens the account of the key, or the one chosen on the page. Returns its number.
    pub(super) fn authenticate(&mut self, head: &request::Parts, access: Access) -> Result<u64, ApiError> {
        if let Some(PageAccount(number)) = head.extensions.get() {
            return self.enter(*number).map(|_| *number);
        }
        let unauthorized = |message: &str| ApiError::new(401, message);
        let mut values = head.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(unauthorized("send the API key in the `Authorization` header"));
        };
        let key = value.to_str().ok().filter(|key| is_api_key(key));
        let key = key.ok_or_else(|| {
            unauthorized("the `Authorization` header must contain only the API key, such as a UUID")
        })?;
        let Some(scope) = self.service.scope(key) else {
            return Err(unauthorized(&format!("unknown API key (…{})", key_end(key))));
        };
        let number = self.service.state().open(key).map_err(CallError::into_refusal)?;
        let time = self.enter(number)?;
        if scope.expires.is_some_and(|expires| expires <= time) {
            return Err(unauthorized("the API key has expired"));
        }
        self.check_scope(scope.scope, access).map(|()| number)
    }

    /// Sets the account of the call. Returns the account's time.
    fn enter(&mut self, number: u64) -> Result<i64, ApiError> {
        let state = self.service.state();
        let Some(namespace) = state.namespaces.get(number) else { return Err(gone().into_refusal()) };
        self.namespace = Some(number);
        self.call.namespace = Some(namespace.label.clone());
        self.assumptions = namespace.assumptions;
        Ok(namespace.clock.now(now()))
    }

    fn check_scope(&self, scope: Scope, access: Access) -> Result<(), ApiError> {
        let (is_allowed, needed) = match access {
            Access::Read | Access::ReadOrPublic(_) => (scope.allows_reading(), "read"),
            Access::Write => (scope.allows_writing(), "write"),
            Access::Public(_) | Access::Control => (true, ""),
        };
        if is_allowed {
            return Ok(());
        }
        let status = match self.assumptions.scope_status {
            ScopeStatus::Forbidden => 403,
            ScopeStatus::Unauthorized => 401,
        };
        Err(ApiError::new(status, format!("the API key does not allow {needed} access")))
    }

    fn find_public_namespace(&mut self, access: Access) -> Result<(), ApiError> {
        let (Access::Public(prokey) | Access::ReadOrPublic(prokey)) = access else { return Ok(()) };
        if self.namespace.is_some() {
            return Ok(());
        }
        let prokey = prokey(&self.request);
        let mut state = self.service.state();
        let number = match &prokey {
            Some(prokey) => state.find_prokey(prokey).map_err(CallError::into_refusal)?,
            None => None,
        };
        let Some(namespace) = number.and_then(|number| state.namespaces.get(number)) else {
            return Err(match access {
                Access::Public(_) => ApiError::new(404, NO_ENTRY),
                _ => ApiError::new(401, "send the API key in the `Authorization` header"),
            });
        };
        self.namespace = number;
        self.call.namespace = Some(namespace.label.clone());
        self.assumptions = namespace.assumptions;
        Ok(())
    }

    /// Applies faults on demand and the rate limit. A returned response replaces the emulator's own.
    async fn admit(&mut self, is_limited: bool) -> Result<Option<CallResponse>, ApiError> {
        let (effect, is_allowed) = self.effect(is_limited)?;
        if !effect.delay.is_zero() {
            self.note(&format!("fault on demand: delayed by {} ms", effect.delay.as_millis()));
            tokio::time::sleep(effect.delay).await;
        }
        self.cut = effect.cut;
        if let Some(cut) = effect.cut {
            let effect = if cut == Cut::Before { "before any change" } else { "after the change" };
            self.note(&format!("fault on demand: connection closed {effect}"));
        }
        if let Some(replacement) = effect.replacement {
            self.note("fault on demand");
            return Ok(Some(CallResponse::fault(&replacement)));
        }
        if self.cut == Some(Cut::Before) {
            return Ok(Some(CallResponse::empty(StatusCode::OK)));
        }
        if !is_allowed {
            let limit = self.service.rate_limit;
            let refused = ApiError::new(429, format!("rate limit exceeded: {limit} requests per second"));
            self.note(&refused.message);
            let has_header = self.assumptions.retry_after == RetryAfter::Sent;
            let response = CallResponse::error(&refused, &self.assumptions);
            return Ok(Some(if has_header { response.retry_after(1) } else { response }));
        }
        Ok(None)
    }

    fn effect(&self, is_limited: bool) -> Result<(FaultEffect, bool), ApiError> {
        let mut state = self.service.state();
        let namespace = self.namespace.and_then(|number| state.namespaces.get_mut(number));
        let namespace = namespace.ok_or_else(|| gone().into_refusal())?;
        let effect = namespace.faults.effect(&self.request.method, &self.request.path);
        let limit = if is_limited { self.service.rate_limit } else { 0 };
        Ok((effect, namespace.recent.allow(limit, Instant::now())))
    }

    /// Reads the body of a POST, PUT or PATCH.
    async fn read_body(&mut self, head: &request::Parts, body: Body) -> Result<(), ApiError> {
        if !matches!(self.request.method, Method::POST | Method::PUT | Method::PATCH) {
            return Ok(());
        }
        let mut limits = self.service.limits.clone();
        if self.is_control() {
            limits.body = limits.body.max(MAX_SEED);
        }
        let bytes = read_body(body, &limits)
            .await
            .map_err(|(status, reason)| ApiError::new(status.as_u16(), reason))?;
        if bytes.is_empty() {
            return Ok(());
        }
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let message = "the body must be JSON with `Content-Type: application/json`";
            return Err(ApiError::new(415, message));
        }
        let value = serde_json::from_slice(&bytes);
        let value = value.map_err(|error| ApiError::bad_request(format!("the body is not JSON: {error}")))?;
        self.request.body = Some(value);
        Ok(())
    }

    fn transact<W>(&mut self, work: W) -> Result<CallResponse, ApiError>
    where
        W: FnOnce(&mut Session<'_>, &CallRequest) -> Result<CallResponse, CallError>,
    {
        let Some(number) = self.namespace else { return Err(gone().into_refusal()) };
        let cause = format!("{} {}", self.request.method, self.request.path);
        let mut state = self.service.state();
        let request = &self.request;
        let committed = state.transact(number, &cause, |session| work(session, request));
        let committed = committed.map_err(CallError::into_refusal)?;
        self.changes = committed.changes.iter().map(|change| change.number).collect();
        // While the state is locked, so that changes are reported in the order of their transactions.
        let slot = self.service.event_queue.slot(self.place.take());
        for change in committed.changes {
            slot.add(EmulatorEvent::Change(change));
        }
        self.slot = Some(slot);
        self.call.ignored = committed.ignored;
        Ok(committed.value)
    }

    fn is_control(&self) -> bool {
        self.request.path.starts_with("/_emulator")
    }

    fn note(&mut self, message: &str) {
        match &mut self.call.message {
            Some(own) => {
                own.push_str("; ");
                own.push_str(message);
            }
            None => self.call.message = Some(message.to_owned()),
        }
    }

    /// Logs the call and makes its response. Its events are released once the response is written.
    pub(super) fn end(mut self, response: Result<CallResponse, ApiError>) -> Response {
        let response = response.unwrap_or_else(|error| {
            self.note(&error.message);
            CallResponse::error(&error, &self.assumptions)
        });
        if let Some(message) = &response.log {
            self.note(message);
        }
        let response =
            if self.is_for_any_origin { cors::allow(response, &self.assumptions) } else { response };
        self.call.status = if self.cut.is_some() { None } else { Some(response.status.as_u16()) };
        self.call.is_empty_list = response.is_empty_list;
        self.call.number = self.service.next_call();
        let is_control = self.is_control();
        if let Some(number) = self.namespace.filter(|_| !is_control) {
            let entry = JournalRequest {
                time: timestamp(self.call.time),
                method: &self.call.method,
                path: &self.call.path,
                status: self.call.status,
                message: self.call.message.as_deref(),
                ignored: &self.call.ignored,
                body: self.request.body.as_ref(),
                changes: self.changes,
            };
            self.service.state().journal.add_request(number, &entry);
        }
        // Successful reads of control routes are not logged.
        let is_silent = is_control && self.request.method == Method::GET && response.status.is_success();
        let slot = self.slot.unwrap_or_else(|| self.service.event_queue.slot(self.place));
        if !is_silent {
            slot.add_first(EmulatorEvent::Call(self.call));
        }
        if self.cut.is_some() { cut_off(slot) } else { response.into_response(slot) }
    }
}
