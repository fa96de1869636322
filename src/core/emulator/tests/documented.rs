//! Requests and responses with the keys and value types of those in the platform's documentation.

use serde::Deserialize;
use serde_json::Value;

use super::{NOW, object};
use crate::core::emulator::*;

#[derive(Deserialize)]
struct Example {
    resource: String,
    id: u64,
    prokey: Option<String>,
    /// The body of a create with all fields.
    request: Record,
    /// The response to a read of an element, which is not the one in `request`.
    read: Record,
    /// The response to the create.
    created: Value,
    /// The list entry of the element in `read`.
    entry: Value,
}

fn examples() -> Vec<(Resource, Identity, Example)> {
    let examples: Vec<Example> = serde_json::from_str(include_str!("../documented.json")).unwrap();
    let with_resource = |example: Example| {
        let identity = Identity { id: example.id, prokey: example.prokey.clone() };
        (Resource::of_path(&example.resource).unwrap(), identity, example)
    };
    examples.into_iter().map(with_resource).collect()
}

#[test]
fn every_resource_has_an_example() {
    let resources: Vec<Resource> = examples().into_iter().map(|(resource, ..)| resource).collect();
    assert!(Resource::ALL.iter().all(|resource| resources.contains(resource)));
}

#[test]
fn a_documented_request_is_read_back_as_it_was_sent() {
    for (resource, identity, example) in examples() {
        let accepted =
            create(Origin::Request, resource, &example.request, &identity, NOW, &Assumptions::default())
                .unwrap();
        assert_eq!(accepted.ignored, Vec::<String>::new(), "{resource:?}");
        let read = read_shape(resource, &accepted.record);
        for (name, sent) in &example.request {
            // Ids are sent as text, as in the response to a create, and read as numbers.
            let is_reference = references(resource, &accepted.record).iter().any(|own| own.field == name);
            let expected = match sent {
                Value::String(text) if is_reference && name != "event_group" => {
                    Value::from(text.parse::<u64>().unwrap())
                }
                sent => sent.clone(),
            };
            assert_eq!(read[name], expected, "{resource:?}: {name}");
        }
        assert_eq!(created_response(resource, &identity, &Assumptions::default()), example.created);
    }
}

#[test]
fn a_documented_request_contains_every_field_that_is_accepted() {
    for (resource, _, example) in examples() {
        for field in resource.fields().iter().filter(|field| !field.name.contains('.')) {
            let is_accepted = field.acceptance != crate::core::catalog::Acceptance::ReadOnly;
            // Documented in a newer revision.
            let is_newer = field.name == "public_event_overview";
            assert_eq!(example.request.contains_key(field.name), is_accepted && !is_newer, "{}", field.name);
        }
    }
}

#[test]
fn a_documented_response_is_read_back_with_the_same_keys_in_the_same_order() {
    for (resource, identity, example) in examples() {
        let loaded =
            create(Origin::Seed, resource, &example.read, &identity, NOW, &Assumptions::default()).unwrap();
        assert_eq!(loaded.ignored, Vec::<String>::new(), "{resource:?}");
        let read = read_shape(resource, &loaded.record);
        assert_eq!(read, Value::Object(example.read.clone()), "{resource:?}");
        assert!(object(read).keys().eq(example.read.keys()), "{resource:?}");
        assert_eq!(list_entry(resource, &loaded.record, false), example.entry, "{resource:?}");
    }
}

#[test]
fn a_documented_response_is_accepted_as_a_change_except_for_the_group_of_an_event() {
    for (resource, identity, mut example) in examples() {
        let stored = create(Origin::Seed, resource, &example.read, &identity, NOW, &Assumptions::default())
            .unwrap()
            .record;
        if example.read.shift_remove("event_group").is_some() {
            let mut with_group = example.read.clone();
            with_group.insert("event_group".to_owned(), stored["event_group"].clone());
            let error = change(resource, &stored, &with_group, NOW, &Assumptions::default()).unwrap_err();
            assert_eq!(error.message, "`event_group`: cannot be changed; leave it out");
        }
        let mut changed =
            change(resource, &stored, &example.read, NOW, &Assumptions::default()).unwrap().record;
        assert_eq!(
            changed.insert("date_updated".to_owned(), stored["date_updated"].clone()),
            Some(NOW.into())
        );
        assert_eq!(changed, stored, "{resource:?}");
    }
}
