//! Many clients and many events.

use hooks::core::emulator::Seed;
use hooks::io::emulator::EmulatorOptions;
use serde_json::{Value, json};

use super::{Server, group, options};

#[test]
fn a_thousand_clients_at_once_get_no_error() {
    let server = Server::with(EmulatorOptions { rate_limit: 0, ..options() });
    hooks::io::process::open_files(4000);
    let prokey = group(&server);
    let barrier = std::sync::Barrier::new(1000);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..1000)
            .map(|number| {
                let (server, prokey, barrier) = (&server, &prokey, &barrier);
                let work = move || {
                    barrier.wait();
                    if number % 10 == 0 {
                        let body = json!({ "name": number.to_string() });
                        server.patch(&format!("/v1/group/{prokey}"), &body).status
                    } else {
                        server.get("/v1/event/all").status
                    }
                };
                std::thread::Builder::new().stack_size(128 * 1024).spawn_scoped(scope, work).unwrap()
            })
            .collect();
        let statuses: Vec<u16> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(statuses, [200; 1000]);
    });
    let changes = server.changes();
    assert_eq!(changes.len(), 101);
    assert!(changes.windows(2).all(|two| two[0].number < two[1].number && two[0].time < two[1].time));
}

#[test]
fn ten_thousand_events_are_listed_to_the_end_and_reset() {
    let event = |number: u64| {
        json!({
            "prokey": format!("event-{number}"), "event_group": "g",
            "dates": [{ "name": number.to_string(), "startDate": "2026-06-01" }],
        })
    };
    let events: Vec<Value> = (0..10_000).map(event).collect();
    let seed = json!({ "group": [{ "prokey": "g", "name": "x" }], "event": events });
    let seed = Seed::of(seed).unwrap();
    let server = Server::with(EmulatorOptions { rate_limit: 0, seed, ..options() });
    let mut listed = 0;
    for page in 1.. {
        let response = server.get(&format!("/v1/event/all?from=now&page={page}"));
        if response.status == 404 {
            break;
        }
        listed += response.ok().as_array().unwrap().len();
    }
    assert_eq!(listed, 10_000);
    server.delete("/v1/group/g").ok();
    assert_eq!(server.get("/v1/event/all").status, 404);
    server.post("/_emulator/reset", &Value::Null).ok();
    server.get("/v1/event/event-9999").ok();
    assert_eq!(server.fired(), ["delete event_group"]);
}
