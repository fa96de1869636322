//! `--retry`: what is retried, what is printed, and what is recorded.

use std::net::TcpListener;

use serde_json::Value;
use snapbox::str;

use crate::harness::{Outcome, Project, hooks};
use crate::server::{Server, Step, say};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";

/// Sends these responses in turn, and the last one to all further requests.
fn receiver(responses: &[&str]) -> Server {
    Server::start_in_turn(responses.iter().map(|response| vec![Step::Read, say(response)]).collect())
}

fn fire(project: &Project, server: &Server, arguments: &[&str]) -> Outcome {
    let url = server.url("http://127.0.0.1", "/");
    let fixed = ["fire", "rsvp-to-cms", "--to", &url, "--timeout", "10s"];
    hooks(fixed.iter().chain(arguments)).in_project(project).run()
}

fn history(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let mut rows = Vec::new();
    hooks(["history", "--json"].iter().chain(arguments))
        .in_project(project)
        .run()
        .success()
        .stdout_with(|text| rows.extend(text.lines().map(|line| serde_json::from_str(line).unwrap())))
        .no_stderr();
    rows
}

#[test]
fn a_delivery_is_retried_until_it_succeeds() {
    let server = receiver(&[BUSY, BUSY, OK]);
    let project = Project::example();
    fire(&project, &server, &["--retry", "5"])
        .success()
        .stdout(str![[r#"
delivered  200 OK
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 200 OK
│ content-length: 0

"#]])
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing rsvp-to-cms: POST http://127.0.0.1:[PORT]/ instead of its payload URL (path `/hooks/rsvp`)
attempt 1 of 6 failed: 503 Service Unavailable; retrying now
attempt 2 of 6 failed: 503 Service Unavailable; retrying now
recorded as delivery 3: `hooks history 3`

"#]]);
    assert_eq!(server.visits(), 3);
}

#[test]
fn each_attempt_is_a_delivery_that_replays_the_one_before() {
    let server = receiver(&[BUSY, OK]);
    let project = Project::example();
    fire(&project, &server, &["--retry", "1"]).success().stdout_with(|_| ()).stderr_with(|_| ());
    let rows = history(&project, &[]);
    let told: Vec<_> = rows.iter().map(|row| (row["state"].as_str().unwrap(), &row["replay_of"])).collect();
    assert_eq!(told, [("delivered", &rows[1]["id"]), ("failed", &Value::Null)]);
    // No failed delivery is left.
    hooks(["replay", "--failed"]).in_project(&project).run().code(1).no_stdout().stderr_with(|_| ());
    assert_eq!(server.visits(), 2);
}

#[test]
fn only_the_last_attempt_is_explained_and_decides_the_exit_code() {
    let server = receiver(&[BUSY, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"]);
    fire(&Project::example(), &server, &["--retry", "5", "--json", "--quiet"])
        .code(1)
        .stdout_with(|text| {
            let line: Value = serde_json::from_str(text).unwrap();
            assert_eq!((&line["attempts"], &line["status"]), (&Value::from(2), &Value::from(404)));
        })
        .stderr(str![[r#"
error[not-found]: The receiver has nothing at this path (404 Not Found).
  = help: Check the path in `--to`, including letter case and a trailing slash.

"#]]);
    let server = receiver(&[BUSY]);
    fire(&Project::example(), &server, &["--retry", "2", "--json"])
        .code(1)
        .stdout_with(|text| {
            let line: Value = serde_json::from_str(text).unwrap();
            assert_eq!((&line["attempts"], &line["status"]), (&Value::from(3), &Value::from(503)));
        })
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing rsvp-to-cms: POST http://127.0.0.1:[PORT]/ instead of its payload URL (path `/hooks/rsvp`)
attempt 1 of 3 failed: 503 Service Unavailable; retrying now
attempt 2 of 3 failed: 503 Service Unavailable; retrying now
error[unavailable]: The receiver is temporarily down or overloaded (503 Service Unavailable). It requested a pause of 0 s (`Retry-After`).
  = help: Try again later. Check whether the receiver is restarting or in maintenance.

"#]]);
    assert_eq!(server.visits(), 3);
}

#[test]
fn without_retry_or_a_retryable_status_there_is_one_attempt() {
    for (response, arguments) in [
        (BUSY, ["--retry", "0"].as_slice()),
        (BUSY, &[]),
        ("HTTP/1.1 400 Bad Request\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n", &["--retry", "3"]),
        (OK, &["--retry", "3"]),
    ] {
        let server = receiver(&[response]);
        let project = Project::example();
        let code = i32::from(response != OK);
        fire(&project, &server, arguments).code(code).stdout_with(|_| ()).stderr_with(|text| {
            assert!(!text.contains("attempt"), "{text}");
        });
        assert_eq!(server.visits(), 1, "{response}");
    }
}

#[test]
fn a_delivery_in_doubt_is_not_retried() {
    let server = Server::start([Step::Read]);
    fire(&Project::example(), &server, &["--retry", "3", "--json"])
        .code(4)
        .stdout_with(|text| {
            let line: Value = serde_json::from_str(text).unwrap();
            assert_eq!((&line["attempts"], &line["state"]), (&Value::from(1), &Value::from("in_doubt")));
        })
        .stderr_with(|said| {
            assert!(said.contains("warning: not retried: the request may have arrived"), "{said}");
        });
    assert_eq!(server.visits(), 1);
}

#[test]
fn a_refused_connection_is_retried() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    hooks(["trigger", "create", "event", "--retry", "1", "--to", &url])
        .in_project(&Project::example())
        .run()
        .code(4)
        .stdout_with(|_| ())
        .stderr_with(|text| {
            let told = text.lines().filter(|line| line.starts_with("attempt 1 of 2 failed: ")).count();
            assert_eq!(told, 1, "{text}");
            assert_eq!(text.matches("error[connect-refused]").count(), 1, "{text}");
        });
}

#[test]
fn a_receiver_that_asks_for_a_long_wait_is_not_retried() {
    let server =
        receiver(&["HTTP/1.1 429 Too Many Requests\r\nretry-after: 301\r\ncontent-length: 0\r\n\r\n"]);
    fire(&Project::example(), &server, &["--retry", "3"]).code(1).stdout_with(|_| ()).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing rsvp-to-cms: POST http://127.0.0.1:[PORT]/ instead of its payload URL (path `/hooks/rsvp`)
warning: not retried: the receiver requests a pause of 6 min
error[rate-limited]: The receiver received too many requests (429 Too Many Requests). It requested a pause of 301 s (`Retry-After`).
  = help: Wait, or send fewer requests at a time.
recorded as delivery 1: `hooks history 1`

"#]]);
    assert_eq!(server.visits(), 1);
}

#[test]
fn a_replay_is_retried_too() {
    let server = receiver(&[BUSY, BUSY, OK]);
    let project = Project::example();
    fire(&project, &server, &[]).code(1).stdout_with(|_| ()).stderr_with(|_| ());
    hooks(["replay", "--failed", "--retry", "1"])
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|text| assert!(text.starts_with("delivered"), "{text}"))
        .stderr_with(|_| ());
    let rows = history(&project, &[]);
    assert_eq!((&rows[0]["replay_of"], &rows[1]["replay_of"]), (&rows[1]["id"], &rows[2]["id"]));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let later = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 300\r\ncontent-length: 0\r\n\r\n";
    let server = receiver(&[later]);
    let url = server.url("http://127.0.0.1", "/");
    let project = Project::example();
    let mut child = project
        .command(env!("CARGO_BIN_EXE_hooks"))
        .args(["fire", "rsvp-to-cms", "--retry", "1", "--to", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let waits = "attempt 1 of 2 failed: 503 Service Unavailable; retrying in 5 min";
    assert!(said.any(|line| line == waits));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert!(said.any(|line| line == "interrupted: not retried"));
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(server.visits(), 1);
}
