//! Invariants of the tables and samples.

use std::collections::HashSet;

use serde_json::Value;

use crate::core::model::Trigger;
use crate::core::model::TriggerElement::{
    self, CtaTemplate, Event, EventGroup, LandingpageTemplate, RsvpAnswer, RsvpTemplate, Style,
};

use crate::core::text::fold;

use super::{
    ValueFormat, Variable, VariableType, find, is_open, may_be_new, other_owner, sample, suggest, variables,
};

fn parsed(element: TriggerElement) -> Value {
    parsed_on(Trigger::Update, element)
}

fn parsed_on(trigger: Trigger, element: TriggerElement) -> Value {
    let text = sample(element, trigger);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("sample of {element}: {error}"))
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

fn has_kind(value: &Value, kind: VariableType) -> bool {
    match kind {
        VariableType::String => value.is_string(),
        VariableType::Integer => value.is_u64() || value.is_i64(),
        VariableType::Boolean => value.is_boolean(),
        VariableType::StringOrBoolean => value.is_string() || value.is_boolean(),
        VariableType::Object => value.is_object(),
        VariableType::List => value.is_array(),
        VariableType::Any => true,
    }
}

/// Every path in a value, each container before its fields; of a list, only the first position.
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
        let Some(value) = value_at(element, &sample, variable.name) else {
            assert!(variable.optional, "{element} has no `{}`", variable.name);
            continue;
        };
        let agrees = if value.is_null() { variable.nullable } else { has_kind(value, variable.kind) };
        assert!(agrees, "`{}` of {element} is {value}, not {}", variable.name, variable.kind);
    }
}

#[test]
fn the_fields_of_every_sample_are_the_variables_in_the_same_order() {
    for element in TriggerElement::ALL {
        let mut fields = Vec::new();
        paths(&parsed(element), "", &mut fields);
        let names: Vec<&str> = variables(element)
            .iter()
            .filter(|variable| !variable.optional || fields.iter().any(|field| field == variable.name))
            .map(|variable| variable.name)
            .filter(|name| !(*name == "id" && element.is_addressed_by_prokey()))
            .collect();
        assert_eq!(fields, names, "{element}");
    }
}

/// The keys of recorded deliveries, in their order.
const RECORDED: [(TriggerElement, &str); 3] = [
    (RsvpAnswer, "status date_created date_updated email prokey amount payload"),
    (
        Event,
        "date_created date_updated iCalFileName recurrence recurrence_interval recurrence_count \
         recurrence_byDay recurrence_byMonthDay recurrence_byMonth recurrence_weekstart \
         recurrence_simple_type dates title_event_series rsvp_block cta_block rsvp cta layout status \
         hideButton simplified_recurrence sequence distribution landingpage prokey event_group",
    ),
    (
        EventGroup,
        "date_created date_updated name subscription internal_note subscription_cal_url status cta \
         cta_block layout prokey landingpage events",
    ),
];

#[test]
fn samples_have_the_keys_of_recorded_deliveries_in_their_order() {
    for (element, recorded) in RECORDED {
        for trigger in Trigger::ALL {
            let sample = parsed_on(trigger, element);
            let keys: Vec<&str> = sample.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, recorded.split_whitespace().collect::<Vec<_>>(), "{trigger} {element}");
        }
    }
    let date = "name description startDate endDate startTime endTime timeZone location status availability \
                organizer_name organizer_email attendee_name attendee_email";
    let event = parsed(Event);
    let keys: Vec<&str> = event["dates"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, date.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn on_create_only_rsvp_answers_have_a_date_updated() {
    for element in TriggerElement::ALL {
        for trigger in Trigger::ALL {
            let mut sample = parsed_on(trigger, element);
            let is_null = trigger == Trigger::Create && element != RsvpAnswer;
            assert_eq!(sample["date_updated"].is_null(), is_null, "{trigger} {element}");
            sample["date_updated"] = parsed(element)["date_updated"].clone();
            assert_eq!(sample, parsed(element), "nothing else differs: {trigger} {element}");
        }
    }
}

#[test]
fn form_fields_have_only_the_keys_that_apply_to_their_type() {
    for element in [RsvpTemplate, CtaTemplate] {
        for field in parsed(element)["fields"].as_array().unwrap() {
            assert_eq!(field.get("placeholder").is_some(), field["type"] == "text", "{element}: {field}");
        }
        for name in ["name", "placeholder", "default"] {
            assert!(find(element, &format!("fields.3.{name}")).unwrap().optional, "{element}: {name}");
        }
    }
}

#[test]
fn every_name_is_listed_once() {
    let mut seen = HashSet::new();
    for (element, variable) in every_variable() {
        assert!(seen.insert((element, variable.name)), "`{}` of {element}", variable.name);
    }
}

#[test]
fn a_synonym_leads_to_one_variable_and_is_not_a_name() {
    let mut seen = HashSet::new();
    for (element, variable) in every_variable() {
        for synonym in variable.synonyms() {
            assert!(seen.insert((element, fold(synonym))), "`{synonym}` of {element}");
            assert_eq!(find(element, synonym), None, "`{synonym}` of {element}");
        }
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

/// The words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_values_that_a_meaning_names_are_those_that_are_allowed() {
    for (element, variable) in every_variable().filter(|(_, variable)| !variable.allowed.is_empty()) {
        let at = format!("`{}` of {element}", variable.name);
        let named: Vec<&str> = quoted(variable.meaning).filter(|word| !word.contains('.')).collect();
        assert!(named.iter().all(|word| variable.allowed.contains(word)), "{at}: {named:?}");
        // A range and a list of codes are not named in full.
        let is_abridged = matches!(variable.name, "size" | "language");
        let all = variable.allowed.iter().all(|value| named.contains(value));
        assert!(all || is_abridged || variable.name.ends_with(".0"), "{at}: {:?}", variable.allowed);
    }
}

#[test]
fn defaults_and_references_fit_the_type_of_their_field() {
    let of_webhooks = super::WEBHOOK.iter();
    for variable in every_variable().map(|(_, variable)| variable).chain(of_webhooks) {
        if let Some(default) = variable.default {
            let value: Value =
                serde_json::from_str(default).unwrap_or_else(|error| panic!("{default}: {error}"));
            assert!(has_kind(&value, variable.kind), "`{}`: {default}", variable.name);
        }
        if variable.refers_to.is_some() {
            assert!(
                matches!(variable.kind, VariableType::Integer | VariableType::String),
                "`{}`",
                variable.name
            );
        }
    }
}

#[test]
fn samples_are_ready_to_edit() {
    for element in TriggerElement::ALL {
        for trigger in Trigger::ALL {
            let pretty = serde_json::to_string_pretty(&parsed_on(trigger, element)).unwrap();
            assert_eq!(sample(element, trigger), format!("{pretty}\n"), "{trigger} {element}");
        }
    }
}

#[test]
fn the_samples_belong_together() {
    let event = parsed(Event);
    let group = parsed(EventGroup);
    let answer = parsed(RsvpAnswer);
    let form = parsed(RsvpTemplate);

    assert_eq!(answer["prokey"], super::SAMPLE_PROKEY);
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
fn addresses_in_the_samples_belong_to_no_real_person_or_host() {
    for element in TriggerElement::ALL {
        let text = sample(element, Trigger::Update);
        for (at, _) in text.match_indices(['@']) {
            assert!(text[at..].starts_with("@example.com\""), "{element}");
        }
        for (at, scheme) in text.match_indices("://") {
            let host = text[at + scheme.len()..].split(['/', '"']).next().unwrap();
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
fn a_name_that_resembles_no_known_one_may_be_new() {
    for (element, name, may) in [
        (RsvpAnswer, "waitlist_position", true),
        (RsvpAnswer, "waitlist.position", true),
        (RsvpAnswer, "seats", false),
        (RsvpAnswer, "emial", false),
        (RsvpAnswer, "email.x", false),
        (RsvpAnswer, "waitlist position", false),
        (Event, "amount", false),
        (Event, "dates.0.colour", false),
    ] {
        assert_eq!(may_be_new(element, name, suggest(element, name).as_ref()), may, "`{name}` of {element}");
    }
    assert_eq!(other_owner(Event, "amount"), Some(RsvpAnswer));
}

#[test]
fn unknown_names_are_valid_only_in_open_containers() {
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
        assert_eq!(variable.kind, VariableType::Object, "`{}` of {element}", variable.name);
    }
}

/// Strings without a list of allowed values and without a format that are settings or references, not text that people wrote.
const SETTINGS: &str = "recurrence_byDay recurrence_byMonthDay recurrence_byMonth recurrence_weekstart dates.0.timeZone \
                        sequence prokey event_group events.0 styleLight.--base-font-size-l styleLight.--btn-background \
                        fields.0.name";

#[test]
fn every_string_is_personal_or_known_not_to_be() {
    for (element, variable) in every_variable() {
        let is_text = matches!(variable.kind, VariableType::String | VariableType::StringOrBoolean);
        let is_format =
            !matches!(variable.format, ValueFormat::Any | ValueFormat::NotBlank | ValueFormat::Url);
        let is_limited = is_format || !variable.allowed.is_empty();
        let is_identity = variable.name == "id" && element.is_addressed_by_prokey();
        let is_setting =
            is_limited || is_identity || SETTINGS.split_whitespace().any(|own| own == variable.name);
        if is_text {
            assert_ne!(variable.personal, is_setting, "`{}` of {element}", variable.name);
        }
        if let Some((parent, _)) =
            variable.name.rsplit_once('.').filter(|_| variable.kind != VariableType::String)
        {
            let inherited = find(element, parent).is_some_and(|parent| parent.personal);
            assert!(!inherited || variable.personal, "`{}` of {element}", variable.name);
        }
    }
}

#[test]
fn types_have_the_names_that_the_documentation_lists() {
    let kinds = [
        VariableType::String,
        VariableType::Integer,
        VariableType::Boolean,
        VariableType::StringOrBoolean,
        VariableType::Object,
        VariableType::List,
        VariableType::Any,
    ];
    let names = ["string", "integer", "boolean", "string or boolean", "object", "list", "any"];
    assert_eq!(kinds.map(|kind| kind.to_string()), names);
}
