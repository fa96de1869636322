//! The JSON Schema agrees with the reader.

use std::collections::BTreeSet;

use hooks::core::check::{RULES, schema};
use serde_json::{Map, Value};

use super::{Schema, example, toml_rules};
use crate::harness::hooks;

fn to_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(to_json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, to_json(value))).collect::<Map<_, _>>())
        }
    }
}

fn document(text: &str) -> Option<Value> {
    text.parse::<toml::Table>().ok().map(|table| to_json(toml::Value::Table(table)))
}

#[test]
fn the_schema_is_current_and_printed() {
    snapbox::assert_data_eq!(schema(), snapbox::file!("../../../docs/webhooks.schema.json").raw());
    hooks(["schema"]).run().success().stdout_is(schema()).no_stderr();
}

#[test]
fn valid_definitions_conform_to_the_schema() {
    let schema = Schema::new(&schema());
    let newcomers = document(include_str!("../../../webhooks.example.toml")).unwrap();
    assert_eq!(schema.complaint(&newcomers), None);
    assert_eq!(schema.complaint(&document(hooks::core::definitions::STARTER).unwrap()), None);
    for rule in toml_rules() {
        let good = document(&example(rule.code, "good.toml")).unwrap();
        assert_eq!(schema.complaint(&good), None, "{}", rule.code);
    }
}

#[test]
fn invalid_definitions_do_not_conform_to_the_schema() {
    let schema = Schema::new(&schema());
    let is_seen = |code: &&str| {
        document(&example(code, "bad.toml")).is_some_and(|bad| schema.complaint(&bad).is_some())
    };
    let seen: BTreeSet<&str> = toml_rules().map(|rule| rule.code).filter(is_seen).collect();
    let expected = [
        "account-setting",
        "bad-handle",
        "check-setting",
        "header-framing",
        "header-name",
        "misplaced-prokey-filter",
        "missing-field",
        "payload-url",
        "prokey-not-uuid",
        "too-many-headers",
        "unknown-key",
        "unknown-table",
        "unknown-value",
        "unreachable-webhook",
        "variable-in-header-name",
        "wrong-type",
    ];
    assert_eq!(seen, BTreeSet::from(expected));
}

#[test]
fn every_field_and_every_rule_is_described() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let fields = schema["definitions"]["webhook"]["properties"].as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), hooks::core::definitions::FIELDS);
    for (name, field) in fields {
        assert!(field["title"].is_string() && field["description"].is_string(), "{name}");
        assert!(field.get("default").or(field.get("examples")).is_some(), "{name}");
    }
    let rules = schema["properties"]["check"]["properties"].as_object().unwrap();
    assert_eq!(rules.len(), 1 + RULES.iter().filter(|rule| rule.can_be_changed()).count());
}

#[test]
fn forbidden_keys_are_marked_where_they_are() {
    let schema = Schema::new(&schema());
    let fields =
        "trigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://cms.example.com\"\n";
    for (text, place) in [
        ("[hooks.a]\nx = 1\n", "/hooks"),
        (&*format!("[webhooks.a]\n{fields}prokey_filter = \"x\"\n"), "/webhooks/a/prokey_filter"),
        (&*format!("[webhooks.a]\n{fields}triger = \"x\"\n"), "/webhooks/a/triger"),
        (&*format!("[webhooks.a]\n{fields}header = {{ Host = \"x\" }}\n"), "/webhooks/a/header/Host"),
        (&*format!("[webhooks.a]\n{fields}header = {{ \"X Y\" = \"x\" }}\n"), "/webhooks/a/header/X Y"),
        (&*format!("[webhooks.\"a b\"]\n{fields}"), "/webhooks/a b"),
        ("[check]\nx = \"off\"\n", "/check/x"),
        ("[accounts.a]\nkee = \"x\"\n", "/accounts/a/kee"),
        ("[accounts.a]\nkey = \"x\"\n", "/accounts/a/key"),
    ] {
        let complaint = schema.complaint(&document(text).unwrap()).unwrap();
        assert!(
            complaint.contains(&format!("at '{place}'"))
                || complaint.contains(&format!("at '{}'", place.replace(' ', "%20"))),
            "{place}: {complaint}"
        );
    }
}
