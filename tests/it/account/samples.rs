//! Elements from the account as samples and data, against hand-written responses and the emulator.

use serde_json::{Value, json};
use snapbox::str;

use super::api::{Api, KEY, json as json_response, no_entry, path, response};
use crate::emulator::Server;
use crate::harness::{Project, Run, hooks, requests};
use crate::server::answering;

const EVENT: &str = "c6510c06-a277-4e1c-9baf-deec9c5507c7";
const ANSWER: &str = "abcdef12-3456-4789-8bcd-ef0123456788";
const STORED: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

const STYLE: &str = r#"
[webhooks.style-to-cms]
trigger = "update"
trigger_element = "style"
payload_url = "https://cms.example.com/in"
body.name = "{{name}}"
"#;

/// Runs the program with the API of an emulator.
fn with<'p>(server: &Server, project: &'p Project, arguments: &[&str]) -> Run<'p> {
    let api = format!("http://{}/v1", server.address);
    hooks(arguments).in_project(project).env("HOOKS_API", api).env("HOOKS_API_KEY", crate::emulator::KEY)
}

/// What `hooks sample` prints, as compact JSON.
fn sampled(server: &Server, arguments: &[&str]) -> Value {
    let mut found = Value::Null;
    let arguments = [&["sample"], arguments].concat();
    with(server, &Project::new(), &arguments)
        .run()
        .success()
        .ignore_stderr()
        .stdout_json(|json| found = json.clone());
    found
}

#[test]
fn a_sample_of_every_element_is_what_the_emulator_delivers() {
    let server = Server::start();
    for (kind, resource, change) in [
        ("event_group", "group", json!({ "internal_note": "ask Ada" })),
        ("event", "event", json!({ "dates": [{ "location": "Berlin" }] })),
        ("style", "style", json!({ "size": "7" })),
        ("rsvp_template", "rsvp-block", json!({ "headline": "Join" })),
        ("cta_template", "cta-block", json!({ "headline": "Join" })),
        ("landingpage_template", "landingpage", json!({ "title": "Welcome" })),
    ] {
        let listed = server.get(&format!("/v1/{resource}/all")).ok()[0].clone();
        let id = if kind.starts_with("event") { &listed["prokey"] } else { &listed["id"] };
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let body = server.get(&format!("/v1/{resource}/{id}")).ok();
        let own = server.post(&format!("/v1/{resource}"), &body).created();
        let path = format!("/v1/{resource}/{own}");
        let mut samples = vec![sampled(&server, &[kind, "--id", &own, "--no-redact"])];
        server.patch(&path, &change).ok();
        for trigger in ["update", "delete"] {
            samples.push(sampled(&server, &[kind, "--id", &own, "--no-redact", "--trigger", trigger]));
        }
        server.delete(&path).ok();
        let delivered: Vec<String> = server.changes().into_iter().map(|change| change.element).collect();
        let samples: Vec<String> = samples.iter().map(Value::to_string).collect();
        assert_eq!(samples, delivered, "{kind}");
    }
}

#[test]
fn a_sample_of_an_answer_is_what_the_emulator_delivers() {
    for latest in ["object", "list"] {
        let server = Server::start();
        server.call("PATCH", "/_emulator/assumptions", &json!({ "latest-answer": latest })).ok();
        let answer = format!("/_emulator/sign-ups/{ANSWER}");
        server.call("PATCH", &answer, &json!({ "amount": 1 })).ok();
        let by_id = ["rsvp_answer", "--event", EVENT, "--id", ANSWER, "--no-redact"];
        let samples: Vec<Value> = ["create", "update", "delete"]
            .iter()
            .map(|trigger| sampled(&server, &[&by_id[..], &["--trigger", trigger]].concat()))
            .collect();
        assert_eq!(
            samples[0],
            sampled(&server, &["rsvp_answer", "--event", EVENT, "--no-redact"]),
            "the latest"
        );
        server.call("DELETE", &answer, &Value::Null).ok();
        let delivered = server.changes();
        assert_eq!(delivered.len(), 2);
        for sample in samples {
            assert_eq!(sample.to_string(), delivered[0].element);
            assert_eq!(sample.to_string(), delivered[1].element);
        }
    }
}

#[test]
fn a_sample_says_where_it_is_from_and_has_the_same_synthetic_values_each_time() {
    let server = Server::start();
    let project = Project::new();
    let mut samples: Vec<Value> = Vec::new();
    for _ in 0..2 {
        with(&server, &project, &["sample", "rsvp_answer", "--event", EVENT])
            .run()
            .success()
            .stdout_json(|json| samples.push(json.clone()))
            .stderr(str![[r#"
using rsvp_answer abcdef12-3456-4789-8bcd-ef0123456788 in the account, converted to the shape of a delivery
replaced personal data and texts with synthetic values; use `--no-redact` to keep them

"#]]);
    }
    assert_eq!(samples[0], samples[1]);
    let text = samples[0].to_string();
    assert!(!text.contains("jane") && !text.contains("Jane") && !text.contains("Doe"), "{text}");
    assert_eq!((&samples[0]["amount"], &samples[0]["payload"]["required_check"]), (&json!(2), &json!(true)));
    assert_eq!(samples[0]["prokey"], EVENT, "a prokey filter still matches");
    with(&server, &project, &["sample", "rsvp_answer", "--event", EVENT, "--no-redact"])
        .run()
        .success()
        .stdout_json(|json| assert_eq!(json["email"], "jane.doe@example.com"))
        .stderr_with(|text| assert!(text.contains("may contain personal data"), "{text}"));
}

/// An account that has this style and no other element.
fn one_style(style: Value) -> Api {
    Api::new(
        move |request, _| if path(request) == "/style/67" { json_response(200, &style) } else { no_entry() },
    )
}

#[test]
fn an_element_may_be_a_list_with_one_item_and_unknown_fields_are_kept() {
    let project = Project::new();
    for style in
        [json!({"id": 67, "name": "n", "glow": "12px"}), json!([{"id": "67", "name": "n", "glow": "12px"}])]
    {
        let api = one_style(style);
        api.hooks(&project, &["sample", "style", "--id", "67", "--no-redact"])
            .run()
            .success()
            .ignore_stderr()
            .stdout_json(|json| {
                assert_eq!(json.as_object().unwrap().keys().next_back().unwrap(), "glow");
                assert_eq!((&json["name"], &json["buttonStyle"]), (&json!("n"), &Value::Null));
            });
    }
}

#[test]
fn an_answer_is_searched_page_by_page() {
    let answers = |from: usize, count: usize| -> Value {
        (from..from + count)
            .map(|id| json!({"id": format!("a{id}"), "email": format!("p{id}@example.com")}))
            .collect()
    };
    let api = Api::new(move |request, _| match path(request) {
        "/rsvp-answers/e1" => json_response(200, &answers(0, 2000)),
        "/rsvp-answers/e1?page=2" => json_response(200, &answers(2000, 2000)),
        "/rsvp-answers/e1?page=3" => response(404, "content-type: text/html\r\n", "<html>"),
        other => panic!("{other}"),
    });
    let project = Project::new();
    let arguments = |id: &'static str| ["sample", "rsvp_answer", "--event", "e1", "--no-redact", "--id", id];
    api.hooks(&project, &arguments("a2001")).run().success().ignore_stderr().stdout_json(|json| {
        assert_eq!(json["email"], "p2001@example.com");
    });
    api.hooks(&project, &arguments("b1")).run().code(3).no_stdout().stderr(str![[r#"
error[element-not-found]: the event `e1` has no RSVP answer `b1`
  = help: omit `--id` to use the latest answer to the event


"#]]);
    assert_eq!(api.lines().len(), 5);
}

#[test]
fn a_missing_element_is_named_with_a_next_step() {
    let api = Api::new(|_, _| no_entry());
    let project = Project::new();
    api.hooks(&project, &["sample", "event", "--id", EVENT]).run().code(3).no_stdout().stderr(str![[r#"
error[element-not-found]: the account has no event `c6510c06-a277-4e1c-9baf-deec9c5507c7`
  = help: check the prokey or id; run `hooks account` to see which account is used


"#]]);
    api.hooks(&project, &["vars", "rsvp_answer", "--event", EVENT]).run().code(3).no_stdout().stderr(str![[
        r#"
error[element-not-found]: the account has no RSVP answers to the event `c6510c06-a277-4e1c-9baf-deec9c5507c7`
  = help: check the prokey, which is a UUID; run `hooks account` to see which account is used


"#
    ]]);
    for (status, code, name) in
        [(401, 3, "api-key-rejected"), (403, 3, "api-key-scope"), (400, 4, "api-request-refused")]
    {
        let api = Api::new(move |_, _| json_response(status, "{}"));
        api.hooks(&project, &["sample", "style", "--id", "67"]).run().code(code).no_stdout().stderr_with(
            |text| {
                assert!(text.starts_with(&format!("error[{name}]")), "{text}");
            },
        );
    }
    let other = one_style(json!({"id": 68, "name": "n"}));
    other.hooks(&project, &["sample", "style", "--id", "67"]).run().code(4).no_stdout().ignore_stderr();
}

#[test]
fn a_command_line_that_names_no_element_sends_nothing() {
    let definitions = Project::new().definitions(STYLE).file("style.json", "{}");
    for (arguments, expected) in [
        (&["sample", "rsvp_answer", "--id", ANSWER][..], "requires `--event PROKEY`"),
        (&["sample", "event", "--event", EVENT], "`--event` is only for `rsvp_answer`"),
        (&["sample", "style", "--id", "none"], "expected the id of a `style`"),
        (&["sample", "event", "--id", "all"], "expected a UUID"),
        (&["sample", "event", "--id", "../webhook/all"], "expected a UUID"),
        (&["vars", "--id", "67"], "require ELEMENT"),
        (&["vars", "style", "style.json", "--id", "67"], "cannot be used with"),
        (&["preview", "style-to-cms", "style.json", "--id", "67"], "cannot be used with"),
        (&["fire", "style-to-cms", "style.json", "--id", "67"], "cannot be used with"),
        (&["fire", "style-to-cms", "--key-file", "key"], "requires"),
        (&["sample", "style", "--no-redact"], "requires"),
    ] {
        hooks(arguments)
            .in_project(&definitions)
            .env("HOOKS_API", "http://127.0.0.1:9/v1")
            .env("HOOKS_API_KEY", KEY)
            .run()
            .code(2)
            .no_stdout()
            .stderr_with(|text| assert!(text.contains(expected), "{arguments:?}: {text}"));
    }
}

#[test]
fn preview_and_fire_use_the_original_element_with_the_fields_that_are_set() {
    let server = Server::start();
    let receiver = answering(STORED);
    let url = receiver.url("http://127.0.0.1", "/in");
    let project = Project::new().definitions(&format!(
        r#"
[webhooks.guests]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "{url}"
body.id = "{{{{id}}}}"
body.user = "{{{{email}}}}"
body.seats = "{{{{amount}}}}"
"#
    ));
    let arguments =
        |command: &'static str| [command, "guests", "--event", EVENT, "--set-json", "amount=1", "--json"];
    let data = format!("rsvp_answer {ANSWER} in the account");
    with(&server, &project, &arguments("preview")).run().success().ignore_stderr().stdout_json(|json| {
        assert_eq!(json["data"], data);
        let body: Value = serde_json::from_str(json["body"].as_str().unwrap()).unwrap();
        assert_eq!((&body["id"], &body["user"]), (&json!(ANSWER), &json!("jane.doe@example.com")));
        assert_eq!((&body["seats"], body["element_data"].get("id")), (&json!(1), None));
    });
    with(&server, &project, &arguments("fire")).run().success().ignore_stderr().stdout_json(|json| {
        assert_eq!((&json["data"], &json["state"]), (&json!(data), &json!("delivered")));
    });
    let sent = requests(&receiver.received())[0].json();
    assert_eq!((&sent["user"], &sent["seats"]), (&json!("jane.doe@example.com"), &json!(1)));
    hooks(["replay", "1"]).in_project(&project).run().success().ignore_output();
    assert_eq!(requests(&receiver.received())[1].json(), sent, "the id is in the history");
    with(&server, &project, &["vars", "guests", "--event", EVENT, "--json"])
        .run()
        .success()
        .ignore_stderr()
        .stdout_json(|json| {
            assert_eq!(json["data"], data);
            let rows = json["elements"][0]["variables"].as_array().unwrap();
            assert_eq!((&rows[0]["name"], &rows[0]["value"]), (&json!("id"), &json!(ANSWER)));
            assert!(rows.iter().any(|row| row["name"] == "email" && row["value"] == "jane.doe@example.com"));
        });
}

#[test]
fn the_key_comes_from_dotenv_and_is_never_shown() {
    let api = one_style(json!({"id": 67, "name": "Plain", "buttonStyle": "flat"}));
    let url = api.url();
    let dotenv = format!("HOOKS_API_KEY={KEY}\nHOOKS_API={url}\n");
    let project = Project::new().definitions(STYLE).file(".env", dotenv);
    for arguments in [
        &["preview", "style-to-cms", "--id", "67", "-v"][..],
        &["preview", "style-to-cms", "--id", "67", "-v", "--reveal", "--json"],
        &["fire", "style-to-cms", "--id", "67", "-v", "--echo"],
        &["vars", "style-to-cms", "--id", "67", "-v"],
        &["sample", "style-to-cms", "--id", "67", "-v"],
    ] {
        hooks(arguments)
            .in_project(&project)
            .run()
            .success()
            .stdout_with(|text| assert!(!text.contains(KEY), "{text}"))
            .stderr_with(|text| {
                assert!(text.contains("/v1/style/67: 200") && !text.contains(KEY), "{text}");
                assert!(text.contains("using style 67 in the account"), "{text}");
            });
    }
    for (file, bytes) in project.files() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(file.ends_with(".env") || !text.contains(KEY), "{}", file.display());
    }
}
