//! Creates, changes and deletes elements, with the effects on other elements.

use serde_json::{Value, json};

use super::response::NO_ENTRY;
use super::session::{CallError, Session};
use super::store::StoredElement;
use crate::core::emulator::assumptions::{
    EventsOfGroup, GroupOfEvent, NewGroup, TouchAfterCreate, UnknownReference, UsersOfTemplate,
};
use crate::core::emulator::{
    ApiError, Identity, Origin, Record, ReferenceTarget, Resource, change, check_event_in_group, create,
    drop_reference, references,
};
use crate::core::model::Trigger;

/// The time from a create until the platform sets `date_updated`, in milliseconds (recorded: about 0.1 s).
const TOUCH: i64 = 100;
/// Documented: this many updates of an event or group cost one credit.
const UPDATES_PER_CREDIT: u64 = 5;

pub(super) fn not_found() -> CallError {
    ApiError::new(404, NO_ENTRY).into()
}

/// The element with this id or prokey, including derived fields.
pub(super) fn find(session: &Session<'_>, resource: Resource, key: &str) -> Result<StoredElement, CallError> {
    let mut own = session.rows.element(resource, key)?.ok_or_else(not_found)?;
    session.rows.fill_events(resource, &mut own)?;
    Ok(own)
}

/// Creates an element and, for an event with `new_event_group_name`, its group.
pub(super) fn add(
    session: &mut Session<'_>,
    body: &Record,
    resource: Resource,
    fires: bool,
) -> Result<Identity, CallError> {
    let prokey = if resource.is_addressed_by_prokey() { Some(session.unused_prokey()?) } else { None };
    let identity = Identity { id: session.rows.next_id(resource)?, prokey };
    let accepted =
        create(Origin::Request, resource, body, &identity, &session.timestamp(), &session.assumptions)?;
    let mut record = accepted.record;
    session.ignored.extend(accepted.ignored);
    if let Some(group) = accepted.new_group {
        let fires = session.assumptions.new_group == NewGroup::Fires;
        let group = add(session, &group, Resource::Group, fires)?;
        record.insert("event_group".to_owned(), json!(group.prokey));
    }
    check_references(session, resource, &record)?;
    // Documented by example: a new webhook keeps `date_updated` null.
    let is_touched =
        session.assumptions.touch_after_create == TouchAfterCreate::Touched && resource != Resource::Webhook;
    let own = StoredElement {
        id: identity.id,
        prokey: identity.prokey.clone(),
        updates: 0,
        touch: is_touched.then_some(session.now + TOUCH),
        record,
    };
    session.save(resource, &own)?;
    if fires {
        session.fire_element(Trigger::Create, resource, &own.record);
    }
    if resource == Resource::Event {
        session.row.credits += 1;
        update_group_of(session, &own.record)?;
    }
    Ok(identity)
}

pub(super) fn update(
    session: &mut Session<'_>,
    body: &Record,
    resource: Resource,
    key: &str,
) -> Result<(), CallError> {
    let mut own = find(session, resource, key)?;
    let accepted = change(resource, &own.record, body, &session.timestamp(), &session.assumptions)?;
    session.ignored.extend(accepted.ignored);
    if !accepted.is_update {
        return Ok(());
    }
    check_references(session, resource, &accepted.record)?;
    own.record = accepted.record;
    own.touch = None;
    own.updates += 1;
    let costs = matches!(resource, Resource::Event | Resource::Group);
    if costs && own.updates.is_multiple_of(UPDATES_PER_CREDIT) {
        session.row.credits += 1;
    }
    session.save(resource, &own)?;
    session.fire_element(Trigger::Update, resource, &own.record);
    Ok(())
}

pub(super) fn remove(session: &mut Session<'_>, resource: Resource, key: &str) -> Result<(), CallError> {
    let own = find(session, resource, key)?;
    session.delete(resource, &own)?;
    session.fire_element(Trigger::Delete, resource, &own.record);
    match (resource, &own.prokey) {
        (Resource::Webhook, _) => Ok(()),
        (Resource::Event, prokey) => {
            session.rows.delete_sign_ups_of(prokey.as_deref().unwrap_or_default())?;
            update_group_of(session, &own.record)
        }
        (Resource::Group, prokey) => remove_events(session, prokey.as_deref().unwrap_or_default()),
        _ => drop_template(session, resource, own.id),
    }
}

/// Documented: deleting a group deletes its events.
fn remove_events(session: &mut Session<'_>, group: &str) -> Result<(), CallError> {
    if session.assumptions.events_of_group == EventsOfGroup::Fires {
        for prokey in session.rows.events_of(group)? {
            let event = find(session, Resource::Event, &prokey)?;
            session.fire_element(Trigger::Delete, Resource::Event, &event.record);
        }
    }
    Ok(session.rows.delete_events_of(group)?)
}

/// Documented: events and groups are kept without the deleted style or template.
fn drop_template(session: &mut Session<'_>, resource: Resource, id: u64) -> Result<(), CallError> {
    let fires = session.assumptions.users_of_template == UsersOfTemplate::Fires;
    for user in [Resource::Group, Resource::Event] {
        for mut own in session.rows.users_of(user, resource, id)? {
            drop_reference(user, &mut own.record, resource, &id.to_string());
            if fires {
                own.record.insert("date_updated".to_owned(), session.timestamp().into());
                own.touch = None;
            }
            session.save(user, &own)?;
            if fires {
                session.rows.fill_events(user, &mut own)?;
                session.fire_element(Trigger::Update, user, &own.record);
            }
        }
    }
    Ok(())
}

/// Updates the group of an event that was created or deleted, if that is assumed to fire `update`.
fn update_group_of(session: &mut Session<'_>, event: &Record) -> Result<(), CallError> {
    let prokey = event.get("event_group").and_then(Value::as_str);
    let Some(prokey) = prokey.filter(|_| session.assumptions.group_of_event == GroupOfEvent::Fires) else {
        return Ok(());
    };
    let Some(mut group) = session.rows.element(Resource::Group, prokey)? else { return Ok(()) };
    group.record.insert("date_updated".to_owned(), session.timestamp().into());
    group.touch = None;
    session.save(Resource::Group, &group)?;
    session.rows.fill_events(Resource::Group, &mut group)?;
    session.fire_element(Trigger::Update, Resource::Group, &group.record);
    Ok(())
}

/// Checks that everything a field refers to exists, and that an event can be in its group.
fn check_references(session: &Session<'_>, resource: Resource, record: &Record) -> Result<(), CallError> {
    let refused = |error: ApiError| CallError::from(error.assumed(&session.assumptions));
    if session.assumptions.unknown_reference == UnknownReference::Refuse {
        for reference in references(resource, record) {
            let is_known = match reference.target {
                ReferenceTarget::Resource(target) => session.rows.element(target, &reference.key)?.is_some(),
                ReferenceTarget::EmailTemplate(kind) => {
                    session.row.settings.has_email_template(kind, &reference.key)
                }
                ReferenceTarget::CustomDomain => session.row.settings.has_custom_domain(&reference.key),
            };
            if !is_known {
                let what = match reference.target {
                    ReferenceTarget::Resource(target) => target.path(),
                    ReferenceTarget::EmailTemplate(kind) => kind,
                    ReferenceTarget::CustomDomain => "custom domain",
                };
                let problem = format!("unknown {what} `{}`", crate::core::text::one_line(&reference.key));
                return Err(refused(ApiError::field(reference.field, problem)));
            }
        }
    }
    let group = record.get("event_group").and_then(Value::as_str).filter(|_| resource == Resource::Event);
    if let Some(group) = group
        && let Some(group) = session.rows.element(Resource::Group, group)?
    {
        check_event_in_group(record, &group.record).map_err(refused)?;
    }
    Ok(())
}
