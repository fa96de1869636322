//! The history: deliveries are recorded without secrets, listed and replayed, and problems with it do not prevent sending.

mod crash;
mod listing;
mod replay;
mod secrets;
mod trouble;

use std::path::PathBuf;

use rusqlite::Connection;

use crate::harness::{Outcome, Project, hooks};
use crate::server::{Server, answering};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const BROKEN: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 6\r\n\r\nbroken";

/// A project whose webhooks `a` and `b` lead to this receiver.
fn project(server: &Server) -> Project {
    let url = server.url("http://127.0.0.1", "");
    Project::new().definitions(&format!(
        r#"
        [webhooks.a]
        trigger = "create"
        trigger_element = "rsvp_answer"
        payload_url = "{url}/a"
        [webhooks.a.body]
        mail = "{{{{email}}}}"

        [webhooks.b]
        trigger = "create"
        trigger_element = "event"
        payload_url = "{url}/b"
        "#
    ))
}

/// Runs the program in a project.
fn run(project: &Project, arguments: &[&str]) -> Outcome {
    hooks(arguments).in_project(project).run()
}

/// Runs it and checks only the exit code.
#[track_caller]
fn ends(project: &Project, arguments: &[&str], code: i32) {
    run(project, arguments).code(code).stdout_with(|_| ()).stderr_with(|_| ());
}

/// The file of the history.
fn file(project: &Project) -> PathBuf {
    project.home().join(".local/state/hooks/history.db")
}

/// The history itself.
fn database(project: &Project) -> Connection {
    Connection::open(file(project)).unwrap()
}

/// How many deliveries the history has.
fn recorded(project: &Project) -> i64 {
    database(project).query_row("SELECT count(*) FROM delivery", [], |row| row.get(0)).unwrap()
}

/// The rows of `hooks history --json` with these arguments.
fn rows(project: &Project, arguments: &[&str]) -> Vec<serde_json::Value> {
    let mut rows = Vec::new();
    let all = ["history", "--json"].iter().chain(arguments).copied().collect::<Vec<_>>();
    run(project, &all).success().stderr_with(|_| ()).stdout_with(|text| {
        rows.extend(text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")));
    });
    rows
}

/// The numbers of the deliveries that `hooks history` lists with these arguments.
fn ids(project: &Project, arguments: &[&str]) -> Vec<i64> {
    rows(project, arguments).iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// A receiver that responds with 200, and a project with one delivery of `a` to it.
fn delivered_once() -> (Server, Project) {
    let server = answering(OK);
    let project = project(&server);
    ends(&project, &["fire", "a"], 0);
    (server, project)
}
