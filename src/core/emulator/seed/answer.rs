//! RSVP answers in a seed.

use serde_json::{Value, json};

use super::error::{SeedError, error};
use crate::core::delivery::parse_timestamp;
use crate::core::emulator::Record;
use crate::core::emulator::sign_up::SignUp;
use crate::core::model::Reply;

const FIELDS: [&str; 9] =
    ["id", "status", "email", "amount", "payload", "prokey", "date_created", "date_updated", "pending_until"];

/// Parses an answer in the API's shape. An unconfirmed one also has `pending_until`.
pub(super) fn sign_up(value: Value, path: &str) -> Result<SignUp, SeedError> {
    let Value::Object(body) = value else { return Err(error(path, "expected an object")) };
    if let Some(key) = body.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(error(format!("{path}.{key}"), "unknown field"));
    }
    let at = |name: &str, expected: &str| error(format!("{path}.{name}"), format!("expected {expected}"));
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(at(name, "a string")),
    };
    let time = |name: &str| match text(name)? {
        Some(time) => parse_timestamp(time).map(Some).ok_or_else(|| at(name, "a time in UTC")),
        None => Ok(None),
    };
    let status = text("status")?.unwrap_or("confirmed");
    if !Reply::ALL.iter().any(|reply| reply.as_str() == status) {
        return Err(at("status", "`confirmed`, `undecided` or `declined`"));
    }
    let email = text("email")?.filter(|email| email.contains('@'));
    let amount = body.get("amount").map_or(Some(1), Value::as_u64).filter(|amount| *amount >= 1);
    let payload = body.get("payload").cloned().unwrap_or_else(|| json!({}));
    if !payload.is_object() {
        return Err(at("payload", "an object"));
    }
    time("date_created")?;
    time("date_updated")?;
    let fields = [
        ("id", json!(text("id")?)),
        ("status", json!(status)),
        ("email", json!(email.ok_or_else(|| at("email", "an email address"))?)),
        ("amount", json!(amount.ok_or_else(|| at("amount", "a whole number above 0"))?)),
        ("payload", payload),
        ("prokey", json!(text("prokey")?.ok_or_else(|| at("prokey", "the prokey of an event"))?)),
        ("date_created", json!(text("date_created")?)),
        ("date_updated", json!(text("date_updated")?)),
    ];
    let record: Record = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(SignUp { record, pending_until: time("pending_until")? })
}
