//! Which actions fire which webhooks.

use serde_json::{Value, json};

use hooks::core::model::{Trigger, TriggerElement};

use super::{Emulation, KEY, block, event, receiver, targets, webhook};
use crate::harness::{Project, hooks, requests};
use crate::server::Server;

/// A project with an active webhook for each trigger and element, named by both.
fn project(receiver: &Server) -> Project {
    let mut text = String::new();
    for element in TriggerElement::ALL {
        for trigger in Trigger::ALL {
            let path = format!("/{trigger}-{element}");
            text.push_str(&block(
                &format!("{trigger}-{element}"),
                trigger.as_str(),
                element.as_str(),
                &receiver.url("http://127.0.0.1", &path),
            ));
        }
    }
    Project::new().definitions(&text)
}

/// Runs an action, and returns what fired because of it.
fn fired(receiver: &Server, action: impl FnOnce()) -> Vec<String> {
    let before = targets(receiver).len();
    action();
    targets(receiver)[before..].to_vec()
}

#[test]
fn each_change_through_the_api_fires_only_its_own_trigger() {
    let receiver = receiver();
    let project = project(&receiver);
    let own = Emulation::start(&project, &["--seed", "sample"]);
    let group = own.create_group();
    for (path, body, change, kind) in [
        ("event", event(&group), json!({ "hideButton": true }), "event"),
        ("group", json!({ "name": "A" }), json!({ "name": "B" }), "event_group"),
        ("style", json!({ "name": "A", "options": ["google"] }), json!({ "name": "B" }), "style"),
        ("rsvp-block", json!({ "name": "A" }), json!({ "name": "B" }), "rsvp_template"),
        ("cta-block", json!({ "name": "A", "type": "none" }), json!({ "name": "B" }), "cta_template"),
        ("landingpage", json!({ "name": "A" }), json!({ "name": "B" }), "landingpage_template"),
    ] {
        let mut key = String::new();
        assert_eq!(fired(&receiver, || key = own.create(path, &body)), [format!("/create-{kind}")]);
        let one = format!("/v1/{path}/{key}");
        for method in ["PATCH", "PUT"] {
            let call = || drop(own.call(method, &one, &change).ok());
            assert_eq!(fired(&receiver, call), [format!("/update-{kind}")], "{method}");
        }
        let call = || drop(own.call("DELETE", &one, &Value::Null).ok());
        assert_eq!(fired(&receiver, call), [format!("/delete-{kind}")]);
    }
}

#[test]
fn reads_refused_calls_webhooks_seeds_and_resets_fire_nothing() {
    let receiver = receiver();
    let project = project(&receiver);
    let own = Emulation::start(&project, &["--seed", "sample"]);
    let fired = fired(&receiver, || {
        own.call("GET", "/v1/event/all", &Value::Null).ok();
        own.call("POST", "/v1/event", &json!({ "dates": [] })).error(400);
        own.call("PATCH", "/v1/style/999999", &json!({ "name": "x" })).error(404);
        let id = own.create("webhook", &webhook("delete", "style", &receiver.url("http://127.0.0.1", "/x")));
        own.call("PATCH", &format!("/v1/webhook/{id}"), &json!({ "active": false })).ok();
        own.call("DELETE", &format!("/v1/webhook/{id}"), &Value::Null).ok();
        own.call("POST", "/_emulator/reset", &Value::Null).ok();
    });
    assert_eq!(fired, [""; 0]);
}

#[test]
fn a_new_event_with_a_new_group_fires_both_and_a_deleted_group_fires_alone() {
    let receiver = receiver();
    let project = project(&receiver);
    let own = Emulation::start(&project, &[]);
    let body =
        json!({ "new_event_group_name": "New", "dates": [{ "name": "Yoga", "startDate": "2026-04-01" }] });
    let mut both = fired(&receiver, || drop(own.create("event", &body)));
    both.sort();
    assert_eq!(both, ["/create-event", "/create-event_group"]);
    let group = own.create_group();
    own.create_event(&group);
    let call = || drop(own.call("DELETE", &format!("/v1/group/{group}"), &Value::Null).ok());
    assert_eq!(fired(&receiver, call), ["/delete-event_group"]);
}

#[test]
fn webhooks_created_through_the_api_fire_by_id_before_those_in_the_file_in_file_order() {
    let receiver = receiver();
    let url = |path: &str| receiver.url("http://127.0.0.1", path);
    let text =
        block("b", "create", "event_group", &url("/b")) + &block("a", "create", "event_group", &url("/a"));
    let own = Emulation::start(&Project::new().definitions(&text), &[]);
    own.create("webhook", &webhook("create", "event_group", &url("/1")));
    own.create("webhook", &webhook("create", "event_group", &url("/2")));
    own.create_group();
    assert_eq!(targets(&receiver), ["/1", "/2", "/b", "/a"]);
}

#[test]
fn every_webhook_that_does_not_fire_has_a_reason() {
    let receiver = receiver();
    let url = |path: &str| receiver.url("http://127.0.0.1", path);
    let text = [
        block("other", "update", "event", &url("/")),
        block("off", "create", "event_group", &url("/")) + "active = false\n",
        block("secret", "create", "event_group", &url("/")) + "header.X-A = \"${HOOKS_UNSET}\"\n",
        block("variable", "create", "event_group", &url("/")) + "body.x = \"{{nowhere}}\"\n",
        block("remote", "create", "event_group", "https://crm.example.com/in"),
        block("twin", "create", "event_group", &url("/twin")) + "id = 1\n",
        block("own", "create", "event_group", "http://127.0.0.1:9/"),
    ];
    let mut own = Emulation::start(&Project::new().definitions(&text.concat()), &[]);
    own.create("webhook", &webhook("create", "event_group", &url("/1")));
    let back = own.ready["url"].as_str().unwrap().to_owned();
    own.create("webhook", &webhook("create", "event_group", &format!("{back}/v1/group")));
    own.create_group();
    let change = own.next("change");
    let reason = |webhook: &Value| {
        webhook["reasons"].as_array().unwrap().iter().map(|own| own["name"].clone()).collect()
    };
    let checked: Vec<(Value, Vec<Value>)> = change["webhooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (own["webhook"].clone(), reason(own)))
        .collect();
    let expected = json!([
        ["webhook 1", []],
        ["webhook 2", ["own-address"]],
        ["other", ["other-trigger", "other-element"]],
        ["off", ["inactive"]],
        ["secret", ["environment-missing"]],
        ["variable", ["variable-missing"]],
        ["remote", ["remote"]],
        ["twin", ["same-id"]],
        ["own", []],
    ]);
    assert_eq!(json!(checked), expected);
    assert_eq!(targets(&receiver), ["/1"]);
}

#[test]
fn a_definition_that_is_pushed_to_the_running_emulator_fires_once() {
    let receiver = receiver();
    let url = |path: &str| receiver.url("http://127.0.0.1", path);
    let project = Project::new().definitions(&block("groups", "create", "event_group", &url("/in")));
    let own = Emulation::start(&project, &[]);
    let api = own.ready["api"].as_str().unwrap();
    hooks(["push", "--yes", "--api", api])
        .in_project(&project)
        .env("HOOKS_API_KEY", KEY)
        .run()
        .success()
        .ignore_output();
    own.create_group();
    assert_eq!(targets(&receiver), ["/in"]);
}

#[test]
fn changed_definitions_are_used_but_invalid_ones_are_not() {
    let receiver = receiver();
    let url = |path: &str| receiver.url("http://127.0.0.1", path);
    let definition = |handle: &str| block(handle, "create", "event_group", &url(&format!("/{handle}")));
    let project = Project::new();
    let mut own = Emulation::start(&project, &[]);
    own.create_group();
    let project = project.definitions(&definition("first"));
    own.create_group();
    let project = project.definitions(&(definition("first") + &definition("second")));
    own.create_group();
    let project = project.definitions(&definition("third").replace("create", "crate"));
    own.create_group();
    let _project = project.definitions(&definition("fourth"));
    own.create_group();
    assert_eq!(targets(&receiver), ["/first", "/first", "/second", "/first", "/second", "/fourth"]);
    own.stdin = None;
    own.signal("-TERM");
    let stderr = own.end().stderr;
    assert!(stderr.contains("`webhooks.toml` has changed: using the new definitions"), "{stderr}");
    assert!(stderr.contains("unknown trigger `crate`"), "{stderr}");
    assert!(stderr.contains("warning: still using the previous definitions"), "{stderr}");
}

#[test]
fn a_prokey_filter_counts_even_for_the_events_of_the_sample() {
    let receiver = receiver();
    let text = block("a", "delete", "rsvp_answer", &receiver.url("http://127.0.0.1", "/a"))
        + "prokey_filter = \"00000000-0000-4000-8000-000000000000\"\n";
    let mut own = Emulation::start(&Project::new().definitions(&text), &["--seed", "sample"]);
    let all = own.call("GET", "/_emulator/sign-ups", &Value::Null).ok();
    let id = all[0]["id"].as_str().unwrap();
    own.call("DELETE", &format!("/_emulator/sign-ups/{id}"), &Value::Null).ok();
    assert_eq!(own.next("change")["webhooks"][0]["reasons"][0]["name"], "prokey-filter");
}

#[test]
fn a_delivery_has_the_recorded_keys_and_the_values_of_the_webhook() {
    let receiver = receiver();
    let own = Emulation::start(&Project::new(), &[]);
    let mut body = webhook("create", "event", &receiver.url("http://127.0.0.1", "/in?x=1"));
    body["method"] = json!("PUT");
    body["header"] = json!([{ "key": "X-Literal", "value": "${HOME}" }]);
    body["body"] = json!([{ "key": "event", "value": "{{prokey}}" }]);
    own.create("webhook", &body);
    let group = own.create_group();
    let prokey = own.create_event(&group);
    let sent = requests(&receiver.received());
    assert_eq!(sent[0].line, "PUT /in?x=1 HTTP/1.1");
    assert_eq!(sent[0].header("x-literal"), Some("${HOME}"));
    let json = sent[0].json();
    assert_eq!(json["event"], prokey.as_str());
    let element = json["element_data"].as_object().unwrap();
    assert_eq!(element["dates"][0].as_object().unwrap().len(), 14);
    assert!(!element.contains_key("id"), "{element:?}");
}
