//! The state in a file after a restart.

use std::fs;
use std::io::Write;
use std::path::Path;

use hooks::io::emulator::{Emulator, EmulatorOptions};
use hooks::io::listeners::Listeners;
use hooks::io::sqlite::Unusable;
use serde_json::{Value, json};

use super::{NOW, Server, event, group, options, webhook};

fn on(file: &Path) -> EmulatorOptions {
    EmulatorOptions { data: Some(file.to_owned()), ..options() }
}

#[test]
fn a_state_in_a_file_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let server = Server::with(on(&file));
    let prokey = server.post("/v1/event", &event(&group(&server))).created();
    let id = server.post("/v1/webhook", &webhook()).created();
    let state = server.get("/_emulator/state").ok();
    server.fired();
    drop(server);
    let server = Server::with(EmulatorOptions { seed: hooks::core::emulator::Seed::default(), ..on(&file) });
    assert_eq!(server.get("/_emulator/state").ok(), state);
    assert_eq!(server.kept(|kept| kept.dropped.clone()), [0; 0]);
    // The clock does not go back, and neither ids nor prokeys are reused.
    assert!(server.get("/_emulator/clock").ok()["now"].as_str().unwrap() > NOW);
    assert_ne!(server.post("/v1/event", &event(&group(&server))).created(), prokey);
    assert_ne!(server.post("/v1/webhook", &webhook()).created(), id);
    assert_eq!(server.call_as("new", "GET", "/v1/event/all", &Value::Null).status, 404);
}

#[test]
fn the_file_of_a_killed_process_has_every_acknowledged_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let server = Server::with(on(&file));
    for round in 0..20 {
        group(&server);
        let state = server.get("/_emulator/state").ok();
        // The state that a kill at this moment would leave.
        let copy = folder.path().join(format!("copy-{round}.db"));
        fs::copy(&file, &copy).unwrap();
        fs::copy(file.with_file_name("state.db-wal"), copy.with_file_name(format!("copy-{round}.db-wal")))
            .unwrap();
        let restarted = Server::with(on(&copy));
        assert_eq!(restarted.get("/_emulator/state").ok(), state);
    }
}

#[test]
fn changes_that_were_not_begun_are_reported_as_dropped_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.db");
    let server = Server::with(on(&file));
    server.kept(|kept| kept.holds = true);
    let groups: Vec<String> = (0..3).map(|_| group(&server)).collect();
    let changes = loop {
        if server.kept(|kept| kept.changes.len()) == 3 {
            break server.kept(|kept| std::mem::take(&mut kept.changes));
        }
    };
    server.handle.begun(&changes[1]).unwrap();
    drop(server);
    for expected in [vec![changes[0].number, changes[2].number], Vec::new()] {
        let server = Server::with(on(&file));
        server.get(&format!("/v1/group/{}", groups[2])).ok();
        server.logged(|call| call.method == "GET");
        assert_eq!(server.kept(|kept| kept.dropped.clone()), expected);
        let change = server.patch(&format!("/v1/group/{}", groups[0]), &json!({ "name": "z" }));
        change.ok();
        assert!(server.changes()[0].number > changes[2].number);
    }
}

#[test]
fn an_unusable_file_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let start = |file: &Path| Emulator::start(Listeners::bind(None, 0).unwrap(), on(file)).unwrap_err();
    let text = folder.path().join("text");
    let words = "This is not a database, but a text that is long enough.\n".repeat(20);
    fs::File::create(&text).unwrap().write_all(words.as_bytes()).unwrap();
    let before = fs::read(&text).unwrap();
    assert!(matches!(start(&text).reason(), Unusable::Damaged));
    assert_eq!(fs::read(&text).unwrap(), before);

    let history = folder.path().join("history.db");
    drop(hooks::io::history::History::open(&history).unwrap());
    let error = start(&history);
    assert!(matches!(error.reason(), Unusable::Foreign));
    assert_eq!(error.to_string(), format!("`{}` is not a state file of the emulator", history.display()));

    let used = folder.path().join("used.db");
    let server = Server::with(on(&used));
    assert!(matches!(start(&used).reason(), Unusable::Busy));
    server.get("/v1/event/all").ok();
    let missing = folder.path().join("no/such/folder.db");
    assert!(matches!(start(&missing).reason(), Unusable::Path(_)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&used).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
