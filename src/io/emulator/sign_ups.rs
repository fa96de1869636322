//! Routes for what happens to sign-ups outside the API: confirmation by email, expiry, the self-service page, and the app.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch, post};
use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Access, CallRequest};
use super::operations::not_found;
use super::resources::endpoint;
use super::response::CallResponse;
use super::service::Service;
use super::session::{CallError, Session};
use super::store::{Page, SignUpFilter};
use crate::core::delivery::{parse_timestamp, timestamp};
use crate::core::emulator::sign_up::{Form, SignUp, SignUpRefusal, expiry_trigger};
use crate::core::emulator::{ApiError, Record, Resource};
use crate::core::model::{Trigger, TriggerElement};

pub(super) fn routes() -> Router<Arc<Service>> {
    let one = patch(endpoint(Access::Control, change)).delete(endpoint(Access::Control, delete));
    Router::new()
        .route("/_emulator/sign-ups", get(endpoint(Access::Control, all)))
        .route("/_emulator/sign-ups/{id}", one)
        .route("/_emulator/sign-ups/{id}/confirm", post(endpoint(Access::Control, confirm)))
        .route("/_emulator/sign-ups/{id}/expire", post(endpoint(Access::Control, expire)))
}

/// An answer with the time at which it expires.
fn shown(own: SignUp) -> Value {
    let mut record = own.record;
    record.insert("pending_until".to_owned(), json!(own.pending_until.map(timestamp)));
    Value::Object(record)
}

fn ok(own: SignUp) -> CallResponse {
    CallResponse::json(StatusCode::OK, &shown(own))
}

/// All answers in the order of sign-up, or those to the event `prokey`.
fn all(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let filter = SignUpFilter { event: request.query("prokey"), with_pending: true };
    let all = session.rows.sign_ups(filter, Page::ALL)?;
    Ok(CallResponse::json(StatusCode::OK, &all.into_iter().map(shown).collect()))
}

fn find(session: &Session<'_>, request: &CallRequest) -> Result<SignUp, CallError> {
    session.rows.sign_up(&request.step(2))?.ok_or_else(not_found)
}

fn confirm(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let own = find(session, request)?;
    let confirmed = own.confirm(&session.timestamp(), &session.assumptions);
    let Some((own, trigger)) = confirmed else { return Err(not_pending()) };
    session.save_sign_up(&own)?;
    session.fire(trigger, TriggerElement::RsvpAnswer, &own.record);
    Ok(ok(own))
}

/// Expires an unconfirmed answer early.
fn expire(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let own = find(session, request)?;
    if own.pending_until.is_none() {
        return Err(not_pending());
    }
    session.delete_sign_up(own.id())?;
    if let Some(trigger) = expiry_trigger(&session.assumptions) {
        session.fire(trigger, TriggerElement::RsvpAnswer, &own.record);
    }
    Ok(CallResponse::json(StatusCode::OK, &json!({ "status": "success", "message": "expired" })))
}

fn change(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let own = find(session, request)?;
    let form = session.form(own.prokey())?.ok_or_else(|| ApiError::new(409, "the event has no RSVP form"))?;
    let taken = session.rows.seats_taken(own.prokey(), own.id())?;
    let is_pending = own.pending_until.is_some();
    let own = own.change(request.object()?, &form, &session.timestamp(), taken).map_err(|refusal| {
        ApiError::new(if refusal == SignUpRefusal::BookedOut { 409 } else { 400 }, refusal.message())
    })?;
    session.save_sign_up(&own)?;
    if !is_pending {
        session.fire(Trigger::Update, TriggerElement::RsvpAnswer, &own.record);
    }
    Ok(ok(own))
}

fn delete(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let own = find(session, request)?;
    session.delete_sign_up(own.id())?;
    if own.pending_until.is_none() {
        session.fire(Trigger::Delete, TriggerElement::RsvpAnswer, &own.record);
    }
    Ok(CallResponse::json(StatusCode::OK, &json!({ "status": "success", "message": "deleted" })))
}

fn not_pending() -> CallError {
    ApiError::new(409, "the answer is not waiting for confirmation").into()
}

impl Session<'_> {
    /// The RSVP form of an event; none if the event does not exist or has no form.
    pub(super) fn form(&self, event: &str) -> rusqlite::Result<Option<Form>> {
        let Some(event) = self.rows.element(Resource::Event, event)? else { return Ok(None) };
        let template = match event.record.get("rsvp_block") {
            Some(Value::Number(id)) => self.rows.element(Resource::RsvpBlock, &id.to_string())?,
            _ => None,
        };
        let template: Option<&Record> = template.as_ref().map(|own| &own.record);
        Ok(Form::of(&event.record, template, parse_timestamp))
    }

    pub(super) fn save_sign_up(&mut self, own: &SignUp) -> rusqlite::Result<()> {
        self.has_written = true;
        self.rows.save_sign_up(own)
    }

    pub(super) fn delete_sign_up(&mut self, id: &str) -> rusqlite::Result<()> {
        self.has_written = true;
        self.rows.delete_sign_up(id)
    }
}
