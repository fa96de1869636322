//! How webhooks are delivered and recorded in the history.

use serde_json::{Value, json};

use super::{Emulation, KEY, STORED, block, receiver, targets, webhook};
use crate::harness::{Project, hooks, requests};
use crate::server::{Server, Step, answering, say};

#[test]
fn the_response_does_not_wait_for_the_receiver_and_idle_does() {
    let receiver = Server::start([Step::Read, Step::Hold]);
    let mut own = Emulation::start(&Project::new(), &["--timeout", "1s"]);
    own.create("webhook", &webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/")));
    // The receiver has not responded: the response to the call came first.
    let body = json!({ "name": "Courses" });
    own.client.call_as(KEY, "POST", "/v1/group", &body).created();
    let busy = own.client.call_as(KEY, "GET", "/_emulator/idle?timeout=0", &Value::Null);
    assert_eq!(busy.status, 408, "{busy:?}");
    own.client.call_as(KEY, "GET", "/_emulator/idle", &Value::Null).ok();
    let delivery = own.next("delivery");
    assert_eq!(
        (&delivery["state"], &delivery["failure"]["name"]),
        (&json!("in_doubt"), &json!("response-timeout"))
    );
}

#[test]
fn accounts_do_not_wait_for_each_other_and_one_account_keeps_its_order() {
    let slow = Server::start([Step::Read, Step::Hold]);
    let fast = answering(STORED);
    let own = Emulation::start(&Project::new(), &["--timeout", "20s"]);
    own.create("webhook", &webhook("create", "event_group", &slow.url("http://127.0.0.1", "/slow")));
    own.client.call_as(KEY, "POST", "/v1/group", &json!({ "name": "A" })).created();
    let other = "7b2f0c6e-8a3b-4c6f-9a54-2f0d1d7e9b22";
    let body = webhook("create", "event_group", &fast.url("http://127.0.0.1", "/{{name}}"));
    own.client.call_as(other, "POST", "/v1/webhook", &body).created();
    for name in ["1", "2", "3"] {
        own.client.call_as(other, "POST", "/v1/group", &json!({ "name": name })).created();
    }
    own.client.call_as(other, "GET", "/_emulator/idle", &Value::Null).ok();
    let names: Vec<Value> =
        requests(&fast.received()).iter().map(|own| own.json()["element_data"]["name"].clone()).collect();
    assert_eq!(names, ["1", "2", "3"]);
}

#[test]
fn to_sends_everything_to_one_receiver_with_the_paths_of_the_webhooks() {
    let receiver = receiver();
    let port = receiver.address().port().to_string();
    let text = block("a", "create", "event_group", "https://crm.example.com/in?a=1");
    let own = Emulation::start(&Project::new().definitions(&text), &["--to", &port]);
    own.create("webhook", &webhook("create", "event_group", "https://cms.example.com/hook"));
    own.create_group();
    assert_eq!(targets(&receiver), ["/hook", "/in?a=1"]);
}

#[test]
fn to_another_machine_needs_allow_remote() {
    hooks(["emulate", "--port", "0", "--to", "https://crm.example.com"])
        .run()
        .code(2)
        .no_stdout()
        .stderr_with(|text| {
            assert!(text.contains("`--to https://crm.example.com/` is not on this machine"), "{text}");
            assert!(text.contains("--allow-remote"), "{text}");
        });
}

#[test]
fn deliveries_are_recorded_and_can_be_replayed() {
    let receiver = receiver();
    let url = |path: &str| receiver.url("http://127.0.0.1", path);
    let text = block("deleted", "delete", "rsvp_answer", &url("/file")) + "header.X-Id = \"{{id}}\"\n";
    let project = Project::new().definitions(&text);
    let mut own = Emulation::start(&project, &["--seed", "sample"]);
    own.create("webhook", &webhook("delete", "rsvp_answer", &url("/api")));
    let all = own.call("GET", "/_emulator/sign-ups", &Value::Null).ok();
    let id = all[0]["id"].as_str().unwrap();
    own.call("DELETE", &format!("/_emulator/sign-ups/{id}"), &Value::Null).ok();
    let (api, file) =
        (own.next("delivery")["delivery"].to_string(), own.next("delivery")["delivery"].to_string());
    hooks(["replay", &api, &file]).in_project(&project).run().success().ignore_output();
    let sent = requests(&receiver.received());
    assert_eq!(targets(&receiver), ["/api", "/file", "/api", "/file"]);
    assert_eq!(sent[3].header("x-id"), Some(id));
    assert!(sent[0].body == sent[2].body && sent[1].body == sent[3].body);
    hooks(["history", &api]).in_project(&project).run().success().no_stderr().stdout_with(|text| {
        assert!(text.contains("definitions: created through the API of `hooks emulate`"), "{text}");
        assert!(text.contains(&format!("data: DELETE /_emulator/sign-ups/{id}")), "{text}");
    });
}

#[test]
fn without_its_credentials_a_webhook_created_through_the_api_is_replayed_only_with_force() {
    let receiver = receiver();
    let project = Project::new();
    let mut own = Emulation::start(&project, &[]);
    let mut body = webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/"));
    body["header"] = json!([{ "key": "Authorization", "value": "Bearer s3cret-value" }]);
    own.create("webhook", &body);
    own.create_group();
    let delivery = own.next("delivery")["delivery"].to_string();
    hooks(["replay", &delivery]).in_project(&project).run().code(1).no_stdout().stderr_with(|text| {
        assert!(text.contains("its record omits `authorization`, which may be secret"), "{text}");
    });
    hooks(["replay", &delivery, "--force"]).in_project(&project).run().success().ignore_output();
    let sent = requests(&receiver.received());
    assert_eq!(sent[0].header("authorization"), Some("Bearer s3cret-value"));
    assert_eq!(sent[1].header("authorization"), None);
}

#[test]
fn no_history_records_nothing_and_a_failure_is_explained() {
    let receiver = answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let project = Project::new();
    let mut own = Emulation::start(&project, &["--no-history"]);
    own.create("webhook", &webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/")));
    own.create_group();
    let delivery = own.next("delivery");
    assert_eq!((&delivery["delivery"], &delivery["status"]), (&Value::Null, &json!(401)));
    assert_eq!(delivery["failure"]["what"], "The receiver rejected the credentials (401 Unauthorized).");
    hooks(["history", "--all"]).in_project(&project).run().success().no_stdout().ignore_stderr();
}

#[test]
fn last_execution_and_the_journal_have_each_delivery() {
    let receiver = receiver();
    let own = Emulation::start(&Project::new(), &[]);
    let id = own.create("webhook", &webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/")));
    let read = || own.call("GET", &format!("/v1/webhook/{id}"), &Value::Null).ok()["last_execution"].clone();
    assert_eq!(read(), Value::Null);
    own.create_group();
    assert!(read().is_string());
    let journal = own.call("GET", "/_emulator/journal", &Value::Null).text;
    assert!(journal.contains("\"webhook\":\"webhook 1\""), "{journal}");
}

#[test]
fn a_receiver_that_fails_stops_neither_the_emulator_nor_the_next_webhook() {
    let broken = Server::start([Step::Read, say("no HTTP")]);
    let receiver = receiver();
    let mut own = Emulation::start(&Project::new(), &[]);
    own.create("webhook", &webhook("create", "event_group", &broken.url("http://127.0.0.1", "/")));
    own.create("webhook", &webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/")));
    own.create_group();
    let states = [own.next("delivery")["state"].clone(), own.next("delivery")["state"].clone()];
    assert_eq!(states, ["in_doubt", "delivered"]);
}
