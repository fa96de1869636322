//! The shapes of a record: as it is read and listed, and the response to its create. `core::catalog` has the one in which it is
//! delivered.

use serde_json::{Value, json};

use super::assumptions::{Assumptions, CreateId};
use super::{Identity, Record, Resource};

/// What a read of one record returns. Documented: events and groups are read without an id.
pub fn read_shape(resource: Resource, record: &Record) -> Value {
    let mut read = record.clone();
    if resource.is_addressed_by_prokey() {
        read.shift_remove("id");
    }
    Value::Object(read)
}

/// What a list contains for a record. Documented for events; recorded for groups, styles and templates, with which webhooks
/// are assumed to agree.
pub fn list_entry(resource: Resource, record: &Record, with_dates: bool) -> Value {
    let field = |name: &str| record.get(name).cloned().unwrap_or_default();
    match resource {
        Resource::Event => {
            let mut entry =
                json!({ "id": field("id"), "prokey": field("prokey"), "label": event_label(record) });
            if with_dates {
                entry["dates"] = field("dates");
            }
            entry
        }
        Resource::Group => json!({ "prokey": field("prokey"), "label": field("name") }),
        _ => json!({ "id": field("id"), "name": field("name") }),
    }
}

/// Assumed: the title of the series if there are several dates, else the name of the first date.
fn event_label(event: &Record) -> Value {
    let dates = event.get("dates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let series = event.get("title_event_series").filter(|title| dates.len() > 1 && title.is_string());
    let first = dates.first().and_then(|date| date.get("name"));
    series.or(first).cloned().unwrap_or_default()
}

/// The response to a create. Documented: an event or group has its prokey, all others have their id as text.
pub fn created_response(resource: Resource, identity: &Identity, assumptions: &Assumptions) -> Value {
    let mut response = json!({ "status": "success", "message": "created" });
    match (&identity.prokey, assumptions.create_id) {
        (Some(prokey), _) if resource.is_addressed_by_prokey() => response["prokey"] = json!(prokey),
        (_, CreateId::Text) => response["id"] = json!(identity.number.to_string()),
        (_, CreateId::Number) => response["id"] = json!(identity.number),
    }
    response
}
