//! Received requests are recorded without secrets, and can be replayed.

use std::path::PathBuf;

use rusqlite::Connection;
use snapbox::str;

use super::*;

fn file(project: &Project) -> PathBuf {
    project.home().join(".local/state/hooks/history.db")
}

fn project() -> Project {
    Project::new().definitions(
        r#"
        [webhooks.a]
        trigger = "create"
        trigger_element = "rsvp_answer"
        payload_url = "https://example.com/${SECRET_PATH}/a?token=c4nary-query"
        [webhooks.a.header]
        Authorization = "Bearer ${TOKEN}"
        [webhooks.a.body]
        key = "${KEY}"
        "#,
    )
}

const SECRETS: [(&str, &str); 3] =
    [("SECRET_PATH", "c4nary-path"), ("TOKEN", "c4nary-token"), ("KEY", "c4n\"ary/key")];

/// Stops a listener and waits until everything is recorded.
fn stop(listener: Listener) -> Ended {
    listener.signal("-TERM");
    listener.end()
}

fn listed(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let mut text = String::new();
    hooks([&["history", "--received", "--json"][..], arguments].concat())
        .in_project(project)
        .run()
        .code(0)
        .stdout_with(|printed| printed.clone_into(&mut text))
        .stderr_with(|_| ());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn received_requests_belong_to_the_definitions_file_in_use() {
    let project = project().file("other.toml", "[webhooks]\n");
    let mut listener = Listener::start(&project, &[]);
    listener.request("POST /own", "", "{}");
    stop(listener);
    assert_eq!(listed(&project, &[]).len(), 1);
    assert_eq!(listed(&project, &["--file", "other.toml"]).len(), 0);
    assert_eq!(listed(&project, &["--file", "other.toml", "--all"]).len(), 1);
    hooks(["history", "--received", "--file", "other.toml"])
        .in_project(&project)
        .run()
        .success()
        .no_stdout()
        .stderr(str![[r#"
the history has no received requests for this definitions file yet
hint: not shown: 1 request for other definitions files; use `--all` to include them

"#]]);
}

#[test]
fn received_requests_are_listed_newest_first_and_shown_in_full() {
    let project = Project::new();
    let mut listener = Listener::start(&project, &["--rotate", "200,503"]);
    listener.request("POST /a?b=c", "X-Key: s3cret\r\nAccept: */*\r\n", "{\"n\":1.10}");
    listener.request("GET /later", "", "");
    stop(listener);
    let rows = listed(&project, &[]);
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["id"], &rows[0]["response"]["status"]), (&"r2".into(), &503.into()));
    assert_eq!((&rows[1]["target"], &rows[1]["body_bytes"]), (&"/a?b=c".into(), &10.into()));
    assert_eq!(listed(&project, &["--grep", "LATER"]).len(), 1);
    assert_eq!(listed(&project, &["--limit", "1"]).len(), 1);
    assert_eq!(listed(&project, &["--webhook", "a"]).len(), 0);
    hooks(["history", "r1"]).in_project(&project).run().code(0).stderr("").stdout(str![[r#"
received request r1
[..] UTC · from 127.0.0.1:[..] · hooks [..]
response: 200

│ POST /a?b=c HTTP/1.1
│ Host: x
│ X-Key: ***
│ Accept: */*
│ Content-Length: 10
│ Connection: close
│ 
│ {
│   "n": 1.10
│ }

"#]]);
    hooks(["history", "r9"]).in_project(&project).run().code(1).stdout("").stderr(str![[r#"
error: the history has no received request r9
  = help: `hooks history --received` lists them

"#]]);
}

#[test]
fn every_line_of_a_received_request_starts_with_a_bar() {
    let project = Project::new();
    let mut listener = Listener::start(&project, &[]);
    listener.request("POST /a", "X-Key: ##[x]\r\n", "::error::x\n  ::add-mask::y\n\n##vso[x]");
    listener.request("POST /b", "", "{\"a\": \"##[x]\"}");
    stop(listener);
    for number in ["r1", "r2"] {
        hooks(["history", number]).in_project(&project).run().code(0).stderr("").stdout_with(|text| {
            assert!(!holds_command(text), "{text}");
            let request = text.lines().skip(3).filter(|line| !line.is_empty());
            assert!(
                request.clone().count() > 5 && request.into_iter().all(|line| line.starts_with('│')),
                "{text}"
            );
        });
    }
}

#[test]
fn recording_can_be_turned_off() {
    let project = Project::new();
    for (arguments, environment) in
        [(&["--no-history"][..], &[][..]), (&[][..], &[("HOOKS_HISTORY", "off")][..])]
    {
        let mut listener = Listener::start_with(&project, arguments, environment);
        listener.request("GET /", "", "");
        stop(listener);
    }
    assert!(!file(&project).exists());
}

#[test]
fn no_secret_is_in_the_history_file() {
    let project = project();
    let mut listener = Listener::start_with(&project, &[], &SECRETS);
    let secret = "Authorization: Bearer c4nary-token\r\nX-Other-Key: c4nary-other\r\n";
    let body = r#"{"element_data":{"id":"1"},"key":"c4n\"ary/key","echo":"c4nary-token"}"#;
    listener.request("POST /c4nary-path/a?token=c4nary-query", secret, body);
    stop(listener);
    let folder = file(&project).parent().unwrap().to_owned();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for canary in ["c4nary", "c4n\"ary", "c4n\\\"ary"] {
            assert!(!text.contains(canary), "{canary} is in {text}");
        }
    }
    assert_eq!(listed(&project, &[]).len(), 1);
}

#[test]
fn a_received_request_is_replayed_as_received() {
    let project = Project::new();
    let mut listener = Listener::start(&project, &[]);
    listener.request("PUT /from", "Content-Type: text/plain\r\n", "as it c\u{e4}me");
    listener.request("POST /secret", "X-Api-Key: s3cret\r\n", "body");
    stop(listener);
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    let to = server.url("http://127.0.0.1", "/to");
    hooks(["replay", "r1", "--to", &to]).in_project(&project).run().code(0).stdout_with(|_| ()).stderr_with(
        |said| {
            assert!(said.contains("sending r1: PUT http://127.0.0.1:"), "{said}");
        },
    );
    let sent = String::from_utf8(server.received()).unwrap();
    assert!(sent.starts_with("PUT /to HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("content-type: text/plain\r\n") && !sent.contains("Host: x"), "{sent}");
    assert!(sent.ends_with("\r\n\r\nas it c\u{e4}me"), "{sent}");
    hooks(["replay", "r2", "--to", &to]).in_project(&project).run().code(1).stdout("").stderr(str![[r#"
error: cannot replay request r2: its record omits `x-api-key`, which may be secret
  = help: use `--force` to send it without masked headers; use `hooks listen --forward URL` to forward requests unchanged as they arrive

"#]]);
    hooks(["replay", "r2", "--force", "--to", &to]).in_project(&project).run().code(0).ignore_output();
    let sent = String::from_utf8(server.received()).unwrap();
    assert!(sent.ends_with("\r\n\r\nbody") && !sent.contains("x-api-key"), "{sent}");
    hooks(["replay", "r1"]).in_project(&project).run().code(2).stdout("").stderr(str![[r#"
error: a received request has no destination of its own
  = help: use `--to URL` to name the receiver

"#]]);
    hooks(["replay", "r1", "1", "--to", &to]).in_project(&project).run().code(2).stdout("").stderr(str![[
        r#"
error: deliveries and received requests cannot be replayed together
  = help: run the command once for each kind

"#
    ]]);
    for (word, says) in [
        ("--as-sent", "a received request is always sent as received"),
        ("--allow-missing", "a received request is always sent as received"),
        ("--retry=1", "received requests are not retried"),
        ("--webhook=a", "cannot be used with"),
    ] {
        let run = hooks(["replay", "r1", word, "--to", &to]).in_project(&project).run();
        run.code(2).no_stdout().stderr_with(|said| assert!(said.contains(says), "{said}"));
    }
}

#[test]
fn each_of_several_replayed_requests_has_a_line() {
    let project = Project::new();
    let mut listener = Listener::start(&project, &[]);
    for body in ["a", "b"] {
        listener.request("POST /", "", body);
    }
    stop(listener);
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    let to = server.url("http://127.0.0.1", "/to");
    hooks(["replay", "r1", "r2", "--to", &to])
        .in_project(&project)
        .run()
        .code(0)
        .stdout(str![[r#"
delivered r1  200 OK  [..]
delivered r2  200 OK  [..]

"#]])
        .stderr(str![[r#"
sending r1: POST http://127.0.0.1:[PORT]/to
sending r2: POST http://127.0.0.1:[PORT]/to
delivered 2 of 2

"#]]);
}

#[test]
fn a_body_truncated_inside_a_character_is_still_text() {
    let project = Project::new();
    let mut listener = Listener::start(&project, &[]);
    listener.request("POST /", "", &format!("x{}", "\u{e4}".repeat(600 * 1024)));
    stop(listener);
    hooks(["history", "r1", "--json"]).in_project(&project).run().code(0).stderr("").stdout_json(|json| {
        assert_eq!(json["body"]["kept"], "truncated");
        assert_eq!(json["body"]["text"].as_str().unwrap().len(), 1024 * 1024 - 1);
    });
}

#[test]
fn a_history_that_cannot_be_written_is_only_a_warning() {
    let project = Project::new();
    let mut listener = Listener::start(&project, &[]);
    listener.request("GET /1", "", "");
    stop(listener);
    let database = || Connection::open(file(&project)).unwrap();
    let own: i32 = database().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    database().pragma_update(None, "user_version", 99).unwrap();
    let mut listener = Listener::start(&project, &[]);
    assert_eq!(listener.request("GET /2", "", "")["response"]["status"], 200);
    let ended = stop(listener);
    assert!(ended.stderr.contains("newer version of `hooks`: nothing is recorded"), "{}", ended.stderr);
    database().pragma_update(None, "user_version", own).unwrap();
    let mut listener = Listener::start(&project, &[]);
    database().execute_batch("DROP TABLE received").unwrap();
    for _ in 0..3 {
        assert_eq!(listener.request("GET /3", "", "")["response"]["status"], 200);
    }
    let ended = stop(listener);
    assert_eq!(ended.stderr.matches("not every received request is recorded").count(), 1, "{}", ended.stderr);
}

#[test]
fn two_listeners_and_a_kill_leave_a_valid_history() {
    let project = Project::new();
    let (mut one, mut other) = (Listener::start(&project, &[]), Listener::start(&project, &[]));
    for number in 1..=50 {
        one.request(&format!("POST /one/{number}"), "", "x");
        other.request(&format!("POST /other/{number}"), "", "y");
    }
    let of = |start: &str| {
        let rows = listed(&project, &["--limit", "1000"]);
        let targets = rows.iter().rev().filter_map(|row| row["target"].as_str()?.strip_prefix(start));
        targets.map(|number| number.parse().unwrap()).collect::<Vec<usize>>()
    };
    while of("/one/").is_empty() {
        std::thread::yield_now();
    }
    one.child.kill().unwrap();
    one.child.wait().unwrap();
    stop(other);
    let database = Connection::open(file(&project)).unwrap();
    let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    assert_eq!(of("/other/"), (1..=50).collect::<Vec<_>>());
    // Only the last requests of the killed listener may be missing.
    let kept = of("/one/");
    assert_eq!(kept, (1..=kept.len()).collect::<Vec<_>>());
}
