//! Matching webhooks and differences.

use serde_json::{Value, json};

use super::{Listener, differences};
use crate::harness::Project;

const DEFINITIONS: &str = r#"
[webhooks.answers]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/hooks/answers?v=1"

[webhooks.answers.header]
X-Source = "calendar"
Authorization = "Bearer ${TOKEN}"

[webhooks.answers.body]
seats = "{{amount}}"
who = "{{email}} at {{prokey}}"

[webhooks.gala]
trigger = "create"
trigger_element = "rsvp_answer"
prokey_filter = "11111111-2222-4333-8444-555555555555"
payload_url = "https://cms.example.com/gala"

[webhooks.answer-gone]
trigger = "delete"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/answer-gone"
[webhooks.answer-gone.body]
remove = "answer {{id}}"

[webhooks.gone]
trigger = "delete"
trigger_element = "event"
method = "PUT"
payload_url = "https://cms.example.com/gone"
[webhooks.gone.body]
remove = "{{id}}"
"#;

const HEADERS: &str = "Content-Type: application/json; charset=utf-8\r\nx-source: calendar\r\nauthorization: Bearer t0ken-of-mine\r\n";

fn element() -> Value {
    json!({
        "id": "a1", "status": "confirmed", "email": "kim@example.com", "amount": 2, "payload": {},
        "prokey": "99999999-2222-4333-8444-555555555555", "date_created": "2026-01-15T09:30:00.000Z",
        "date_updated": null,
    })
}

fn body() -> Value {
    json!({
        "element_data": element(), "seats": 2,
        "who": "kim@example.com at 99999999-2222-4333-8444-555555555555",
    })
}

fn listener() -> (Project, Listener) {
    let project = Project::new().definitions(DEFINITIONS);
    let listener = Listener::start_with(&project, &[], &[("TOKEN", "t0ken-of-mine")]);
    (project, listener)
}

/// The closest webhook and the differences of a request.
fn compared(listener: &mut Listener, line: &str, headers: &str, body: &Value) -> (Value, Vec<String>) {
    let line = listener.request(line, headers, &body.to_string());
    assert_eq!(line["webhook"], Value::Null, "{line}");
    (line["closest"].clone(), differences(&line))
}

#[test]
fn requests_match_the_webhook_that_would_send_them() {
    let (project, mut listener) = listener();
    let line = listener.request("POST /hooks/answers?v=1", HEADERS, &body().to_string());
    assert_eq!((&line["webhook"], &line["closest"]), (&"answers".into(), &Value::Null));
    assert_eq!(line["differences"], json!([]));
    for (webhook, path) in [("gala", "/gala"), ("gone", "/gone"), ("answer-gone", "/answer-gone")] {
        listener.fire(&project, webhook, path).success().ignore_output();
        assert_eq!(listener.expect("request")["webhook"], webhook);
    }
}

#[test]
fn any_id_of_an_answer_matches_because_the_element_does_not_contain_it() {
    let (_project, mut listener) = listener();
    let mut element = element();
    element.as_object_mut().unwrap().remove("id");
    let body = json!({ "element_data": element, "remove": "answer 4711" });
    let line = listener.request("POST /answer-gone", HEADERS, &body.to_string());
    assert_eq!(line["webhook"], "answer-gone", "{line}");
    let body = json!({ "element_data": element, "remove": "4711" });
    let (closest, differences) = compared(&mut listener, "POST /answer-gone", HEADERS, &body);
    assert_eq!(closest, "answer-gone");
    assert_eq!(differences, [r#"body remove: "4711" / "answer {{id}}""#]);
}

#[test]
fn key_order_and_encoding_do_not_matter() {
    let (_project, mut listener) = listener();
    let text = format!(
        "{{ \"who\": \"kim@example.com at 99999999-2222-4333-8444-5555555\\u00355555\", \"seats\": 2.0, \"element_data\": {} }}",
        element()
    );
    let line = listener.request("POST /hooks/%61nswers?v=1", HEADERS, &text);
    assert_eq!(line["webhook"], "answers", "{line}");
}

#[test]
fn each_difference_is_reported() {
    let (_project, mut listener) = listener();
    let right = "POST /hooks/answers?v=1";
    let mut changed = body();
    changed["seats"] = json!(3);
    changed["extra"] = json!([1]);
    changed.as_object_mut().unwrap().remove("who");
    assert_eq!(
        compared(&mut listener, right, HEADERS, &changed),
        (
            "answers".into(),
            vec![
                "body seats: 3 / 2".to_owned(),
                "body who: - / \"kim@example.com at 99999999-2222-4333-8444-555555555555\"".to_owned(),
                "body extra: [1] / -".to_owned(),
            ]
        )
    );
    for (line, headers, expected) in [
        ("PUT /hooks/answers?v=1", HEADERS, "method -: PUT / POST"),
        ("POST /hooks/answer?v=1", HEADERS, "path -: /hooks/answer / /hooks/answers"),
        ("POST /hooks/answers", HEADERS, "query -: - / v=1"),
        ("POST /hooks/answers?v=2", HEADERS, "query -: v=2 / v=1"),
        (right, &HEADERS.replace("calendar", "other"), "header x-source: other / calendar"),
        (right, &HEADERS.replace("x-source", "y-source"), "header x-source: - / calendar"),
        (right, &HEADERS.replace("mine", "yours"), "header authorization: *** / ***"),
        (
            right,
            &HEADERS.replace("json", "xml"),
            "header content-type: application/xml; charset=utf-8 / application/json",
        ),
    ] {
        let (closest, differences) = compared(&mut listener, line, headers, &body());
        assert_eq!((closest, differences), ("answers".into(), vec![expected.to_owned()]), "{line}");
    }
}

#[test]
fn another_element_kind_and_a_missing_variable_are_reported() {
    let (_project, mut listener) = listener();
    let right = "POST /hooks/answers?v=1";
    let mut lacking = body();
    lacking["element_data"].as_object_mut().unwrap().remove("amount");
    lacking["seats"] = json!("");
    assert_eq!(
        compared(&mut listener, right, HEADERS, &lacking).1,
        ["body element_data.amount: - / a value for {{amount}}"]
    );
    let group = json!({"element_data": {"name": "x", "type": "y", "branding": 1}, "seats": 2});
    let differences = compared(&mut listener, right, HEADERS, &group).1;
    assert!(
        differences[0].starts_with("element -: ") && differences[0].ends_with(" / rsvp_answer"),
        "{differences:?}"
    );
}

#[test]
fn a_prokey_filter_for_another_event_is_a_difference() {
    let (_project, mut listener) = listener();
    let differences = compared(
        &mut listener,
        "POST /gala",
        "Content-Type: application/json\r\n",
        &json!({"element_data": element()}),
    )
    .1;
    assert_eq!(
        differences,
        ["prokey_filter -: 99999999-2222-4333-8444-555555555555 / 11111111-2222-4333-8444-555555555555"]
    );
}

#[test]
fn a_missing_element_is_a_difference() {
    let (_project, mut listener) = listener();
    for (body, expected) in [
        ("", "body : - / JSON"),
        ("hello", "body : invalid JSON (expected a value) / JSON"),
        ("[1]", "body : a list / an object"),
        ("{\"element_data\": 1, \"seats\": 1, \"who\": \"\"}", "body element_data: number / the element"),
        ("{\"seats\": 1, \"who\": \"\"}", "body element_data: - / the element"),
    ] {
        let line = listener.request("POST /hooks/answers?v=1", HEADERS, body);
        assert_eq!(line["closest"], "answers");
        assert_eq!(differences(&line), [expected], "{body}");
    }
}

#[test]
fn a_request_unlike_every_webhook_has_no_closest_one() {
    let (_project, mut listener) = listener();
    let line = listener.request("GET /favicon.ico", "", "");
    assert_eq!(
        (&line["webhook"], &line["closest"], &line["differences"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
}

#[test]
fn an_unset_environment_variable_matches_any_value() {
    let project = Project::new().definitions(DEFINITIONS);
    let mut listener = Listener::start(&project, &["--once"]);
    let line = listener.request("POST /hooks/answers?v=1", HEADERS, &body().to_string());
    assert_eq!(line["webhook"], "answers", "{line}");
}

#[test]
fn without_definitions_requests_are_shown_but_not_compared() {
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    let line = listener.request("POST /", "", "{}");
    assert_eq!((&line["webhook"], &line["closest"]), (&Value::Null, &Value::Null));
    let stderr = listener.end().stderr;
    assert_eq!(stderr.matches("no `webhooks.toml` found").count(), 1, "{stderr}");
}

#[test]
fn an_unusable_webhook_is_reported_and_the_others_are_compared() {
    let definitions = format!(
        "{DEFINITIONS}\n[webhooks.broken]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"nowhere\"\n"
    );
    let project = Project::new().definitions(&definitions);
    let mut listener = Listener::start_with(&project, &["--once"], &[("TOKEN", "t0ken-of-mine")]);
    assert_eq!(
        listener.request("POST /hooks/answers?v=1", HEADERS, &body().to_string())["webhook"],
        "answers"
    );
    let stderr = listener.end().stderr;
    assert!(stderr.contains("warning: `broken` cannot be compared"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn definitions_that_change_while_it_listens_are_warned_of_once() {
    let (project, mut listener) = listener();
    assert_eq!(listener.request("POST /new", HEADERS, "{}")["webhook"], serde_json::Value::Null);
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let _project = project.definitions(&format!("{text}\n# changed\n"));
    for _ in 0..2 {
        listener.request("POST /new", HEADERS, "{}");
    }
    listener.signal("-INT");
    let said = listener.end().stderr;
    let warning = "has changed: restart `hooks listen` to compare with the new version";
    assert_eq!(said.matches(warning).count(), 1, "{said}");
}
