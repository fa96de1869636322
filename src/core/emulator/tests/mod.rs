//! Invariants of the rules over all resources.

use serde_json::{Value, json};

use crate::core::catalog::{Acceptance, delivered_shape, sample};
use crate::core::model::Trigger;

use super::*;

mod documented;
mod random;
mod special_rules;
mod values;

const NOW: &str = "2026-07-01T09:00:00.000Z";
const LATER: &str = "2026-07-01T10:00:00.000Z";
const PROKEY: &str = "c6510c06-a277-4e1c-9baf-deec9c5507c7";
const GROUP: &str = "31a17cce-5b1e-4ee3-99bb-6144c6a3d2f1";

fn identity(resource: Resource) -> Identity {
    Identity { id: 67, prokey: resource.is_addressed_by_prokey().then(|| PROKEY.to_owned()) }
}

fn object(value: Value) -> Record {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

fn created(resource: Resource, body: Value) -> Result<Accepted, ApiError> {
    create(Origin::Request, resource, &object(body), &identity(resource), NOW, &Assumptions::default())
}

fn record(resource: Resource, body: Value) -> Record {
    created(resource, body).unwrap().record
}

fn refusal(resource: Resource, body: Value) -> String {
    let error = created(resource, body).unwrap_err();
    assert_eq!(error.status, 400);
    error.message
}

fn changed(resource: Resource, record: &Record, body: Value) -> Result<Record, String> {
    let changed = change(resource, record, &object(body), LATER, &Assumptions::default());
    changed.map(|accepted| accepted.record).map_err(|error| error.message)
}

/// The smallest body that a create accepts.
fn least(resource: Resource) -> Value {
    match resource {
        Resource::Webhook => json!({
            "name": "Guests to CRM", "active": true, "method": "POST", "payload_url": "https://crm.example.com/in",
            "trigger": "create", "trigger_element": "rsvp_answer"
        }),
        Resource::Event => {
            json!({ "event_group": GROUP, "dates": [{ "name": "Opening", "startDate": "2026-12-24" }] })
        }
        Resource::Group | Resource::RsvpBlock | Resource::Landingpage => json!({ "name": "Summer" }),
        Resource::Style => json!({ "name": "Summer", "options": ["apple", "google"] }),
        Resource::CtaBlock => json!({ "name": "Summer", "type": "text" }),
    }
}

/// The smallest body, with these fields added.
fn with(resource: Resource, fields: Value) -> Value {
    let mut body = object(least(resource));
    body.extend(object(fields));
    Value::Object(body)
}

fn stored(resource: Resource, fields: Value) -> Record {
    record(resource, with(resource, fields))
}

fn refused(resource: Resource, fields: Value) -> String {
    refusal(resource, with(resource, fields))
}

#[test]
fn required_fields_must_be_sent_and_all_others_are_stored_with_a_default() {
    for resource in Resource::ALL {
        let stored = record(resource, least(resource));
        for field in resource.fields().iter().filter(|field| !field.name.contains('.')) {
            assert!(stored.contains_key(field.name), "{resource:?}: {}", field.name);
            let mut body = object(least(resource));
            body.shift_remove(field.name);
            let result = created(resource, Value::Object(body));
            let is_required = field.acceptance == Acceptance::Required && field.name != "method"
                || field.name == "event_group";
            assert_eq!(result.is_err(), is_required, "{resource:?}: {}", field.name);
            if let Err(error) = result {
                assert!(
                    error.message.starts_with(&format!("`{}`: required; expected ", field.name)),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn a_field_that_is_not_sent_is_null_only_if_it_is_nullable() {
    for resource in Resource::ALL {
        let stored = record(resource, least(resource));
        for field in resource.fields() {
            let is_null = stored.get(field.name).is_some_and(Value::is_null);
            assert!(!is_null || field.nullable, "{resource:?}: {}", field.name);
        }
    }
}

#[test]
fn samples_are_loaded_and_delivered_unchanged() {
    for resource in Resource::ALL {
        let Some(element) = resource.trigger_element() else { continue };
        let text = sample(element, Trigger::Update);
        let sample: Value = serde_json::from_str(&text).unwrap();
        let identity = Identity {
            id: sample["id"].as_u64().unwrap_or(1),
            prokey: sample["prokey"].as_str().map(str::to_owned),
        };
        let loaded =
            create(Origin::Seed, resource, &object(sample.clone()), &identity, NOW, &Assumptions::default())
                .unwrap();
        assert_eq!(loaded.ignored, Vec::<String>::new(), "{resource:?}");
        let delivered = delivered_shape(element, &loaded.record);
        assert_eq!(delivered.to_string(), sample.to_string(), "{resource:?}");
    }
}

#[test]
fn sending_all_stored_values_changes_only_date_updated() {
    for resource in Resource::ALL {
        let stored = record(resource, least(resource));
        let mut body = stored.clone();
        body.shift_remove("event_group");
        let mut changed = changed(resource, &stored, Value::Object(body)).unwrap();
        assert_eq!(changed["date_updated"], LATER);
        changed.insert("date_updated".to_owned(), Value::Null);
        assert_eq!(changed, stored, "{resource:?}");
    }
}

#[test]
fn a_refusal_names_the_field_and_what_is_allowed() {
    let mut body = least(Resource::Webhook);
    body["trigger"] = json!("created");
    let message = "`trigger`: invalid value `created`; expected `create`, `update` or `delete`";
    assert_eq!(refusal(Resource::Webhook, body), message);
}

#[test]
fn the_label_of_an_event_is_the_title_of_the_series_only_for_several_dates() {
    let date = json!({ "name": "Opening", "startDate": "2026-12-24" });
    for (series, dates, label) in [
        (json!("Season"), json!([date, date]), "Season"),
        (json!("Season"), json!([date]), "Opening"),
        (json!(null), json!([date, date]), "Opening"),
    ] {
        let event = stored(Resource::Event, json!({ "title_event_series": series, "dates": dates }));
        let entry = json!({ "id": 67, "prokey": PROKEY, "label": label });
        assert_eq!(list_entry(Resource::Event, &event, false), entry);
        assert_eq!(list_entry(Resource::Event, &event, true)["dates"], dates);
    }
}

#[test]
fn a_seed_may_contain_an_id_as_text_but_the_identity_decides() {
    let mut body = object(least(Resource::Style));
    body.insert("id".to_owned(), json!("5"));
    let loaded = create(
        Origin::Seed,
        Resource::Style,
        &body,
        &identity(Resource::Style),
        NOW,
        &Assumptions::default(),
    )
    .unwrap();
    assert_eq!(loaded.record["id"], 67);
}
