//! What holds for every table and every sample, and between the samples.

use std::collections::HashSet;

use serde_json::Value;

use crate::core::model::TriggerElement::{
    self, CtaTemplate, Event, EventGroup, LandingpageTemplate, RsvpAnswer, RsvpTemplate, Style,
};

use super::{Kind, Variable, find, is_open, sample, variables};

fn parsed(element: TriggerElement) -> Value {
    serde_json::from_str(sample(element)).unwrap_or_else(|error| panic!("sample of {element}: {error}"))
}

fn every_variable() -> impl Iterator<Item = (TriggerElement, &'static Variable)> {
    TriggerElement::ALL
        .into_iter()
        .flat_map(|element| variables(element).iter().map(move |variable| (element, variable)))
}

/// The value that a path leads to; `id` leads to the prokey where elements have no id.
fn value_at<'a>(element: TriggerElement, sample: &'a Value, path: &str) -> Option<&'a Value> {
    let path = if path == "id" && element.is_addressed_by_prokey() { "prokey" } else { path };
    path.split('.').try_fold(sample, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => value.get(step),
    })
}

fn has_kind(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Integer => value.is_u64() || value.is_i64(),
        Kind::Boolean => value.is_boolean(),
        Kind::Object => value.is_object(),
        Kind::List => value.is_array(),
    }
}

/// Every path in a value, of lists the first position only, each container before its fields.
fn paths(value: &Value, prefix: &str, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.first().map(|value| ("0".to_owned(), value)).into_iter().collect(),
        _ => Vec::new(),
    };
    for (step, value) in below {
        let path = if prefix.is_empty() { step } else { format!("{prefix}.{step}") };
        found.push(path.clone());
        paths(value, &path, found);
    }
}

#[test]
fn every_variable_leads_to_a_value_of_its_kind_in_the_sample() {
    for (element, variable) in every_variable() {
        let sample = parsed(element);
        let value = value_at(element, &sample, variable.name)
            .unwrap_or_else(|| panic!("{element} has no `{}`", variable.name));
        let agrees = if value.is_null() { variable.nullable } else { has_kind(value, variable.kind) };
        assert!(agrees, "`{}` of {element} is {value}, not {}", variable.name, variable.kind);
    }
}

#[test]
fn the_fields_of_every_sample_are_the_variables_in_the_same_order() {
    for element in TriggerElement::ALL {
        let mut fields = Vec::new();
        paths(&parsed(element), "", &mut fields);
        let stands_for_prokey = |name: &str| name == "id" && element.is_addressed_by_prokey();
        let names: Vec<&str> = variables(element)
            .iter()
            .map(|variable| variable.name)
            .filter(|name| !stands_for_prokey(name))
            .collect();
        assert_eq!(fields, names, "{element}");
    }
}

#[test]
fn no_name_stands_for_two_variables() {
    let mut seen = HashSet::new();
    for (element, variable) in every_variable() {
        assert!(seen.insert((element, variable.name)), "`{}` of {element}", variable.name);
    }
}

#[test]
fn every_element_has_an_id_because_a_delete_offers_nothing_else() {
    for element in TriggerElement::ALL {
        assert!(find(element, "id").is_some(), "{element}");
    }
}

#[test]
fn meanings_are_fragments() {
    for (element, variable) in every_variable() {
        let meaning = variable.meaning;
        let at = format!("`{}` of {element}: {meaning}", variable.name);
        assert!(meaning.starts_with(|first: char| first.is_lowercase()), "{at}");
        assert!(!meaning.ends_with(['.', ' ']), "{at}");
    }
}

#[test]
fn samples_are_ready_to_edit() {
    for element in TriggerElement::ALL {
        let pretty = serde_json::to_string_pretty(&parsed(element)).unwrap();
        assert_eq!(sample(element), format!("{pretty}\n"), "{element}");
    }
}

#[test]
fn the_samples_belong_together() {
    let event = parsed(Event);
    let group = parsed(EventGroup);
    let answer = parsed(RsvpAnswer);
    let form = parsed(RsvpTemplate);

    assert_eq!(answer["prokey"], event["prokey"]);
    assert_eq!(event["event_group"], group["prokey"]);
    assert_eq!(group["events"][0], event["prokey"]);
    for owner in [&event, &group] {
        assert_eq!(owner["layout"], parsed(Style)["id"]);
        assert_eq!(owner["landingpage"], parsed(LandingpageTemplate)["id"]);
    }
    assert_eq!(event["rsvp_block"], form["id"]);
    assert_eq!(event["cta_block"], parsed(CtaTemplate)["id"]);

    let asked: Vec<&str> =
        form["fields"].as_array().unwrap().iter().filter_map(|field| field["name"].as_str()).collect();
    let answered: Vec<&String> = answer["payload"].as_object().unwrap().keys().collect();
    assert_eq!(answered, asked);
    assert!(answer["amount"].as_u64() <= form["maxpp"].as_u64());
}

#[test]
fn addresses_in_the_samples_are_nobodys() {
    for element in TriggerElement::ALL {
        for (at, _) in sample(element).match_indices(['@']) {
            assert!(sample(element)[at..].starts_with("@example.com\""), "{element}");
        }
        for (at, scheme) in sample(element).match_indices("://") {
            let host = sample(element)[at + scheme.len()..].split(['/', '"']).next().unwrap();
            assert!(host.ends_with("example.com"), "{element}: {host}");
        }
    }
}

#[test]
fn any_list_position_is_found_and_a_misspelt_name_is_not() {
    assert_eq!(find(Event, "dates.12.name").map(|variable| variable.name), Some("dates.0.name"));
    assert_eq!(find(Event, "dates.name"), None);
    assert_eq!(find(Event, "dates.0.nam"), None);
    assert_eq!(find(Event, "dates..name"), None);
    assert_eq!(find(Event, "dates.0.name.x"), None);
    assert_eq!(find(Event, "0"), None);
    assert_eq!(find(Event, ""), None);
}

#[test]
fn unknown_names_are_no_mistake_in_open_containers_alone() {
    assert!(is_open(RsvpAnswer, "payload"));
    assert!(is_open(RsvpAnswer, "payload.shoe_size"));
    assert!(is_open(Style, "customLabels.modal.button.default"));
    assert!(is_open(Style, "styleDark.--btn-background"));
    assert!(!is_open(RsvpAnswer, "payloads"));
    assert!(!is_open(RsvpAnswer, "email"));
    assert!(!is_open(Event, "dates.0.nam"));
}

#[test]
fn only_objects_are_open() {
    for (element, variable) in every_variable().filter(|(_, variable)| variable.open) {
        assert_eq!(variable.kind, Kind::Object, "`{}` of {element}", variable.name);
    }
}

#[test]
fn kinds_are_called_by_their_plain_names() {
    let kinds = [Kind::Text, Kind::Integer, Kind::Boolean, Kind::Object, Kind::List];
    assert_eq!(kinds.map(|kind| kind.to_string()), ["text", "integer", "boolean", "object", "list"]);
}
