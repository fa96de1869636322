//! The routes for what can only be read: email templates, RSVP answers, calendar files and custom domains.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Access, CallRequest};
use super::lists::{list, page};
use super::operations::not_found;
use super::resources::endpoint;
use super::response::CallResponse;
use super::service::Service;
use super::session::{CallError, Session};
use super::store::SignUpFilter;
use crate::core::catalog::ANSWERS_PAGE_SIZE;
use crate::core::emulator::assumptions::{LatestAnswer, PendingAnswers};
use crate::core::emulator::{Resource, calendar_files};

type Work = fn(&mut Session<'_>, &CallRequest) -> Result<CallResponse, CallError>;

pub(super) fn routes() -> Router<Arc<Service>> {
    let get = |work: Work| get(endpoint(Access::Read, work));
    Router::new()
        .route("/v1/email-template/all", get(|session, _| Ok(email_templates(session))))
        .route("/v1/email-template/latest", get(latest_email_template))
        .route("/v1/email-template/{type}", get(|session, request| Ok(email_templates_of(session, request))))
        .route("/v1/rsvp-answers/latest", get(|session, _| latest_answer(session, None)))
        .route("/v1/rsvp-answers/{prokey}", get(answers))
        .route(
            "/v1/rsvp-answers/{prokey}/latest",
            get(|session, request| latest_answer(session, Some(request))),
        )
        .route("/v1/ics/{prokey}", get(ics))
        .route("/v1/custom-domains", get(|session, _| Ok(custom_domains(session))))
}

fn ok(value: &Value) -> CallResponse {
    CallResponse::json(StatusCode::OK, value)
}

fn email_templates(session: &Session<'_>) -> CallResponse {
    let all = session.row.settings.email_templates.iter().map(|own| json!(own)).collect();
    list(session, all)
}

fn latest_email_template(session: &mut Session<'_>, _: &CallRequest) -> Result<CallResponse, CallError> {
    let latest = session.row.settings.email_templates.iter().max_by_key(|own| own.id);
    Ok(ok(&json!(latest.ok_or_else(not_found)?)))
}

fn email_templates_of(session: &Session<'_>, request: &CallRequest) -> CallResponse {
    let kind = request.step(2);
    let own = session.row.settings.email_templates.iter().filter(|own| own.kind == kind);
    list(session, own.map(|own| json!({ "id": own.id, "name": own.name })).collect())
}

fn filter<'a>(session: &Session<'_>, event: Option<&'a str>) -> SignUpFilter<'a> {
    SignUpFilter { event, with_pending: session.assumptions.pending_answers == PendingAnswers::Listed }
}

fn answers(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let event = request.step(2);
    let page = page(session, request, ANSWERS_PAGE_SIZE)?;
    let answers = session.rows.sign_ups(filter(session, Some(&event)), page)?;
    Ok(list(session, answers.into_iter().map(|own| Value::Object(own.record)).collect()))
}

fn latest_answer(
    session: &mut Session<'_>,
    request: Option<&CallRequest>,
) -> Result<CallResponse, CallError> {
    let event = request.map(|request| request.step(2));
    let latest = session.rows.latest_sign_up(filter(session, event.as_deref()))?.ok_or_else(not_found)?;
    let latest = Value::Object(latest.record);
    Ok(ok(&match session.assumptions.latest_answer {
        LatestAnswer::Object => latest,
        LatestAnswer::List => json!([latest]),
    }))
}

fn ics(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let event = session.rows.element(Resource::Event, &request.step(2))?.ok_or_else(not_found)?;
    let files = calendar_files(&event.record, session.now);
    let has_objects = request.query("responseType") == Some("object");
    let all = files.into_iter().map(|file| {
        if !has_objects {
            return Value::String(file.content);
        }
        let mut own = json!({ "name": file.name });
        if let Some(url) = file.url {
            own["icsFile"] = url.into();
        }
        own["icsBody"] = file.content.into();
        own
    });
    Ok(ok(&all.collect()))
}

fn custom_domains(session: &Session<'_>) -> CallResponse {
    ok(&json!(session.row.settings.custom_domains))
}
