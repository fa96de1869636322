//! How `hooks emulate` ends, and what happens if it cannot start.

use serde_json::{Value, json};

use super::{Emulation, KEY, block, receiver, targets, webhook};
use crate::harness::{Project, hooks};
use crate::server::{Server, Step};

#[cfg(unix)]
#[test]
fn sigterm_and_ctrl_c_end_it_with_0() {
    for name in ["-TERM", "-INT"] {
        let own = Emulation::start(&Project::new(), &[]);
        own.create_group();
        own.signal(name);
        let ended = own.end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let last = ended.lines.last().unwrap();
        assert_eq!(
            (&last["type"], &last["reason"], &last["changes"]),
            (&json!("end"), &json!("signal"), &json!(1))
        );
    }
}

#[test]
fn it_ends_when_standard_input_closes_only_with_the_option() {
    let mut own = Emulation::start(&Project::new(), &["--until-stdin-closes"]);
    drop(own.stdin.take());
    let ended = own.end();
    assert_eq!((ended.code, &ended.lines[0]["reason"]), (Some(0), &json!("stdin")), "{}", ended.stderr);
    let mut own = Emulation::start(&Project::new(), &[]);
    drop(own.stdin.take());
    own.create_group();
}

#[test]
fn a_delivery_that_hangs_is_interrupted_at_the_end() {
    let receiver = Server::start([Step::Read, Step::Hold]);
    let mut own = Emulation::start(&Project::new(), &["--until-stdin-closes"]);
    own.create("webhook", &webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/")));
    for name in ["A", "B"] {
        own.client.call_as(KEY, "POST", "/v1/group", &json!({ "name": name })).created();
    }
    own.next("change");
    while receiver.received().is_empty() {
        std::thread::yield_now();
    }
    drop(own.stdin.take());
    let ended = own.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let [delivery, end] = ended.lines.iter().rev().take(2).rev().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(
        (&delivery["state"], &delivery["failure"]["name"]),
        (&json!("in_doubt"), &json!("interrupted"))
    );
    assert_eq!((&end["in_doubt"], &end["dropped"]), (&json!(1), &json!(1)));
}

#[test]
fn an_unusable_seed_file_or_option_is_refused_at_the_start() {
    let project = Project::new().file("seed.json", r#"{"event": [{"dates": []}]}"#);
    for (arguments, code, message) in [
        (vec!["--seed", "seed.json"], 3, "`seed.json`: `$.event[0]"),
        (vec!["--seed", "missing.json"], 3, "missing.json"),
        (vec!["--assume", "create-stauts=201"], 2, "did you mean `create-status`?"),
        (vec!["--assume", "create-status=202"], 2, "use `200` or `201`"),
        (vec!["--now", "soon"], 2, "expected UTC"),
        (vec!["--key", "abc"], 2, "expected `KEY=SCOPE`"),
        (vec!["--data", "missing/state.db"], 3, "missing/state.db"),
    ] {
        hooks(["emulate", "--port", "0"].into_iter().chain(arguments))
            .in_project(&project)
            .run()
            .code(code)
            .no_stdout()
            .stderr_with(|text| assert!(text.contains(message), "{text}"));
    }
}

#[test]
fn a_killed_run_keeps_its_changes_and_the_next_one_logs_the_deliveries_that_were_dropped() {
    let receiver = Server::start([Step::Read, Step::Hold]);
    let project = Project::new();
    let mut own = Emulation::start(&project, &["--data", "state.db", "--timeout", "1m"]);
    own.create("webhook", &webhook("create", "event_group", &receiver.url("http://127.0.0.1", "/")));
    for name in ["A", "B", "C"] {
        own.client.call_as(KEY, "POST", "/v1/group", &json!({ "name": name })).created();
    }
    own.next("change");
    while receiver.received().is_empty() {
        std::thread::yield_now();
    }
    own.child.kill().unwrap();
    own.child.wait().unwrap();
    drop(own);
    let mut own = Emulation::start(&project, &["--data", "state.db", "--until-stdin-closes"]);
    // The delivery of A had begun: its outcome is unknown, but it was not dropped.
    for _ in ["B", "C"] {
        let dropped = own.next("dropped");
        assert_eq!((&dropped["trigger"], &dropped["cause"]), (&json!("create"), &json!("POST /v1/group")));
    }
    let groups = own.client.call_as(KEY, "GET", "/v1/group/all", &Value::Null).ok();
    let labels: Vec<&Value> = groups.as_array().unwrap().iter().map(|own| &own["label"]).collect();
    assert_eq!(labels, ["A", "B", "C"]);
    drop(own.stdin.take());
    let ended = own.end();
    assert!(ended.lines.iter().all(|line| line["type"] != "dropped"), "{:?}", ended.lines);
}

#[test]
fn an_output_that_is_not_read_stops_neither_requests_nor_webhooks() {
    let receiver = receiver();
    let project = Project::new().definitions(&block(
        "groups",
        "create",
        "event_group",
        &receiver.url("http://127.0.0.1", "/"),
    ));
    let own = Emulation::start(&project, &[]);
    for number in 0..40 {
        // More than a pipe holds.
        own.create("group", &json!({ "name": format!("{number} {}", "x".repeat(4000)) }));
    }
    assert_eq!(targets(&receiver).len(), 40);
}
