//! Invariants of random requests, made from the tables.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::{GROUP, LATER, NOW, changed, created, identity};
use crate::core::catalog::{Acceptance, ValueFormat, Variable, VariableType, delivered_shape, variables};
use crate::core::emulator::*;

/// The fields directly below a path, with their last step.
fn below(resource: Resource, path: &str) -> Vec<(&'static str, &'static Variable)> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
    let step = |field: &'static Variable| Some((field.name.strip_prefix(prefix.as_str())?, field));
    let fields = resource.fields().iter().filter_map(step);
    fields.filter(|(step, _)| !step.contains('.')).collect()
}

/// A value that the table allows.
fn allowed(resource: Resource, field: &'static Variable) -> BoxedStrategy<Value> {
    let texts = |texts: &'static [&'static str]| select(texts).prop_map(Value::from).boxed();
    let value = match (field.kind, field.format) {
        _ if field.name == "event_group" => Just(json!(GROUP)).boxed(),
        (VariableType::String, _) if !field.allowed.is_empty() => texts(field.allowed),
        (VariableType::String, ValueFormat::Day) => texts(&["2026-12-24", "2024-02-29", "today", "today+4"]),
        (VariableType::String, ValueFormat::Time) => texts(&["00:00", "14:45"]),
        (VariableType::String, ValueFormat::Moment) => texts(&["2026-12-31T14:29:01.000Z"]),
        (VariableType::String, ValueFormat::Url) => {
            texts(&["https://www.example.com/a", "http://127.0.0.1:3000"])
        }
        (VariableType::String, ValueFormat::Color) => texts(&["#9456ff", "#FFF"]),
        (VariableType::String, ValueFormat::Recurrence) => texts(&["RRULE:FREQ=DAILY"]),
        (VariableType::String, ValueFormat::NotBlank) => "[a-zä\"]{1,8}".prop_map(Value::from).boxed(),
        (VariableType::String, _) => any::<String>().prop_map(Value::from).boxed(),
        (VariableType::Integer, _) => (1..1000_u64).prop_map(Value::from).boxed(),
        (VariableType::Boolean | VariableType::StringOrBoolean, _) => {
            any::<bool>().prop_map(Value::from).boxed()
        }
        (VariableType::Any, _) => json_value(),
        (VariableType::Object, _) if field.open => {
            proptest::collection::btree_map(any::<String>(), any::<String>(), 0..3)
                .prop_map(|map| json!(map))
                .boxed()
        }
        (VariableType::Object, _) => body(resource, field.name, 2).prop_map(Value::Object).boxed(),
        (VariableType::List, _) => {
            let least = usize::from(field.acceptance == Acceptance::Required);
            let item = format!("{}.0", field.name);
            let item = resource.fields().iter().find(|field| field.name == item).unwrap();
            vec(allowed(resource, item), least..3).prop_map(Value::Array).boxed()
        }
    };
    if field.nullable { prop_oneof![1 => Just(Value::Null), 3 => value].boxed() } else { value }
}

/// An object with the required fields below a path; every other field is included with odds of `chance` to 2.
fn body(resource: Resource, path: &str, chance: u32) -> BoxedStrategy<Record> {
    let mut fields = Just(Record::new()).boxed();
    for (step, field) in below(resource, path) {
        let is_needed = field.acceptance == Acceptance::Required || field.name == "event_group";
        if field.acceptance == Acceptance::ReadOnly {
            continue;
        }
        let value = allowed(resource, field).prop_map(Some);
        let value =
            if is_needed { value.boxed() } else { prop_oneof![2 => Just(None), chance => value].boxed() };
        fields = (fields, value)
            .prop_map(move |(mut fields, value)| {
                fields.extend(value.map(|value| (step.to_owned(), value)));
                fields
            })
            .boxed();
    }
    fields
}

fn json_value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let nested = |inner: BoxedStrategy<Value>| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec((any::<String>(), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    };
    leaf.prop_recursive(3, 16, 3, move |inner| nested(inner.boxed())).boxed()
}

/// Makes a body agree with the special rules.
fn settle(resource: Resource, body: &mut Record) {
    let is = |body: &Record, name: &str, value: Value| body.get(name) == Some(&value);
    let set = |body: &mut Record, name: &str, value: Value| body.insert(name.to_owned(), value);
    let several = body.get("dates").and_then(Value::as_array).is_some_and(|dates| dates.len() > 1);
    if several {
        body.shift_remove("recurrence");
        body.shift_remove("recurrence_simple_type");
    }
    if is(body, "rsvp", json!(true)) {
        set(body, "rsvp_block", json!(34));
    }
    if is(body, "subscription", json!("external")) {
        set(body, "subscription_cal_url", json!("https://cal.example.com/a.ics"));
    }
    if is(body, "subscription", json!("children")) {
        set(body, "public_event_overview", json!(true));
    }
    if is(body, "buttonStyle", json!("custom")) {
        set(body, "customCss", json!("https://www.example.com/a.css"));
    }
    if resource == Resource::Landingpage && !is(body, "background", json!("gradient")) {
        body.shift_remove("gradient_direction");
        body.shift_remove("background_color_2");
    }
    for field in body.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
        field["name"] = json!("a");
        match field["type"].as_str() {
            Some("checkbox" | "radio") => field["default"] = json!(true),
            Some("text" | "number" | "hidden") => field["default"] = json!("x"),
            _ => drop(field.as_object_mut().unwrap().shift_remove("default")),
        }
        if !matches!(field["type"].as_str(), Some("text" | "number" | "radio")) {
            field.as_object_mut().unwrap().shift_remove("placeholder");
        }
    }
}

fn resource() -> impl Strategy<Value = Resource> {
    select(&Resource::ALL[..])
}

/// The body of a create that is accepted.
fn acceptable() -> impl Strategy<Value = (Resource, Record)> {
    resource().prop_flat_map(|resource| {
        body(resource, "", 1).prop_map(move |mut body| {
            settle(resource, &mut body);
            (resource, body)
        })
    })
}

/// An accepted create and an accepted change of it, with the body that has the fields of both.
fn acceptable_change() -> impl Strategy<Value = (Resource, Record, Record, Record)> {
    acceptable().prop_flat_map(|(resource, first)| {
        body(resource, "", 1).prop_map(move |mut second| {
            second.shift_remove("event_group");
            second.shift_remove("dates");
            let mut both = first.clone();
            both.extend(second.clone());
            settle(resource, &mut both);
            for (name, value) in &both {
                if second.contains_key(name) || first.get(name) != Some(value) {
                    second.insert(name.clone(), value.clone());
                }
            }
            for name in first.keys().chain(second.clone().keys()) {
                if !both.contains_key(name) {
                    second.insert(name.clone(), Value::Null);
                }
            }
            (resource, first.clone(), second, both)
        })
    })
}

fn stored(resource: Resource, body: &Record) -> Record {
    created(resource, Value::Object(body.clone())).unwrap().record
}

proptest! {
    #[test]
    fn a_record_has_exactly_the_fields_of_its_table((resource, body) in acceptable()) {
        let record = stored(resource, &body);
        let mut names: Vec<&str> = record.keys().map(String::as_str).collect();
        let mut listed: Vec<&str> = below(resource, "").into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        listed.sort_unstable();
        prop_assert_eq!(names, listed);
    }

    #[test]
    fn sending_back_all_fields_as_read_changes_only_date_updated((resource, body) in acceptable()) {
        let record = stored(resource, &body);
        let Value::Object(mut read) = read_shape(resource, &record) else { unreachable!() };
        read.shift_remove("event_group");
        let mut changed = changed(resource, &record, Value::Object(read)).unwrap();
        prop_assert_eq!(changed.insert("date_updated".to_owned(), Value::Null), Some(json!(LATER)));
        prop_assert_eq!(changed, record);
    }

    #[test]
    fn a_record_as_read_can_be_loaded_as_a_seed((resource, body) in acceptable()) {
        let record = stored(resource, &body);
        let Value::Object(read) = read_shape(resource, &record) else { unreachable!() };
        let loaded = create(Origin::Seed, resource, &read, &identity(resource), LATER, &Assumptions::default()).unwrap();
        prop_assert_eq!(loaded.ignored, Vec::<String>::new());
        prop_assert_eq!(Value::Object(loaded.record).to_string(), Value::Object(record).to_string());
    }

    #[test]
    fn unknown_and_read_only_fields_are_reported_and_never_stored(
        (resource, body) in acceptable(),
        junk in vec((any::<String>(), json_value()), 0..5),
        value in json_value(),
    ) {
        let record = stored(resource, &body);
        let mut with_junk = body.clone();
        let read_only = below(resource, "").into_iter().filter(|(_, field)| field.acceptance == Acceptance::ReadOnly);
        with_junk.extend(read_only.map(|(name, _)| (name.to_owned(), value.clone())));
        with_junk.extend(junk.into_iter().filter(|(name, _)| below(resource, "").iter().all(|(own, _)| own != name)));
        let accepted = created(resource, Value::Object(with_junk.clone())).unwrap();
        prop_assert_eq!(&accepted.record, &record);
        prop_assert_eq!(accepted.ignored.len(), with_junk.len() - body.len());

        with_junk.shift_remove("event_group");
        let junk_alone: Record = with_junk.into_iter().filter(|(name, _)| !body.contains_key(name)).collect();
        let mut changed = changed(resource, &record, Value::Object(junk_alone)).unwrap();
        changed.insert("date_updated".to_owned(), Value::Null);
        prop_assert_eq!(changed, record);
    }

    #[test]
    fn a_create_and_a_change_have_the_result_of_one_create_with_the_fields_of_both(
        (resource, first, second, both) in acceptable_change(),
    ) {
        let record = stored(resource, &first);
        let mut changed = changed(resource, &record, Value::Object(second)).unwrap();
        changed.insert("date_updated".to_owned(), Value::Null);
        let mut expected = stored(resource, &both);
        // A field that a change sets to null is null; a create without it would store a default.
        for (name, value) in &changed {
            if value.is_null() {
                prop_assert!(both.get(name).is_none_or(Value::is_null), "{name}");
                expected.insert(name.clone(), Value::Null);
            }
        }
        prop_assert_eq!(changed, expected);
    }

    #[test]
    fn a_delivery_has_the_recorded_keys_in_their_order((resource, body) in acceptable()) {
        let Some(element) = resource.trigger_element() else { return Ok(()) };
        let record = stored(resource, &body);
        let delivered = delivered_shape(element, &record);
        let names = variables(element).iter().filter(|field| !field.optional).map(|field| field.name);
        let names: Vec<&str> = names
            .filter(|name| !(name.contains('.') || *name == "id" && element.is_addressed_by_prokey()))
            .collect();
        prop_assert_eq!(delivered.as_object().unwrap().keys().collect::<Vec<_>>(), names);
        if resource == Resource::Event {
            let of_date: Vec<&str> = below(resource, "dates.0").into_iter().map(|(name, _)| name).collect();
            prop_assert_eq!(of_date.len(), 14);
            for (date, own) in delivered["dates"].as_array().unwrap().iter().zip(record["dates"].as_array().unwrap()) {
                prop_assert_eq!(date.as_object().unwrap().keys().collect::<Vec<_>>(), of_date.clone());
                for (name, value) in date.as_object().unwrap() {
                    prop_assert_eq!(value, own.get(name).unwrap_or(&Value::Null));
                }
            }
        }
        for (name, value) in delivered.as_object().unwrap().iter().filter(|(name, _)| *name != "dates") {
            prop_assert_eq!(value, &record[name.as_str()]);
        }
    }

    #[test]
    fn a_change_of_one_field_of_a_date_changes_nothing_else(
        dates in vec(body(Resource::Event, "dates.0", 2), 1..4),
        position in any::<proptest::sample::Index>(),
        (name, value) in select(below(Resource::Event, "dates.0"))
            .prop_flat_map(|(name, field)| (Just(name), allowed(Resource::Event, field))),
    ) {
        let position = position.index(dates.len());
        let record = stored(Resource::Event, &Record::from_iter([
            ("event_group".to_owned(), json!(GROUP)),
            ("dates".to_owned(), json!(dates)),
        ]));
        let mut sent = vec![json!({}); position];
        sent.push(json!({ name: value }));
        let changed = changed(Resource::Event, &record, json!({ "dates": sent })).unwrap();
        let mut expected = record;
        expected["dates"][position][name] = value;
        expected["date_updated"] = json!(LATER);
        prop_assert_eq!(changed, expected);
    }

    #[test]
    fn any_body_is_accepted_or_refused_with_the_name_of_a_field(
        (resource, body) in acceptable(),
        changes in vec((any::<proptest::sample::Index>(), json_value()), 1..4),
    ) {
        let record = stored(resource, &body);
        let fields = below(resource, "");
        let mut spoilt = body;
        spoilt.extend(changes.into_iter().map(|(index, value)| (fields[index.index(fields.len())].0.to_owned(), value)));
        for refused in [
            create(Origin::Request, resource, &spoilt, &identity(resource), NOW, &Assumptions::default()).err(),
            change(resource, &record, &spoilt, NOW, &Assumptions::default()).err(),
            create(Origin::Seed, resource, &spoilt, &identity(resource), NOW, &Assumptions::default()).err(),
        ].into_iter().flatten() {
            let message = refused.message;
            let named = message.strip_prefix('`').and_then(|rest| rest.split(['`', '.']).next()).unwrap_or_default();
            prop_assert!(fields.iter().any(|(name, _)| *name == named), "{message}");
        }
    }
}
