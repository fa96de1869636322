//! The text log at 80 and at 60 columns.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use regex::Regex;
use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::{KEY, block, webhook};
use crate::emulator::client::Client;
use crate::harness::Project;

/// The log of a few calls with the summary, with `[TIME]`, `[TOOK]` and `4556` for what varies.
fn log(columns: &str) -> String {
    let unanswered = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = block("events", "create", "event", "http://127.0.0.1:9/")
        + &block("remote", "create", "event_group", "https://crm.example.com/in")
        + &block("off", "create", "event", "http://127.0.0.1:9/");
    let project = Project::new().definitions(&text);
    let mut child = project
        .command(env!("CARGO_BIN_EXE_hooks"))
        .args(["emulate", "--port", "0", "--until-stdin-closes"])
        .env("COLUMNS", columns)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let url = Regex::new(r" on http://(127\.0\.0\.1:\d+);").unwrap();
    let address = loop {
        let mut line = String::new();
        assert!(errors.read_line(&mut line).unwrap() > 0, "it ended instead of printing its address");
        if let Some(found) = url.captures(&line) {
            break found[1].parse().unwrap();
        }
    };
    let client = Client { address };
    let url = format!("http://127.0.0.1:{unanswered}/in");
    client.call_as(KEY, "POST", "/v1/webhook", &webhook("create", "event_group", &url)).created();
    client.call_as(KEY, "POST", "/v1/group", &json!({ "name": "Courses", "status": "draft" })).created();
    client.call_as(KEY, "GET", "/_emulator/idle", &json!(null)).ok();
    client.call_as(KEY, "DELETE", "/v1/webhook/1", &json!(null)).ok();
    client.call_as(KEY, "POST", "/v1/group", &json!({ "name": "More courses" })).created();
    client.call_as("another-key-with-1234", "POST", "/v1/group", &json!({ "nam": "Courses" })).error(400);
    client.call_as("another-key-with-1234", "GET", "/v1/webhook/all", &json!(null)).error(404);
    drop(child.stdin.take());
    let mut log = String::new();
    child.stdout.take().unwrap().read_to_string(&mut log).unwrap();
    // The summary follows.
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    log.push_str(rest.lines().last().unwrap_or_default());
    let log = log.replace(&unanswered.to_string(), "4556");
    let log = Regex::new(r"(?m)^\d\d:\d\d:\d\d").unwrap().replace_all(&log, "[TIME]").into_owned();
    Regex::new(r"\d+(\.\d)? ms").unwrap().replace_all(&log, "[TOOK]").into_owned()
}

#[test]
fn the_log_names_each_webhook_with_its_result_or_the_reason() {
    assert_data_eq!(
        log("80"),
        str![[r#"
[TIME]  POST /v1/webhook  200
[TIME]  POST /v1/group  200
          ignored: `status`
[TIME]  create of event_group
          not sent webhook 1 (create event_group)  connect-refused  [TOOK] ·
            delivery 1
            Nothing is listening on port 4556 of 127.0.0.1.
            = help: Start the receiver, or check the host and port in
            `payload_url`.
          not fired events, off: its trigger element is `event`
          not fired remote: https://crm.example.com/in is not on this machine
          = help: use `--to URL` to send to a receiver here, or `--allow-remote`
            to send there
[TIME]  DELETE /v1/webhook/1  200
[TIME]  POST /v1/group  200
[TIME]  create of event_group
          not fired events, off: its trigger element is `event`
          not fired remote: https://crm.example.com/in is not on this machine
[TIME]  POST /v1/group  400  key …1234
          `name`: required; expected a string that is not empty or only
            whitespace
[TIME]  GET /v1/webhook/all  404  key …1234
          empty list: 404, as on the platform
6 requests, 2 changes (1 of them fired webhooks), delivered 0, not sent 1
"#]]
    );
}

#[test]
fn the_log_is_wrapped_between_words() {
    assert_data_eq!(
        log("60"),
        str![[r#"
[TIME]  POST /v1/webhook  200
[TIME]  POST /v1/group  200
          ignored: `status`
[TIME]  create of event_group
          not sent webhook 1 (create event_group)
            connect-refused  [TOOK] · delivery 1
            Nothing is listening on port 4556 of 127.0.0.1.
            = help: Start the receiver, or check the host
            and port in `payload_url`.
          not fired events, off: its trigger element is
            `event`
          not fired remote: https://crm.example.com/in is
            not on this machine
          = help: use `--to URL` to send to a receiver here,
            or `--allow-remote` to send there
[TIME]  DELETE /v1/webhook/1  200
[TIME]  POST /v1/group  200
[TIME]  create of event_group
          not fired events, off: its trigger element is
            `event`
          not fired remote: https://crm.example.com/in is
            not on this machine
[TIME]  POST /v1/group  400  key …1234
          `name`: required; expected a string that is not
            empty or only whitespace
[TIME]  GET /v1/webhook/all  404  key …1234
          empty list: 404, as on the platform
6 requests, 2 changes (1 of them fired webhooks), delivered 0, not sent 1
"#]]
    );
}
