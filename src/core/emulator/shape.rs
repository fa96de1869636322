//! The shapes of a record: when it is read or listed, and in the response to its create. `core::catalog` has the shape of a
//! delivery.

use serde_json::{Value, json};

use super::assumptions::{Assumptions, CreateId};
use super::{Identity, Record, Resource};

/// The response to a read of one record. Documented: events and groups are returned without an id.
pub fn read_shape(resource: Resource, record: &Record) -> Value {
    let mut read = record.clone();
    if resource.is_addressed_by_prokey() {
        read.shift_remove("id");
    }
    Value::Object(read)
}

/// A record's entry in a list. Documented for events; recorded for groups, styles and templates; assumed for webhooks, by
/// analogy with the recorded ones.
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

/// Assumed: the title of the series for several dates, else the name of the first date.
fn event_label(event: &Record) -> Value {
    let dates = event.get("dates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let series = event.get("title_event_series").filter(|title| dates.len() > 1 && title.is_string());
    let first = dates.first().and_then(|date| date.get("name"));
    series.or(first).cloned().unwrap_or_default()
}

/// The response to a create. Documented: it contains the prokey of an event or group, and the id of other elements as text.
pub fn created_response(resource: Resource, identity: &Identity, assumptions: &Assumptions) -> Value {
    let mut response = json!({ "status": "success", "message": "created" });
    match (&identity.prokey, assumptions.create_id) {
        (Some(prokey), _) if resource.is_addressed_by_prokey() => response["prokey"] = json!(prokey),
        (_, CreateId::Text) => response["id"] = json!(identity.id.to_string()),
        (_, CreateId::Number) => response["id"] = json!(identity.id),
    }
    response
}
