//! The endpoints that the vendor's button calls from a browser without a key (recorded): the RSVP form, the seats taken, and the
//! public configuration of an event or group.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Access, CallRequest};
use super::cors;
use super::operations::not_found;
use super::resources::endpoint;
use super::response::CallResponse;
use super::service::Service;
use super::session::{CallError, Session};
use crate::core::emulator::assumptions::SecondSignUp;
use crate::core::emulator::sign_up::{Circumstances, Form, SignUp, SignUpRefusal, SignUpResult, Submission};
use crate::core::emulator::{ApiError, Record, Resource, read_shape};
use crate::core::model::TriggerElement;

/// The path to which the RSVP form posts.
const RSVP_PATH: &str = "/24586219-9910-41fe-9b59-df53de9db7af";
/// The path at which the number of taken seats is read.
const SEATS_PATH: &str = "/dffb8bbd-ee5e-4a4f-a7ea-503af98ca468";

pub(super) fn routes() -> Router<Arc<Service>> {
    let submit = post(endpoint(Access::Public(prokey_in_body), submit)).options(cors::preflight);
    let seats = get(endpoint(Access::Public(prokey_in_query), seats)).options(cors::preflight);
    let config = get(endpoint(Access::Public(prokey_in_path), config)).options(cors::preflight);
    Router::new().route(RSVP_PATH, submit).route(SEATS_PATH, seats).route("/{prokey}/config.json", config)
}

fn prokey_in_body(request: &CallRequest) -> Option<String> {
    request.body.as_ref()?.get("prokey")?.as_str().map(str::to_owned)
}

fn prokey_in_query(request: &CallRequest) -> Option<String> {
    request.query("prokey").map(str::to_owned)
}

fn prokey_in_path(request: &CallRequest) -> Option<String> {
    Some(request.step(0)).filter(|prokey| !prokey.is_empty())
}

fn submit(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let body = request.object()?;
    let event = prokey_in_body(request).ok_or_else(|| ApiError::field("prokey", "missing"))?;
    if session.rows.element(Resource::Event, &event)?.is_none() {
        return Err(not_found());
    }
    let accepted = match session.form(&event)? {
        Some(form) => sign_up(session, body, &form, &event)?,
        None => Err(SignUpRefusal::Invalid("the event has no RSVP form".to_owned())),
    };
    Ok(match accepted {
        Ok(accepted) => CallResponse::json(StatusCode::OK, &accepted.response()),
        Err(refusal) => refused(&refusal),
    })
}

/// Signs up, and fires webhooks for the answer.
fn sign_up(
    session: &mut Session<'_>,
    body: &Record,
    form: &Form,
    event: &str,
) -> Result<Result<SignUpResult, SignUpRefusal>, CallError> {
    let submission = match Submission::read(body, form) {
        Ok(submission) => submission,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let existing = session.rows.sign_up_of(event, &submission.email)?;
    let (id, timestamp) = (session.generate_uuid(), session.timestamp());
    let replaced = existing.as_ref().filter(|_| session.assumptions.second_sign_up != SecondSignUp::Adds);
    let taken = session.rows.seats_taken(event, replaced.map_or("", SignUp::id))?;
    let at = Circumstances { prokey: event, id: &id, now: session.now, timestamp: &timestamp, taken };
    let accepted = submission.accept(form, existing.as_ref(), at, &session.assumptions);
    if let Ok(accepted) = &accepted
        && let Some(own) = accepted.sign_up()
    {
        session.save_sign_up(own)?;
        if let Some(trigger) = accepted.trigger(&session.assumptions) {
            session.fire(trigger, TriggerElement::RsvpAnswer, &own.record);
        }
    }
    Ok(accepted)
}

/// Recorded: an error code. Assumed: status 400, and a message where the code is unknown.
fn refused(refusal: &SignUpRefusal) -> CallResponse {
    let body = match refusal.code() {
        Some(code) => json!({ "error": code }),
        None => json!({ "status": "error", "message": refusal.message() }),
    };
    let mut response = CallResponse::json(StatusCode::BAD_REQUEST, &body);
    response.log = Some(refusal.message().to_owned());
    response
}

/// Recorded: a number as text. It includes the seats of unconfirmed answers.
fn seats(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let event = prokey_in_query(request).unwrap_or_default();
    if session.rows.element(Resource::Event, &event)?.is_none() {
        return Err(not_found());
    }
    let total = session.rows.seats_taken(&event, "")?;
    Ok(CallResponse::json(StatusCode::OK, &json!({ "total": total.to_string() })))
}

/// Recorded: the names of the fields. Assumed: their values, taken from the API's fields.
fn config(session: &mut Session<'_>, request: &CallRequest) -> Result<CallResponse, CallError> {
    let prokey = request.step(0);
    let config = if let Some(event) = session.rows.element(Resource::Event, &prokey)? {
        event_config(session, &event.record)?
    } else {
        let group = session.rows.element(Resource::Group, &prokey)?.ok_or_else(not_found)?;
        group_config(session, &group.record)?
    };
    Ok(CallResponse::json(StatusCode::OK, &Value::Object(config)))
}

fn event_config(session: &Session<'_>, event: &Record) -> rusqlite::Result<Record> {
    let mut config = element_config(session, event)?;
    let dates = event.get("dates").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = event.get("title_event_series").filter(|title| title.is_string() && dates.len() > 1);
    let name = name.or_else(|| dates.first()?.get("name"));
    config.insert("name".to_owned(), name.cloned().unwrap_or_default());
    config.insert("dates".to_owned(), dates.into());
    if event.get("rsvp").and_then(Value::as_bool) == Some(true)
        && let Some(template) = referenced(session, event, "rsvp_block", Resource::RsvpBlock)?
    {
        const SHOWN: [&str; 8] =
            ["initial_confirmation", "maybe_option", "maxpp", "max", "expires", "headline", "text", "fields"];
        config.insert("rsvp".to_owned(), SHOWN.iter().map(|name| field(&template, name)).collect());
    }
    Ok(config)
}

fn group_config(session: &Session<'_>, group: &Record) -> rusqlite::Result<Record> {
    let mut config = element_config(session, group)?;
    config.extend(["name", "public_event_overview"].map(|name| field(group, name)));
    Ok(config)
}

/// The configuration that events and groups share: the options of the style, the landing page and the call to action.
fn element_config(session: &Session<'_>, element: &Record) -> rusqlite::Result<Record> {
    const NOT_OPTIONS: [&str; 4] = ["id", "name", "date_created", "date_updated"];
    let mut config = Record::new();
    if let Some(style) = referenced(session, element, "layout", Resource::Style)? {
        config.extend(style.into_iter().filter(|(name, _)| !NOT_OPTIONS.contains(&name.as_str())));
    }
    if let Some(page) = referenced(session, element, "landingpage", Resource::Landingpage)? {
        let domain = page.get("custom_domain").and_then(Value::as_u64).and_then(|id| {
            let domains = &session.row.settings.custom_domains.available_custom_domains;
            domains.iter().find(|own| own.id == id).map(|own| own.host.clone())
        });
        let mut page = read_shape(Resource::Landingpage, &page);
        page["domain"] = json!(domain);
        config.insert("landingpage".to_owned(), page);
    }
    if element.get("cta").and_then(Value::as_bool) == Some(true)
        && let Some(template) = referenced(session, element, "cta_block", Resource::CtaBlock)?
    {
        let shown = template.into_iter().filter(|(name, _)| !NOT_OPTIONS.contains(&name.as_str()));
        config.insert("ty".to_owned(), Value::Object(shown.collect()));
    }
    Ok(config)
}

fn field(record: &Record, name: &str) -> (String, Value) {
    (name.to_owned(), record.get(name).cloned().unwrap_or_default())
}

/// The element that a field refers to, if any.
fn referenced(
    session: &Session<'_>,
    element: &Record,
    name: &str,
    resource: Resource,
) -> rusqlite::Result<Option<Record>> {
    let Some(id) = element.get(name).and_then(Value::as_u64) else { return Ok(None) };
    Ok(session.rows.element(resource, &id.to_string())?.map(|own| own.record))
}
