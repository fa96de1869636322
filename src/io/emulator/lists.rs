//! The routes for lists and for the latest element.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Access, CallRequest};
use super::cors;
use super::operations::not_found;
use super::resources::endpoint;
use super::response::CallResponse;
use super::service::Service;
use super::session::{CallError, Session};
use super::store::{EventFilter, Page};
use crate::core::catalog::PAGE_SIZE;
use crate::core::delivery::parse_timestamp;
use crate::core::emulator::assumptions::{EmptyList, EventRange, LatestWebhook, WebhookList};
use crate::core::emulator::{ApiError, Record, Resource, list_entry, read_shape};

pub(super) fn routes() -> Router<Arc<Service>> {
    let mut routes = Router::new();
    for resource in Resource::ALL {
        let path = format!("/v1/{}", resource.path());
        let access =
            if resource == Resource::Event { Access::ReadOrPublic(public_group) } else { Access::Read };
        let all = endpoint(access, move |session, request| all(session, request, resource));
        let latest = endpoint(Access::Read, move |session, request| latest(session, request, resource));
        let all = get(all);
        let all = if resource == Resource::Event { all.options(cors::preflight) } else { all };
        routes = routes.route(&format!("{path}/all"), all).route(&format!("{path}/latest"), get(latest));
    }
    routes
}

/// The group whose events are requested: its list may be public.
fn public_group(request: &CallRequest) -> Option<String> {
    request.query("group").map(str::to_owned)
}

fn all(
    session: &mut Session<'_>,
    request: &CallRequest,
    resource: Resource,
) -> Result<CallResponse, CallError> {
    let page = page(session, request, PAGE_SIZE)?;
    let is_public = resource == Resource::Event && !request.has_key;
    if is_public {
        check_is_public(session, request)?;
    }
    let with_dates = with_dates(request);
    let elements = if resource == Resource::Event {
        let filter = event_filter(session, request)?;
        session.rows.events(&filter, session.now, page)?
    } else {
        session.rows.elements(resource, page)?
    };
    let entry = |record: &Record| {
        if resource == Resource::Webhook && session.assumptions.webhook_list == WebhookList::Ids {
            return record.get("id").cloned().unwrap_or_default();
        }
        let mut entry = list_entry(resource, record, with_dates);
        // Recorded: without a key, the entries have no id.
        if let Some(entry) = entry.as_object_mut().filter(|_| is_public) {
            entry.shift_remove("id");
        }
        entry
    };
    let response = list(session, elements.iter().map(|own| entry(&own.record)).collect());
    Ok(if is_public { cors::allow(response, &session.assumptions) } else { response })
}

/// A list, or the assumed response if it is empty.
pub(super) fn list(session: &Session<'_>, entries: Vec<Value>) -> CallResponse {
    if entries.is_empty() && session.assumptions.empty_list == EmptyList::NotFound {
        return CallResponse::empty_list(&session.assumptions);
    }
    CallResponse::json(StatusCode::OK, &Value::Array(entries))
}

/// The requested page, counted from 1.
pub(super) fn page(session: &Session<'_>, request: &CallRequest, most: usize) -> Result<Page, CallError> {
    let most = most as u64;
    let size = session.page_size.map_or(most, |size| size.min(most));
    let number: Option<u64> = match request.query("page") {
        None => Some(1),
        Some(text) => text.parse().ok().filter(|number| *number >= 1),
    };
    let offset = number.and_then(|number| (number - 1).checked_mul(size)).filter(|offset| *offset < 1 << 53);
    let offset = offset.ok_or_else(|| ApiError::bad_request("`page`: expected a whole number above 0"))?;
    Ok(Page { offset, size })
}

fn with_dates(request: &CallRequest) -> bool {
    request.query("dates") == Some("true")
}

fn event_filter(session: &Session<'_>, request: &CallRequest) -> Result<EventFilter, CallError> {
    let time = |name: &str| match request.query(name) {
        None => Ok(None),
        Some("now") => Ok(Some(session.now)),
        Some(text) => {
            // Documented: no milliseconds.
            let time = parse_timestamp(text).filter(|_| text.len() == "2026-01-31T09:00:00Z".len());
            let problem = "expected `now` or a time in UTC such as `2026-01-31T09:00:00Z`";
            time.map(Some).ok_or_else(|| ApiError::field(name, problem))
        }
    };
    Ok(EventFilter {
        from: time("from")?,
        to: time("to")?,
        group: request.query("group").map(str::to_owned),
        is_strict: session.assumptions.event_range == EventRange::Within,
    })
}

/// Recorded: without a key, only events of a group with a public event overview are listed.
fn check_is_public(session: &Session<'_>, request: &CallRequest) -> Result<(), CallError> {
    let group = match request.query("group") {
        Some(prokey) => session.rows.element(Resource::Group, prokey)?,
        None => None,
    };
    let is_public = group.is_some_and(|own| own.record.get("public_event_overview") == Some(&json!(true)));
    if is_public {
        return Ok(());
    }
    Err(ApiError::new(
        401,
        "the group has no public event overview; send the API key in the `Authorization` header",
    )
    .into())
}

fn latest(
    session: &mut Session<'_>,
    request: &CallRequest,
    resource: Resource,
) -> Result<CallResponse, CallError> {
    let mut own = session.rows.latest_element(resource)?.ok_or_else(not_found)?;
    session.rows.fill_events(resource, &mut own)?;
    let is_entry = match resource {
        Resource::Event => true,
        Resource::Webhook => session.assumptions.latest_webhook == LatestWebhook::Entry,
        _ => false,
    };
    let value = if is_entry {
        list_entry(resource, &own.record, with_dates(request))
    } else {
        read_shape(resource, &own.record)
    };
    Ok(CallResponse::json(StatusCode::OK, &value))
}
