//! The shape of a delivered element, from the element as it is stored or read over the REST API.

use serde_json::{Map, Value};

use crate::core::model::{Trigger, TriggerElement};

use super::lookup::{has_date_updated, variables};
use super::variable::Variable;

/// `element_data` of a delivery. Recorded for events, groups and RSVP answers: the keys and their order, no id, and in each date
/// all keys, null if missing. Assumed for the others: as they are read. Fields that the catalog does not know follow.
pub fn delivered_shape(element: TriggerElement, stored: &Map<String, Value>) -> Value {
    // Documented, but in no recorded delivery: the fields that are optional in the table.
    let is_delivered =
        |field: &Variable| !(field.optional || field.name == "id" && element.is_addressed_by_prokey());
    let fields = || variables(element).iter().filter(|field| !field.name.contains('.'));
    let value = |name: &str| match (element, name, stored.get(name)) {
        (TriggerElement::Event, "dates", Some(Value::Array(dates))) => {
            Value::Array(dates.iter().map(complete_date).collect())
        }
        (_, _, value) => value.cloned().unwrap_or_default(),
    };
    let known = fields().filter(|field| is_delivered(field)).map(|field| field.name);
    let known = known.map(|name| (name.to_owned(), value(name)));
    let is_unknown = |name: &str| fields().all(|field| field.name != name);
    Value::Object(known.chain(others(stored, is_unknown)).collect())
}

/// `element_data` of a delivery for this trigger.
pub fn delivered_on(trigger: Trigger, element: TriggerElement, stored: &Map<String, Value>) -> Value {
    let mut delivered = delivered_shape(element, stored);
    if !has_date_updated(trigger, element) {
        delivered["date_updated"] = Value::Null;
    }
    delivered
}

fn complete_date(date: &Value) -> Value {
    let Value::Object(stored) = date else { return date.clone() };
    let names =
        || variables(TriggerElement::Event).iter().filter_map(|field| field.name.strip_prefix("dates.0."));
    let known = names().map(|name| (name.to_owned(), stored.get(name).cloned().unwrap_or_default()));
    Value::Object(known.chain(others(stored, |name| names().all(|own| own != name))).collect())
}

/// The fields that are unknown, in their own order.
fn others(
    stored: &Map<String, Value>,
    is_unknown: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (String, Value)> {
    stored.iter().filter(move |(name, _)| is_unknown(name)).map(|(name, value)| (name.clone(), value.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_fields_follow_the_known_ones_and_dates_are_complete() {
        let read = json!({
            "reminder_days": 3, "prokey": "p", "id": 7, "public_event_overview": true,
            "dates": [{"room": "A", "name": "x", "startDate": "2026-01-01"}, null],
        });
        let delivered = delivered_shape(TriggerElement::Event, read.as_object().unwrap());
        let keys: Vec<&String> = delivered.as_object().unwrap().keys().collect();
        assert_eq!((keys[0].as_str(), keys.len()), ("date_created", 28));
        assert_eq!(keys[26..], ["reminder_days", "public_event_overview"], "no event has these");
        assert_eq!(delivered["dates"][0].as_object().unwrap().len(), 15);
        assert_eq!(delivered["dates"][0]["room"], "A");
        assert_eq!(delivered["dates"][0]["location"], Value::Null);
        assert_eq!(delivered["dates"][1], Value::Null);
    }

    #[test]
    fn date_updated_is_null_on_create_except_for_rsvp_answers() {
        for element in TriggerElement::ALL {
            for trigger in Trigger::ALL {
                let stored = Map::from_iter([("date_updated".to_owned(), json!("2026-01-01T00:00:00.000Z"))]);
                let is_null = delivered_on(trigger, element, &stored)["date_updated"].is_null();
                let expected = trigger == Trigger::Create && element != TriggerElement::RsvpAnswer;
                assert_eq!(is_null, expected, "{trigger} {element}");
            }
        }
    }
}
