//! Merges the dates in a change of an event into the stored dates, by position.

use serde_json::Value;

use super::input::{Conversion, Presence, TableLevel};
use super::{ApiError, Record, Resource};

/// The path of a date's fields in the table.
const PREFIX: &str = "dates.0.";

/// Merges the dates in a change into the stored ones.
///
/// Documented: the position decides which date is changed, fields that are not sent are kept, and a date is removed by setting
/// all its values to null. Assumed: "all" means the values that it has after the merge; an empty object leaves its date
/// unchanged; a shorter list keeps the remaining dates; a longer one appends; positions count before any date is removed.
pub(super) fn merge(stored: &[Value], sent: &Value, conversion: &mut Conversion) -> Result<Value, ApiError> {
    let Value::Array(sent) = sent else {
        return Err(ApiError::field("dates", "expected a list with one object for each date"));
    };
    let fields = TableLevel::of_item(Resource::Event, PREFIX);
    let mut merged = Vec::new();
    for position in 0..stored.len().max(sent.len()) {
        let path = format!("dates.{position}");
        let own = stored.get(position);
        let Some(change) = sent.get(position) else {
            merged.extend(own.cloned());
            continue;
        };
        let Value::Object(change) = change else {
            return Err(ApiError::field(&path, "expected an object with the fields of the date"));
        };
        let change = conversion.object(fields, &path, change, Presence::Partial)?;
        let mut date = own.and_then(Value::as_object).cloned().unwrap_or_default();
        date.extend(change);
        if own.is_some() && date.values().all(Value::is_null) {
            continue;
        }
        // The values have been converted; this finds required fields that are missing or null.
        let date: Record = conversion.object(fields, &path, &date, Presence::Complete)?;
        merged.push(Value::Object(date));
    }
    Ok(Value::Array(merged))
}
