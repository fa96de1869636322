//! Creates and changes records.

use serde_json::Value;

use crate::core::catalog::{Acceptance, Variable};
use crate::core::text::one_line;

use super::assumptions::{EventGroupChange, MissingMethod, StatusField, UnchangedUpdate, WebhookLists};
use super::input::{Conversion, TableLevel, default, missing};
use super::{ApiError, Assumptions, Record, Resource, dates, rules};

/// The identifiers of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: u64,
    /// For events and groups.
    pub prokey: Option<String>,
}

/// A record to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub record: Record,
    /// False if a change sets only the values that are stored already, and the assumptions say that this is not an update.
    pub is_update: bool,
    /// The paths of ignored fields, for the log.
    pub ignored: Vec<String>,
    /// The group that a new event requests with `new_event_group_name`. The caller creates it and sets `event_group` of the record
    /// to its prokey.
    pub new_group: Option<Record>,
}

/// Where a new record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Request,
    /// A seed has the shape that the API returns, so fields that only the platform sets are accepted.
    Seed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Create(Origin),
    Change,
}

/// Creates a record.
pub fn create(
    origin: Origin,
    resource: Resource,
    body: &Record,
    identity: &Identity,
    now: &str,
    assumptions: &Assumptions,
) -> Result<Accepted, ApiError> {
    let mut conversion = Conversion::new(assumptions);
    let operation = Operation::Create(origin);
    let make = |conversion: &mut Conversion| {
        let mut sent = fields_sent(operation, resource, body, &Record::new(), conversion, assumptions)?;
        let new_group = rules::new_group(resource, &mut sent)?;
        let mut record = complete(resource, &sent, identity, now, assumptions)?;
        rules::apply(resource, &mut record, &sent, None)?;
        Ok((record, new_group))
    };
    let (record, new_group) = make(&mut conversion).map_err(|error: ApiError| error.assumed(assumptions))?;
    Ok(Accepted { record, is_update: true, ignored: conversion.ignored, new_group })
}

/// The complete record: the fields that were sent, and defaults for the others.
fn complete(
    resource: Resource,
    sent: &Record,
    identity: &Identity,
    now: &str,
    assumptions: &Assumptions,
) -> Result<Record, ApiError> {
    let mut record = Record::new();
    record.insert("id".to_owned(), Value::from(identity.id));
    for name in resource.read_order() {
        let Some(field) = TableLevel::of(resource).get(name) else { continue };
        let value = match (name, sent.get(name)) {
            ("id", _) => continue,
            ("prokey", _) => identity.prokey.clone().into(),
            (_, Some(value)) => value.clone(),
            ("date_created", None) => now.into(),
            (_, None) => absent(field, assumptions)?,
        };
        record.insert(name.to_owned(), value);
    }
    Ok(record)
}

/// Changes a record.
pub fn change(
    resource: Resource,
    record: &Record,
    body: &Record,
    now: &str,
    assumptions: &Assumptions,
) -> Result<Accepted, ApiError> {
    let mut conversion = Conversion::new(assumptions);
    let change = |conversion: &mut Conversion| {
        let sent = fields_sent(Operation::Change, resource, body, record, conversion, assumptions)?;
        let mut changed = record.clone();
        for (name, value) in &sent {
            let is_merged = resource == Resource::Webhook
                && matches!(name.as_str(), "header" | "body")
                && assumptions.webhook_lists == WebhookLists::Merge;
            let value = if is_merged { merged_by_key(list(record, name), value) } else { value.clone() };
            changed.insert(name.clone(), value);
        }
        rules::apply(resource, &mut changed, &sent, Some(record))?;
        Ok(changed)
    };
    let mut changed = change(&mut conversion).map_err(|error: ApiError| error.assumed(assumptions))?;
    let is_update = changed != *record || assumptions.unchanged_update == UnchangedUpdate::Fires;
    if is_update {
        changed.insert("date_updated".to_owned(), now.into());
    }
    Ok(Accepted { record: changed, is_update, ignored: conversion.ignored, new_group: None })
}

/// The accepted fields of a body, with the values to store.
fn fields_sent(
    operation: Operation,
    resource: Resource,
    body: &Record,
    stored: &Record,
    conversion: &mut Conversion,
    assumptions: &Assumptions,
) -> Result<Record, ApiError> {
    let fields = TableLevel::of(resource);
    let mut sent = Record::new();
    for (name, value) in body {
        let path = one_line(name);
        let of_request = || resource.request_fields().iter().find(|field| field.name == name);
        let Some(field) = fields.get(name).or_else(of_request) else {
            conversion.unknown(path.into_owned())?;
            continue;
        };
        let is_identity = matches!(field.name, "id" | "prokey");
        let value = match (field.acceptance, operation) {
            (Acceptance::ReadOnly, Operation::Create(Origin::Seed)) if is_identity => continue,
            (Acceptance::ReadOnly, Operation::Create(Origin::Request) | Operation::Change) => {
                ignore_read_only(field, path.into_owned(), conversion, assumptions)?;
                continue;
            }
            (Acceptance::CreateOnly, Operation::Change) => {
                if assumptions.event_group_change == EventGroupChange::Refuse {
                    // Documented for `event_group`, assumed for `new_event_group_name`.
                    return Err(ApiError::field(&path, "cannot be changed; leave it out"));
                }
                conversion.ignored.push(path.into_owned());
                continue;
            }
            (_, Operation::Change) if (resource, field.name) == (Resource::Event, "dates") => {
                dates::merge(list(stored, "dates"), value, conversion)?
            }
            _ => conversion.value(fields, field, &path, value)?,
        };
        sent.insert(name.clone(), value);
    }
    Ok(sent)
}

/// Documented: `status` cannot be set. Assumed: what happens to read-only fields in a body.
fn ignore_read_only(
    field: &Variable,
    path: String,
    conversion: &mut Conversion,
    assumptions: &Assumptions,
) -> Result<(), ApiError> {
    match (field.name, assumptions.status_field) {
        ("status", StatusField::Refuse) => Err(ApiError::field(&path, "cannot be set; leave it out")),
        ("status", StatusField::Ignore) => {
            conversion.ignored.push(path);
            Ok(())
        }
        _ => conversion.unknown(path),
    }
}

/// The value of a field that a create omits.
fn absent(field: &Variable, assumptions: &Assumptions) -> Result<Value, ApiError> {
    // The only required field with a default is `method` of a webhook.
    let is_refused =
        field.acceptance == Acceptance::Required && assumptions.missing_method == MissingMethod::Refuse;
    match default(field).filter(|_| !is_refused) {
        Some(value) => Ok(value),
        None if field.acceptance == Acceptance::Required => Err(missing(field, field.name)),
        None => Ok(Value::Null),
    }
}

fn list<'a>(record: &'a Record, name: &str) -> &'a [Value] {
    record.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The stored items, each replaced by the sent item with the same key, followed by the other sent items.
fn merged_by_key(stored: &[Value], sent: &Value) -> Value {
    let mut merged = stored.to_vec();
    for item in sent.as_array().into_iter().flatten() {
        match merged.iter_mut().find(|own| own.get("key") == item.get("key")) {
            Some(own) => *own = item.clone(),
            None => merged.push(item.clone()),
        }
    }
    Value::Array(merged)
}
