//! The control routes: reset, state, clock, faults, journal, idle, sign-ups.

use std::time::{Duration, Instant};

use hooks::io::emulator::EmulatorOptions;
use serde_json::{Value, json};

use super::{KEY, NOW, Server, event, group, options, report, webhook};

#[test]
fn a_reset_restores_the_seed_and_the_same_calls_have_the_same_results_again() {
    let server = Server::start();
    let before = server.get("/_emulator/state").ok();
    let round = || {
        let group = group(&server);
        let prokey = server.post("/v1/event", &event(&group)).created();
        let id = server.post("/v1/webhook", &webhook()).created();
        (group, prokey, id, server.get("/_emulator/state").ok())
    };
    let first = round();
    server.patch("/_emulator/clock", &json!({ "advance": "2h" })).ok();
    server.patch("/_emulator/assumptions", &json!({ "create-id": "number" })).ok();
    server.post("/_emulator/faults", &json!({ "status": 500 })).ok();
    server.post("/_emulator/reset", &Value::Null).ok();
    assert_eq!(server.get("/_emulator/state").ok(), before);
    assert_eq!(server.get("/_emulator/journal").ok()["entries"], json!([]));
    assert_eq!(round(), first);
}

#[test]
fn a_state_can_be_read_and_put_back_and_becomes_the_seed() {
    let server = Server::start();
    let prokey = server.post("/v1/event", &event(&group(&server))).created();
    server.post("/v1/webhook", &webhook()).created();
    let state = server.get("/_emulator/state").ok();
    server.fired();
    server.call_as("second", "PUT", "/_emulator/state", &state).ok();
    let copy = server.call_as("second", "GET", "/_emulator/state", &Value::Null).ok();
    assert_eq!(copy, state);
    let path = format!("/v1/event/{prokey}");
    server.call_as("second", "DELETE", &path, &Value::Null).ok();
    server.call_as("second", "POST", "/_emulator/reset", &Value::Null).ok();
    server.call_as("second", "GET", &path, &Value::Null).ok();
    assert!(server.kept(|kept| kept.changes.iter().all(|change| change.cause.starts_with("DELETE"))));
    let wrong = json!({ "event": [{ "event_group": "x", "dates": [{ "name": "n" }] }] });
    let refused = server.call("PUT", "/_emulator/state", &wrong).error(400);
    assert!(refused.starts_with("`$.event[0].dates[0].startDate`: "), "{refused}");
    assert_eq!(server.get("/_emulator/state").ok(), state);
}

#[test]
fn each_key_has_its_own_state_and_prokeys_never_collide() {
    let server = Server::with(EmulatorOptions { rate_limit: 0, ..options() });
    let all: Vec<Vec<String>> = std::thread::scope(|scope| {
        let work = |number: usize| {
            let (key, server) = (format!("key-{number}"), &server);
            move || {
                let mut own = Vec::new();
                for round in 0..5 {
                    let body = json!({ "name": format!("{number} {round}") });
                    own.push(server.call_as(&key, "POST", "/v1/group", &body).created());
                }
                let list = server.call_as(&key, "GET", "/v1/group/all", &Value::Null).ok();
                assert_eq!(list.as_array().unwrap().len(), 6);
                own
            }
        };
        let threads: Vec<_> = (0..8).map(|number| scope.spawn(work(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut prokeys: Vec<&String> = all.iter().flatten().collect();
    prokeys.sort();
    prokeys.dedup();
    assert_eq!(prokeys.len(), 40);
    assert_eq!(server.get(&format!("/v1/group/{}", all[0][0])).status, 404);
}

#[test]
fn the_least_recently_used_of_257_accounts_is_deleted() {
    let server = Server::with(EmulatorOptions { rate_limit: 0, ..options() });
    let count = |key: &str| {
        let list = server.call_as(key, "GET", "/v1/group/all", &Value::Null).ok();
        list.as_array().unwrap().len()
    };
    for number in 0..256 {
        server.call_as(&format!("key-{number}"), "POST", "/v1/group", &json!({ "name": "x" })).created();
    }
    assert_eq!(count("key-0"), 2);
    assert_eq!(count("one-more"), 1);
    assert_eq!(count("key-0"), 2);
    assert_eq!(count("key-1"), 1, "the least recently used one was kept");
}

#[test]
fn a_stopped_clock_moves_only_with_changes_and_when_it_is_set() {
    let server = Server::start();
    let now = || server.get("/_emulator/clock").ok()["now"].as_str().unwrap().to_owned();
    assert_eq!((now(), now()), (NOW.to_owned(), NOW.to_owned()));
    server.post("/v1/webhook", &webhook()).created();
    assert_eq!(now(), "2026-03-01T09:00:00.001Z");
    let id = server.post("/v1/webhook", &webhook()).created();
    assert_eq!(server.get(&format!("/v1/webhook/{id}")).ok()["date_created"], "2026-03-01T09:00:00.001Z");
    let set = server.patch("/_emulator/clock", &json!({ "advance": "31m" })).ok();
    assert_eq!(set, json!({ "now": "2026-03-01T09:31:00.002Z" }));
    server.patch("/_emulator/clock", &json!({ "now": "2027-01-01T00:00:00Z" })).ok();
    assert_eq!(now(), "2027-01-01T00:00:00.000Z");
    for bad in [
        json!({}),
        json!({ "now": "soon" }),
        json!({ "advance": "-1m" }),
        json!({ "now": NOW, "advance": "1m" }),
        json!({ "advance": "999999w" }),
    ] {
        assert_eq!(server.patch("/_emulator/clock", &bad).status, 400, "{bad}");
    }
}

#[test]
fn a_running_clock_can_be_moved_and_keeps_running() {
    let server = Server::with(EmulatorOptions { now: None, ..options() });
    let now = || server.get("/_emulator/clock").ok()["now"].as_str().unwrap().to_owned();
    server.patch("/_emulator/clock", &json!({ "now": "2030-01-01T00:00:00Z" })).ok();
    let first = now();
    assert!(first.as_str() >= "2030-01-01T00:00:00.000Z");
    std::thread::sleep(Duration::from_millis(5));
    assert!(now() > first);
}

#[test]
fn date_updated_is_set_100_ms_after_a_create_without_firing() {
    let server = Server::start();
    let path = format!("/v1/group/{}", group(&server));
    let updated = || server.get(&path).ok()["date_updated"].clone();
    assert_eq!(server.fired(), ["create event_group"]);
    assert_eq!(updated(), Value::Null);
    server.patch("/_emulator/clock", &json!({ "advance": "1s" })).ok();
    assert_eq!(updated(), "2026-03-01T09:00:00.100Z");
    assert!(server.fired().is_empty());
}

#[test]
fn idle_waits_for_date_updated_and_for_changes_that_are_being_fired() {
    let server = Server::with(EmulatorOptions { now: None, ..options() });
    let path = format!("/v1/group/{}", group(&server));
    server.get("/_emulator/idle").ok();
    assert_ne!(server.get(&path).ok()["date_updated"], Value::Null);
    server.kept(|kept| kept.holds = true);
    server.patch(&path, &json!({ "name": "new" })).ok();
    let refused = server.get("/_emulator/idle?timeout=0.05").error(408);
    assert_eq!(refused, "not idle: 1 change unfinished");
    // Another account does not wait for it.
    server.call_as("other", "GET", "/_emulator/idle?timeout=20", &Value::Null).ok();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| server.get("/_emulator/idle?timeout=20").status);
        let change = loop {
            if let Some(change) = server.kept(|kept| kept.changes.pop()) {
                break change;
            }
        };
        assert!(server.handle.begun(&change).unwrap());
        server.handle.finished(&change).unwrap();
        assert_eq!(waiting.join().unwrap(), 200);
    });
    for bad in ["-1", "x", "NaN", "601"] {
        assert_eq!(server.get(&format!("/_emulator/idle?timeout={bad}")).status, 400, "{bad}");
    }
}

#[test]
fn a_change_that_was_not_begun_before_a_reset_is_not_fired() {
    let server = Server::start();
    server.kept(|kept| kept.holds = true);
    group(&server);
    group(&server);
    let changes = loop {
        if server.kept(|kept| kept.changes.len()) == 2 {
            break server.kept(|kept| std::mem::take(&mut kept.changes));
        }
    };
    assert!(server.handle.begun(&changes[0]).unwrap());
    server.post("/_emulator/reset", &Value::Null).ok();
    assert!(!server.handle.begun(&changes[1]).unwrap());
    assert_eq!(server.get("/_emulator/idle?timeout=0").status, 408);
    server.handle.finished(&changes[0]).unwrap();
    server.get("/_emulator/idle?timeout=0").ok();
}

#[test]
fn faults_on_demand_replace_delay_or_cut_off_responses() {
    let server = Server::start();
    let fault = |body: Value| server.post("/_emulator/faults", &body).ok();
    fault(
        json!({ "method": "GET", "path": "/v1/event/*", "nth": 2, "times": 1, "status": 503, "retry_after": 7 }),
    );
    server.get("/v1/event/all").ok();
    server.post("/v1/group", &json!({ "name": "x" })).ok();
    let failed = server.get("/v1/event/all");
    assert_eq!(
        (failed.error(503).as_str(), failed.header("retry-after")),
        ("Service Unavailable", Some("7"))
    );
    server.get("/v1/event/all").ok();
    let listed = server.get("/_emulator/faults").ok();
    assert_eq!((&listed[0]["matched"], &listed[0]["affected"]), (&json!(3), &json!(1)));
    server.delete("/_emulator/faults").ok();
    assert_eq!(server.get("/_emulator/faults").ok(), json!([]));

    fault(json!({ "path": "/v1/style/all", "html": true }));
    let page = server.get("/v1/style/all");
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html; charset=utf-8")));
    assert!(page.text.starts_with("<!DOCTYPE html>"));

    fault(json!({ "path": "/v1/landingpage/all", "delay_ms": 150 }));
    let start = Instant::now();
    server.get("/v1/landingpage/all").ok();
    assert!(start.elapsed() >= Duration::from_millis(150));

    let groups = || server.get("/v1/group/all").ok().as_array().unwrap().len();
    let headers = format!("authorization: {KEY}\r\ncontent-type: application/json\r\n");
    for (cut, created) in [(json!(true), 0), (json!("before"), 0), (json!("after"), 1)] {
        let before = groups();
        fault(json!({ "method": "POST", "path": "/v1/group", "times": 1, "cut": cut }));
        let response = server.send("POST", "/v1/group", &headers, r#"{"name":"y"}"#);
        assert!(!response.contains("success"), "{response}");
        assert_eq!(groups(), before + created, "{cut}");
    }
    assert!(server.logged(|call| call.status.is_none()).message.unwrap().contains("connection closed"));
    for bad in [json!({}), json!({ "status": 1 }), json!({ "stats": 500 }), json!({ "cut": "now" })] {
        assert_eq!(server.post("/_emulator/faults", &bad).status, 400, "{bad}");
    }
}

#[test]
fn the_journal_has_each_request_and_delivery_of_the_account() {
    let server = Server::start();
    let id: u64 = server.post("/v1/webhook", &webhook()).created().parse().unwrap();
    server.call_as("other", "POST", "/v1/webhook", &webhook()).created();
    let prokey = group(&server);
    let change = server.changes().pop().unwrap();
    server.handle.delivered(&change, &report(id, true)).unwrap();
    let entries = server.get("/_emulator/journal").ok()["entries"].as_array().unwrap().clone();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["request", "request", "delivery"]);
    assert_eq!(entries[0]["body"], webhook());
    assert_eq!((&entries[1]["path"], &entries[1]["status"]), (&json!("/v1/group"), &json!(200)));
    assert_eq!(entries[1]["changes"], json!([change.number]));
    assert_eq!((&entries[2]["webhook_id"], &entries[2]["change"]), (&json!(id), &json!(change.number)));
    let after = entries[1]["number"].as_u64().unwrap();
    let newer = server.get(&format!("/_emulator/journal?after={after}")).ok();
    assert_eq!(newer["entries"], json!([entries[2]]));
    server.get(&format!("/v1/group/{prokey}")).ok();
    let last = newer["last"].as_u64().unwrap();
    let newest = server.get(&format!("/_emulator/journal?after={last}")).ok();
    assert_eq!(newest["entries"][0]["method"], "GET");
}

#[test]
fn a_change_carries_the_webhooks_that_existed_at_that_moment() {
    let server = Server::start();
    let names = |server: &Server| {
        let change = server.changes().pop().unwrap();
        change.webhooks.iter().map(|own| own["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    group(&server);
    assert_eq!(names(&server), [""; 0]);
    let id = server.post("/v1/webhook", &webhook()).created();
    server.call_as("other", "POST", "/v1/webhook", &webhook()).created();
    group(&server);
    assert_eq!(names(&server), ["Guests to CRM"]);
    server.patch(&format!("/v1/webhook/{id}"), &json!({ "name": "new" })).ok();
    group(&server);
    assert_eq!(names(&server), ["new"]);
    server.delete(&format!("/v1/webhook/{id}")).ok();
    group(&server);
    assert_eq!(names(&server), [""; 0]);
}

#[test]
fn a_delivery_sets_last_execution_of_its_webhook() {
    let server = Server::start();
    let id = server.post("/v1/webhook", &webhook()).created();
    let path = format!("/v1/webhook/{id}");
    group(&server);
    let change = server.changes().pop().unwrap();
    assert_eq!(server.get(&path).ok()["last_execution"], Value::Null);
    server.handle.delivered(&change, &report(id.parse().unwrap(), true)).unwrap();
    assert_eq!(server.get(&path).ok()["last_execution"], "2026-03-01T09:00:00.002Z");
    server.delete(&path).ok();
    server.handle.delivered(&change, &report(id.parse().unwrap(), true)).unwrap();
}
