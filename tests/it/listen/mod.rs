//! `hooks listen` shows and compares requests and responds to them, and no request ends it.

mod encodings;
mod end;
mod expect;
mod forward;
mod history;
mod inspector;
mod limits;
mod matching;
mod show;
#[cfg(unix)]
mod terminal;
mod wire;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Outcome, Project, holds_command, hooks};
use crate::server::answering;

/// The longest time that a connection waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `hooks listen --json` on a free port.
struct Listener {
    child: Child,
    lines: BufReader<ChildStdout>,
    url: String,
    ready: Value,
}

/// How a run of `hooks listen` ended.
struct Ended {
    code: Option<i32>,
    /// The lines that were not read before.
    lines: Vec<Value>,
    stderr: String,
}

impl Listener {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        Self::start_with(project, arguments, &[])
    }

    fn start_with(project: &Project, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = project
            .command(env!("CARGO_BIN_EXE_hooks"))
            .args(["listen", "--json", "--port", "0"])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut listener = Self { child, lines, url: String::new(), ready: Value::Null };
        let ready = listener.line().expect("the line `ready`");
        assert_eq!(ready["type"], "ready", "{ready}");
        ready["url"].as_str().unwrap().clone_into(&mut listener.url);
        listener.ready = ready;
        listener
    }

    /// The next line; none at the end.
    fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).unwrap())
    }

    /// The next line, which is of this type.
    #[track_caller]
    fn expect(&mut self, kind: &str) -> Value {
        let line = self.line().unwrap_or_else(|| panic!("it ended instead of printing a {kind}"));
        assert_eq!(line["type"], kind, "{line}");
        line
    }

    fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes on a new connection and reads until it is closed.
    fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends a request and waits for its line.
    #[track_caller]
    fn request(&mut self, line: &str, headers: &str, body: &str) -> Value {
        self.send(message(line, headers, body));
        self.expect("request")
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

    /// Fires a webhook of the project to this listener.
    fn fire(&self, project: &Project, webhook: &str, path: &str) -> Outcome {
        hooks(["fire", webhook, "--to", &format!("{}{path}", self.url), "--no-history"])
            .in_project(project)
            .run()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // It is still running if the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request that closes the connection.
fn message(line: &str, headers: &str, body: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The URL of a port on which nothing listens.
fn unanswered() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// The differences of a request, a line each.
fn differences(request: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    request["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| {
            let place = [text(&at["part"]), text(&at["name"])].join(" ");
            format!("{place}: {} / {}", text(&at["actual"]), text(&at["expected"]))
        })
        .collect()
}
