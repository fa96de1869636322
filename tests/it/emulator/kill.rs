//! After the process is killed, the next one finds every acknowledged change.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use super::KEY;
use super::client::{Client, Response};
use crate::harness::Project;

const KILLS: u64 = 12;

/// A running `hooks emulate`; killed when it is dropped.
struct Running {
    process: Child,
    client: Client,
}

impl Running {
    fn start(project: &Project) -> Self {
        let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
        command.args(["emulate", "--port", "0", "--data", "state.db", "--rate-limit", "0", "--json"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.by_ref().find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            Some(line["url"].as_str()?.strip_prefix("http://")?.parse().unwrap())
        });
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, client: Client { address: address.unwrap() } }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_killed_process_loses_no_acknowledged_change() {
    let project = Project::example();
    let acknowledged = Mutex::new(Vec::new());
    for kill in 0..=KILLS {
        let running = Running::start(&project);
        for (prokey, name) in acknowledged.lock().unwrap().iter() {
            let read = running.client.get(&format!("/v1/group/{prokey}")).ok();
            assert_eq!(&read["name"], name, "before kill {kill}");
        }
        let address = running.client.address;
        std::thread::scope(|scope| {
            scope.spawn(|| create_until_killed(&Client { address }, &acknowledged));
            std::thread::sleep(Duration::from_millis(20 + 5 * kill));
            drop(running);
        });
    }
    assert!(acknowledged.into_inner().unwrap().len() > 5);
}

/// Creates groups and changes each once, until no complete response arrives.
fn create_until_killed(client: &Client, acknowledged: &Mutex<Vec<(String, Value)>>) {
    let headers = format!("authorization: {KEY}\r\ncontent-type: application/json\r\n");
    loop {
        let Ok(text) = client.try_send("POST", "/v1/group", &headers, r#"{"name":"new"}"#) else { return };
        let Some(created) = Response::parse(&text) else { return };
        let prokey = created.created();
        acknowledged.lock().unwrap().push((prokey.clone(), json!("new")));
        let path = format!("/v1/group/{prokey}");
        let changed = client.try_send("PATCH", &path, &headers, r#"{"name":"changed"}"#);
        let mut all = acknowledged.lock().unwrap();
        let Some(changed) = changed.ok().and_then(|text| Response::parse(&text)) else {
            // It may or may not have had an effect.
            all.pop();
            return;
        };
        changed.ok();
        all.last_mut().unwrap().1 = json!("changed");
    }
}
