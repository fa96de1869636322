//! Every assumption, with each of its values.

use hooks::core::emulator::Assumptions;
use hooks::io::emulator::EmulatorOptions;
use serde_json::{Value, json};

use super::{Server, event, group, options, report, webhook};

/// What differs with an assumption: the results of the same calls with each of its values.
type Calls = fn(&Server) -> Value;

/// For each assumption, calls, and their results by value.
const ALL: &[(&str, Calls, &[&str])] = &[
    ("missing-method", without_method, &["\"POST\"", "400"]),
    ("create-status", |server| created(server)["status"].clone(), &["200", "201"]),
    ("create-id", |server| created(server)["id"].is_string().into(), &["true", "false"]),
    ("change-response", changed, &[r#"[200,"updated"]"#, "[200,null]", "[204,null]"]),
    ("invalid-field-status", invalid, &["400", "422"]),
    ("empty-list", |server| server.get("/v1/webhook/all").status.into(), &["404", "200"]),
    ("not-found-body", not_found, &["\"application/json\"", "\"text/html; charset=utf-8\""]),
    ("unknown-field", unknown_field, &["200", "400"]),
    ("status-field", status_field, &["200", "400"]),
    ("event-group-change", event_group_change, &["400", "200"]),
    ("unknown-reference", unknown_reference, &["400", "200"]),
    ("webhook-lists", webhook_lists, &[r#"["B"]"#, r#"["X-Token","B"]"#]),
    ("unchanged-update", unchanged_update, &[r#"["update event_group"]"#, "[]"]),
    ("webhook-list", webhook_list, &[r#"[{"id":1,"name":"Guests to CRM"}]"#, "[1]"]),
    ("event-range", event_range, &["200", "404"]),
    ("latest-webhook", latest_webhook, &["true", "false"]),
    (
        "latest-answer",
        |server| server.get("/v1/rsvp-answers/latest").ok().is_array().into(),
        &["false", "true"],
    ),
    ("pending-answers", pending_answers, &["1", "2"]),
    ("retry-after", retry_after, &["\"1\"", "null"]),
    ("touch-after-create", touched, &["true", "false"]),
    ("new-group", new_group, &[r#"["create event_group","create event"]"#, r#"["create event"]"#]),
    (
        "group-of-event",
        group_of_event,
        &[
            r#"["create event","delete event"]"#,
            r#"["create event","update event_group","delete event","update event_group"]"#,
        ],
    ),
    (
        "events-of-group",
        events_of_group,
        &[r#"["delete event_group"]"#, r#"["delete event_group","delete event"]"#],
    ),
    (
        "users-of-template",
        users_of_template,
        &[r#"["delete style"]"#, r#"["delete style","update event_group","update event"]"#],
    ),
    ("expired-answer", expired_answer, &["[]", r#"["delete rsvp_answer"]"#]),
    ("last-execution", last_execution, &["true", "false"]),
    ("cors", cors, &["\"*\"", "null"]),
];

/// These are tested with scopes, or where the public form is.
const ELSEWHERE: [&str; 3] = ["scope-status", "double-opt-in", "second-sign-up"];

#[test]
fn every_assumption_changes_the_described_behaviour() {
    for assumption in Assumptions::ALL.iter().filter(|own| !ELSEWHERE.contains(&own.name)) {
        let own = ALL.iter().find(|(name, ..)| *name == assumption.name);
        let (_, calls, expected) = own.unwrap_or_else(|| panic!("`{}` is not tested", assumption.name));
        assert_eq!(expected.len(), assumption.values.len(), "{}", assumption.name);
        for (value, expected) in assumption.values.iter().zip(*expected) {
            let mut assumptions = Assumptions::default();
            assumptions.set(assumption.name, value).unwrap();
            let server = Server::with(EmulatorOptions { assumptions, ..options() });
            assert_eq!(calls(&server).to_string(), **expected, "{} = {value}", assumption.name);
        }
    }
}

#[test]
fn assumptions_are_listed_and_set_for_one_account() {
    let server = Server::start();
    let listed = server.get("/_emulator/assumptions").ok();
    assert_eq!(listed.as_array().unwrap().len(), Assumptions::ALL.len());
    let set = server
        .patch("/_emulator/assumptions", &json!({ "create-status": "201", "create-id": "number" }))
        .ok();
    assert_eq!(set[1]["value"], "201");
    assert_eq!(server.post("/v1/webhook", &webhook()).status, 201);
    assert_eq!(server.call_as("other", "POST", "/v1/webhook", &webhook()).status, 200);
    let before = server.get("/_emulator/assumptions").ok();
    let wrong =
        server.patch("/_emulator/assumptions", &json!({ "create-status": "200", "create-id": "none" }));
    assert_eq!(
        wrong.error(400),
        "invalid value `none` of the assumption `create-id`; use `text` or `number`"
    );
    let unknown = server.patch("/_emulator/assumptions", &json!({ "create-stats": "200" })).error(400);
    assert_eq!(unknown, "unknown assumption `create-stats`; did you mean `create-status`?");
    assert_eq!(server.get("/_emulator/assumptions").ok(), before);
}

fn without_method(server: &Server) -> Value {
    let mut body = webhook();
    body.as_object_mut().unwrap().remove("method");
    let response = server.post("/v1/webhook", &body);
    if response.status == 400 { json!(400) } else { server.get("/v1/webhook/latest").ok()["method"].clone() }
}

fn created(server: &Server) -> Value {
    let response = server.post("/v1/webhook", &webhook());
    json!({ "status": response.status, "id": response.json()["id"] })
}

fn changed(server: &Server) -> Value {
    let response = server.patch(&format!("/v1/group/{}", group(server)), &json!({ "name": "x" }));
    let message = if response.text.is_empty() { Value::Null } else { response.json()["message"].clone() };
    json!([response.status, message])
}

fn invalid(server: &Server) -> Value {
    server.post("/v1/webhook", &json!({ "name": 1 })).status.into()
}

fn not_found(server: &Server) -> Value {
    server.get("/v1/webhook/9").header("content-type").into()
}

fn unknown_field(server: &Server) -> Value {
    server.post("/v1/group", &json!({ "name": "x", "colour": "red" })).status.into()
}

fn status_field(server: &Server) -> Value {
    server.post("/v1/group", &json!({ "name": "x", "status": "draft" })).status.into()
}

fn event_group_change(server: &Server) -> Value {
    let group = group(server);
    let prokey = server.post("/v1/event", &event(&group)).created();
    server.patch(&format!("/v1/event/{prokey}"), &json!({ "event_group": group })).status.into()
}

fn unknown_reference(server: &Server) -> Value {
    server.post("/v1/group", &json!({ "name": "x", "layout": 999 })).status.into()
}

fn webhook_lists(server: &Server) -> Value {
    let id = server.post("/v1/webhook", &webhook()).created();
    let path = format!("/v1/webhook/{id}");
    server.patch(&path, &json!({ "header": [{ "key": "B", "value": "c" }] })).ok();
    let read = server.get(&path).ok();
    read["header"].as_array().unwrap().iter().map(|own| own["key"].clone()).collect()
}

fn unchanged_update(server: &Server) -> Value {
    let path = format!("/v1/group/{}", group(server));
    server.fired();
    server.patch(&path, &json!({ "name": "Concerts" })).ok();
    server.fired().into()
}

fn webhook_list(server: &Server) -> Value {
    server.post("/v1/webhook", &webhook()).created();
    server.get("/v1/webhook/all").ok()
}

fn event_range(server: &Server) -> Value {
    let mut body = event(&group(server));
    body["dates"][0]["endDate"] = json!("2026-06-05");
    server.post("/v1/event", &body).created();
    server.get("/v1/event/all?from=2026-06-02T00:00:00Z&to=2026-06-03T00:00:00Z").status.into()
}

fn latest_webhook(server: &Server) -> Value {
    server.post("/v1/webhook", &webhook()).created();
    server.get("/v1/webhook/latest").ok().get("payload_url").is_some().into()
}

/// A state with a confirmed and an unconfirmed answer.
fn with_pending_answer(server: &Server) -> String {
    let mut state = server.get("/_emulator/state").ok();
    let answer = json!({
        "email": "john@example.com", "prokey": state["event"][0]["prokey"],
        "pending_until": "2026-03-01T09:30:00Z",
    });
    state["rsvp-answers"].as_array_mut().unwrap().push(answer);
    server.call("PUT", "/_emulator/state", &state).ok();
    state["event"][0]["prokey"].as_str().unwrap().to_owned()
}

fn pending_answers(server: &Server) -> Value {
    let event = with_pending_answer(server);
    server.get(&format!("/v1/rsvp-answers/{event}")).ok().as_array().unwrap().len().into()
}

fn expired_answer(server: &Server) -> Value {
    with_pending_answer(server);
    server.patch("/_emulator/clock", &json!({ "advance": "31m" })).ok();
    assert_eq!(server.get("/_emulator/sign-ups").ok().as_array().unwrap().len(), 1);
    server.fired().into()
}

fn retry_after(server: &Server) -> Value {
    let refused = (0..2000).map(|_| server.get("/v1/webhook/all")).find(|response| response.status == 429);
    refused.expect("2,000 requests at 80 a second").header("retry-after").into()
}

fn touched(server: &Server) -> Value {
    let path = format!("/v1/group/{}", group(server));
    server.patch("/_emulator/clock", &json!({ "advance": "1s" })).ok();
    server.get(&path).ok()["date_updated"].is_string().into()
}

fn new_group(server: &Server) -> Value {
    let dates = event("")["dates"].clone();
    server.post("/v1/event", &json!({ "new_event_group_name": "x", "dates": dates })).created();
    server.fired().into()
}

fn group_of_event(server: &Server) -> Value {
    let group = group(server);
    server.fired();
    let prokey = server.post("/v1/event", &event(&group)).created();
    server.delete(&format!("/v1/event/{prokey}")).ok();
    server.fired().into()
}

fn events_of_group(server: &Server) -> Value {
    let group = server.get("/v1/group/latest").ok();
    server.delete(&format!("/v1/group/{}", group["prokey"].as_str().unwrap())).ok();
    server.fired().into()
}

fn users_of_template(server: &Server) -> Value {
    server.delete(&format!("/v1/style/{}", server.get("/v1/style/latest").ok()["id"])).ok();
    server.fired().into()
}

fn last_execution(server: &Server) -> Value {
    let id = server.post("/v1/webhook", &webhook()).created();
    group(server);
    let change = server.changes().pop().unwrap();
    server.handle.delivered(&change, &report(id.parse().unwrap(), false)).unwrap();
    server.get(&format!("/v1/webhook/{id}")).ok()["last_execution"].is_string().into()
}

fn cors(server: &Server) -> Value {
    let group = server.post("/v1/group", &json!({ "name": "x", "public_event_overview": true })).created();
    server.post("/v1/event", &event(&group)).created();
    let listed = server.request("GET", &format!("/v1/event/all?group={group}"), "", "");
    assert_eq!(listed.status, 200);
    listed.header("access-control-allow-origin").into()
}
