//! `hooks trigger`

use serde_json::Value;
use snapbox::str;

use super::{NO_CONTENT, receiver, refused};
use crate::harness::{Outcome, Project, hooks, requests};
use crate::server::{Server, Step, answering, say};

const FILTER: &str = "prokey_filter = \"p-1\"";

/// Webhooks with handle, trigger, element and further fields.
fn project(webhooks: &[(&str, &str, &str, &str)]) -> Project {
    let blocks = webhooks.iter().map(|(handle, trigger, element, rest)| {
        format!("[webhooks.{handle}]\ntrigger = \"{trigger}\"\ntrigger_element = \"{element}\"\npayload_url = \"http://receiver.invalid/{handle}\"\n{rest}\n")
    });
    Project::new().definitions(&blocks.collect::<String>())
}

fn all() -> Project {
    project(&[
        ("one", "create", "rsvp_answer", ""),
        ("off", "create", "rsvp_answer", "active = false"),
        ("later", "update", "rsvp_answer", ""),
        ("event", "create", "event", ""),
        ("filtered", "create", "rsvp_answer", FILTER),
        ("other", "update", "style", "active = false"),
        ("two", "create", "rsvp_answer", "method = \"PUT\""),
    ])
}

/// Triggers for an answer to the event `p-2`, and sends to a receiver.
fn trigger(server: &Server, project: &Project, arguments: &[&str]) -> Outcome {
    let url = server.url("http://127.0.0.1", "/hook");
    let fixed = ["trigger", "create", "rsvp_answer", "-", "--to", &url];
    hooks(fixed.iter().chain(arguments)).in_project(project).stdin(r#"{"prokey": "p-2"}"#).run()
}

#[test]
fn each_webhook_fires_or_the_reason_is_shown() {
    let server = answering(NO_CONTENT);
    trigger(&server, &all(), &[])
        .success()
        .stdout(str![[r#"
not fired off: inactive
not fired later: its trigger is `update`
not fired event: its trigger element is `event`
not fired filtered: its prokey filter `p-1` does not match `p-2`
not fired other: inactive; its trigger is `update`; its trigger element is `style`
delivered one  204 No Content  [TIME]
delivered two  204 No Content  [TIME]

"#]])
        .stderr(str![[r#"
firing one: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
recorded as delivery 1: `hooks history 1`
firing two: PUT http://127.0.0.1:[PORT]/hook instead of its payload URL
recorded as delivery 2: `hooks history 2`

"#]]);
    let lines: Vec<String> = requests(&server.received()).into_iter().map(|request| request.line).collect();
    assert_eq!(lines, ["POST /hook HTTP/1.1", "PUT /hook HTTP/1.1"]);
}

#[test]
fn a_dry_run_sends_nothing() {
    let server = receiver();
    trigger(&server, &all(), &["--dry-run"])
        .success()
        .stdout(str![[r#"
not fired off: inactive
not fired later: its trigger is `update`
not fired event: its trigger element is `event`
not fired filtered: its prokey filter `p-1` does not match `p-2`
not fired other: inactive; its trigger is `update`; its trigger element is `style`
would fire one: POST http://127.0.0.1:[PORT]/hook
would fire two: PUT http://127.0.0.1:[PORT]/hook

"#]])
        .stderr(str![[r#"
dry run: 2 requests would be sent

"#]]);
    trigger(&server, &all(), &["--dry-run", "--json"])
        .success()
        .stdout_with(|text| {
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert!(lines.iter().all(|line| line["version"] == 1));
            let reasons = |handle: &str| {
                let line = lines.iter().find(|line| line["webhook"] == handle).unwrap();
                let names = line["reasons"].as_array().unwrap().iter();
                assert_eq!(line["matches"], names.len() == 0);
                names.map(|reason| reason["name"].as_str().unwrap()).collect::<Vec<_>>()
            };
            assert_eq!(reasons("one"), [""; 0]);
            assert_eq!(reasons("off"), ["inactive"]);
            assert_eq!(reasons("later"), ["other-trigger"]);
            assert_eq!(reasons("event"), ["other-element"]);
            assert_eq!(reasons("filtered"), ["prokey-filter"]);
            assert_eq!(reasons("other"), ["inactive", "other-trigger", "other-element"]);
        })
        .ignore_stderr();
    assert_eq!(server.visits(), 0);
}

#[test]
fn exit_code_1_if_no_webhook_matches() {
    let project = project(&[("one", "update", "rsvp_answer", "")]);
    let outcome = hooks(["trigger", "neu", "RSVP_answer"]).in_project(&project).run();
    outcome
        .code(1)
        .stdout(str![[r#"
not fired one: its trigger is `update`

"#]])
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error: no active webhook fires on create of rsvp_answer
  = help: run `hooks list` to see the trigger of each webhook

"#]]);
}

#[test]
fn the_highest_exit_code_counts() {
    let project = project(&[
        ("a", "create", "rsvp_answer", ""),
        ("b", "create", "rsvp_answer", ""),
        ("c", "create", "rsvp_answer", ""),
    ]);
    let play = |answer: &str| vec![Step::Read, say(answer)];
    let no = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start_in_turn(vec![play(no), play(NO_CONTENT)]);
    trigger(&server, &project, &[])
        .code(1)
        .stdout(str![[r#"
failed a  500 Internal Server Error  [TIME]
delivered b  204 No Content  [TIME]
delivered c  204 No Content  [TIME]

"#]])
        .stderr(str![[r#"
firing a: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
error[server-error]: The receiver failed to process the request (500 Internal Server Error).
  = help: Check the receiver's log at this time; the request itself may be correct.
recorded as delivery 1: `hooks history 1`
firing b: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
recorded as delivery 2: `hooks history 2`
firing c: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
recorded as delivery 3: `hooks history 3`

"#]]);
    assert_eq!(server.visits(), 3);
    let server = Server::start_in_turn(vec![play(NO_CONTENT), play(""), play(no)]);
    trigger(&server, &project, &["--json"])
        .code(4)
        .stdout_with(|text| {
            let states: Vec<Value> = text
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["state"].take())
                .collect();
            assert_eq!(states, ["delivered", "in_doubt", "failed"]);
        })
        .ignore_stderr();
}

#[test]
fn nothing_is_sent_if_one_request_is_invalid() {
    let server = receiver();
    let bad = "[webhooks.b.body]\nx = \"{{nope}}\"\n[webhooks.b.header]\n\"X Y\" = \"${NOPE}\"";
    let project = project(&[("a", "create", "rsvp_answer", ""), ("b", "create", "rsvp_answer", bad)]);
    let expected = ["variable-missing webhooks.toml:11:6", "header-name webhooks.toml:13:1"];
    refused(trigger(&server, &project, &[]), &expected);
    assert_eq!(server.visits(), 0);
}

#[test]
fn a_dry_run_lists_all_matching_webhooks_even_if_a_request_is_invalid() {
    let bad = "[webhooks.b.body]\nx = \"{{nope}}\"\n[webhooks.b.header]\n\"X Y\" = \"${NOPE}\"";
    let project = project(&[
        ("a", "create", "rsvp_answer", ""),
        ("b", "create", "rsvp_answer", bad),
        ("c", "create", "rsvp_answer", ""),
        ("d", "update", "rsvp_answer", ""),
    ]);
    let dry_run = |more: &[&str]| {
        hooks([&["trigger", "create", "rsvp_answer", "--dry-run"], more].concat()).in_project(&project).run()
    };
    dry_run(&[]).code(3).stdout(str![[r#"
not fired d: its trigger is `update`
would fire a: POST http://receiver.invalid/a
cannot fire b: `{{nope}}` is not in the built-in sample of rsvp_answer; `X Y` is not a valid header name: it contains a space
would fire c: POST http://receiver.invalid/c

"#]]).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
dry run: nothing would be sent, because 1 of 3 requests cannot be built
error[variable-missing]: `{{nope}}` is not in the built-in sample of rsvp_answer
  --> webhooks.toml:11:6
   |
11 | x = "{{nope}}"
   |      ^^^^^^^^
   |
   = help: `hooks vars rsvp_answer` lists the variables
   = help: use `--allow-missing` to send an empty string instead

error[header-name]: `X Y` is not a valid header name: it contains a space
  --> webhooks.toml:13:1
   |
13 | "X Y" = "${NOPE}"
   | ^^^^^
   |
   = help: use letters, digits and `-`, e.g. `X-Api-Key`


"#]]);
    dry_run(&["--json"]).code(3).ignore_stderr().stdout_with(|text| {
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let errors = |line: &Value| -> Vec<String> {
            let errors = line["errors"].as_array().unwrap().iter();
            errors.map(|error| error["name"].as_str().unwrap().to_owned()).collect()
        };
        let listed: Vec<_> = lines
            .iter()
            .map(|line| (line["webhook"].as_str().unwrap(), line["matches"].as_bool().unwrap(), errors(line)))
            .collect();
        let broken = ["variable-missing".to_owned(), "header-name".to_owned()].to_vec();
        assert_eq!(
            listed,
            [("d", false, vec![]), ("a", true, vec![]), ("b", true, broken), ("c", true, vec![])]
        );
    });
}

#[test]
fn a_dry_run_says_which_webhooks_send_an_element_to_the_same_url() {
    let fields = "trigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"http://receiver.invalid/x\"\n";
    let other = fields.replace("/x", "/y");
    let text =
        format!("[webhooks.all]\n{fields}[webhooks.gala]\n{fields}{FILTER}\n[webhooks.other]\n{other}");
    let project = Project::new().definitions(&text);
    let run = |prokey: &str| {
        let data = format!(r#"{{"prokey": "{prokey}"}}"#);
        hooks(["trigger", "create", "rsvp_answer", "-", "--dry-run"])
            .in_project(&project)
            .stdin(data)
            .run()
            .success()
    };
    let warning = "warning: `all` and `gala` fire for this element and send to the same URL, http://receiver.invalid/x\n";
    run("p-1").ignore_stdout().stderr_with(|text| assert!(text.contains(warning), "{text}"));
    run("p-2").ignore_stdout().stderr_with(|text| assert!(!text.contains("same URL"), "{text}"));
}

#[test]
fn a_prokey_filter_matches_the_built_in_sample() {
    let project = Project::new().definitions(
        r#"
        [webhooks.gala]
        trigger = "create"
        trigger_element = "rsvp_answer"
        prokey_filter = "11111111-1111-4111-8111-111111111111"
        payload_url = "http://127.0.0.1:9/gala"
        "#,
    );
    let trigger = |more: &[&str]| {
        hooks([&["trigger", "create", "rsvp_answer", "--dry-run"], more].concat()).in_project(&project).run()
    };
    trigger(&[])
        .success()
        .stdout(str![[r#"
would fire gala: POST http://127.0.0.1:9/gala

"#]])
        .ignore_stderr();
    trigger(&["--set", "prokey=22222222-2222-4222-8222-222222222222"])
        .code(1)
        .stdout(str![[r#"
not fired gala: its prokey filter `11111111-1111-4111-8111-111111111111` does not match `22222222-2222-4222-8222-222222222222`

"#]])
        .ignore_stderr();
}
