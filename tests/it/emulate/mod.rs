//! `hooks emulate` fires the webhooks of each change, explains why the others do not, and ends cleanly.

mod deliveries;
mod end;
mod firing;
mod log;
mod sign_up;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::emulator::client::{Client, Response};
use crate::harness::{Project, requests};
use crate::server::{Server, answering};

const KEY: &str = "5a1f0c6e-8a3b-4c6f-9a54-2f0d1d7e9b11";
const STORED: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// A running `hooks emulate --json` on a free port.
struct Emulation {
    child: Child,
    lines: BufReader<ChildStdout>,
    stdin: Option<ChildStdin>,
    ready: Value,
    client: Client,
}

/// How a run ended.
struct Ended {
    code: Option<i32>,
    /// The lines that were not read before.
    lines: Vec<Value>,
    stderr: String,
}

impl Emulation {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut child = project
            .command(env!("CARGO_BIN_EXE_hooks"))
            .args(["emulate", "--json", "--port", "0"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        if first.is_empty() {
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            panic!("no line `ready`: {stderr}");
        }
        let ready: Value = serde_json::from_str(&first).unwrap();
        assert_eq!(ready["type"], "ready", "{ready}");
        let address = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        let stdin = child.stdin.take();
        Self { child, lines, stdin, ready, client: Client { address } }
    }

    /// The next line; none at the end.
    fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).unwrap())
    }

    /// The next line of this type; others are skipped.
    #[track_caller]
    fn next(&mut self, kind: &str) -> Value {
        loop {
            let line = self.line().unwrap_or_else(|| panic!("it ended instead of printing a {kind}"));
            if line["type"] == kind {
                return line;
            }
        }
    }

    /// Calls the API, and waits until all webhooks have fired.
    #[track_caller]
    fn call(&self, method: &str, path: &str, body: &Value) -> Response {
        let response = self.client.call_as(KEY, method, path, body);
        self.client.call_as(KEY, "GET", "/_emulator/idle", &Value::Null).ok();
        response
    }

    #[track_caller]
    fn create(&self, path: &str, body: &Value) -> String {
        self.call("POST", &format!("/v1/{path}"), body).created()
    }

    fn create_group(&self) -> String {
        self.create("group", &json!({ "name": "Courses" }))
    }

    fn create_event(&self, group: &str) -> String {
        self.create("event", &event(group))
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    fn end(mut self) -> Ended {
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            lines.push(line);
        }
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Ended { code: self.child.wait().unwrap().code(), lines, stderr }
    }
}

impl Drop for Emulation {
    fn drop(&mut self) {
        // It is still running if the test failed or did not end it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn event(group: &str) -> Value {
    json!({ "event_group": group, "dates": [{ "name": "Yoga", "startDate": "2026-04-01" }] })
}

/// A webhook to create through the API.
fn webhook(trigger: &str, element: &str, url: &str) -> Value {
    json!({
        "name": format!("{trigger} {element}"),
        "active": true,
        "payload_url": url,
        "trigger": trigger,
        "trigger_element": element,
    })
}

/// A block of `webhooks.toml`.
fn block(handle: &str, trigger: &str, element: &str, url: &str) -> String {
    format!(
        "[webhooks.{handle}]\ntrigger = \"{trigger}\"\ntrigger_element = \"{element}\"\npayload_url = \"{url}\"\n"
    )
}

/// The targets of the requests that a receiver got, in order.
fn targets(receiver: &Server) -> Vec<String> {
    let targets = requests(&receiver.received());
    targets.iter().map(|own| own.line.split(' ').nth(1).unwrap().to_owned()).collect()
}

fn receiver() -> Server {
    answering(STORED).maybe_unvisited()
}
