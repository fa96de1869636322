//! The text view, and the responses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use snapbox::str;

use super::{Listener, PATIENCE, message};
use crate::harness::{Project, holds_command, hooks, redact};

/// Runs `hooks listen` without `--json`, sends it these messages in turn, and returns its standard output and error.
pub(super) fn shown(
    project: &Project,
    arguments: &[&str],
    messages: &[impl AsRef<[u8]>],
) -> (String, String) {
    let mut child = project
        .command(env!("CARGO_BIN_EXE_hooks"))
        .args(["listen", "--port", "0", "--count", &messages.len().to_string()])
        .args(arguments)
        .env("CMS_TOKEN", "t0ken-of-the-cms")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut stderr = String::new();
    let address = loop {
        let start = stderr.len();
        assert!(lines.read_line(&mut stderr).unwrap() > 0, "it ended: {stderr}");
        if let Some((_, rest)) = stderr[start..].split_once("listening on http://") {
            break rest.split(' ').next().unwrap().to_owned();
        }
    };
    for message in messages {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(message.as_ref()).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    lines.read_to_string(&mut stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    let clock = regex::Regex::new(r"(?m)^\d\d:\d\d:\d\d").unwrap();
    let stdout = redact(&output.stdout, project);
    (clock.replace_all(&stdout, "[CLOCK]").into_owned(), redact(stderr.as_bytes(), project))
}

fn answer() -> String {
    let body = r#"{"element_data": {"id": "1", "email": "kim@example.com", "amount": 1, "status": "x", "payload": {"first_name": "Kim"}, "prokey": "p"}, "user-email": "kim@example.com", "first-name": "Kim", "seats": 2, "note": "1 seat(s), x"}"#;
    message("POST /hooks/rsvp", "Content-Type: application/json\r\nX-Key: s3cret-of-theirs\r\n", body)
}

#[test]
fn a_request_is_a_line_with_the_differences_below() {
    let project = Project::example();
    let right = answer().replace("\"seats\": 2", "\"seats\": 1");
    let (stdout, stderr) = shown(&project, &[], &[right, answer(), message("GET /favicon.ico", "", "")]);
    snapbox::assert_data_eq!(
        stdout,
        str![[r#"
[CLOCK]  POST /hooks/rsvp  224 B  200  rsvp-to-cms
[CLOCK]  POST /hooks/rsvp  224 B  200  no match, closest is rsvp-to-cms
          body seats: 2, expected 1
[CLOCK]  GET /favicon.ico  0 B  200  no match

"#]]
    );
    snapbox::assert_data_eq!(
        stderr,
        str![[r#"
listening on http://127.0.0.1:[PORT] (times in UTC); press Ctrl-C to stop
try: hooks fire rsvp-to-cms --to http://127.0.0.1:[PORT]/hooks/rsvp
3 requests, 1 matched

"#]]
    );
}

#[test]
fn verbose_shows_whole_requests_and_reveal_their_secrets() {
    let project = Project::new();
    let (stdout, _) = shown(&project, &["--verbose"], &[answer()]);
    snapbox::assert_data_eq!(
        stdout,
        str![[r#"
[CLOCK]  POST /hooks/rsvp  224 B  200
│ POST /hooks/rsvp HTTP/1.1
│ Host: x
│ Content-Type: application/json
│ X-Key: ***
│ Content-Length: 224
│ Connection: close
│ 
│ {
│   "element_data": {
│     "id": "1",
│     "email": "kim@example.com",
│     "amount": 1,
│     "status": "x",
│     "payload": {
│       "first_name": "Kim"
│     },
│     "prokey": "p"
│   },
│   "user-email": "kim@example.com",
│   "first-name": "Kim",
│   "seats": 2,
│   "note": "1 seat(s), x"
│ }

"#]]
    );
    let (stdout, _) = shown(&project, &["-v", "--reveal"], &[answer()]);
    assert!(stdout.contains("│ X-Key: s3cret-of-theirs\n"), "{stdout}");
}

#[test]
fn escape_sequences_and_log_commands_are_escaped() {
    let evil = "\u{1b}]0;owned\u{7}\u{202e}\n::add-mask::x\n##vso[x]";
    let request =
        message("POST /::stop?##[x]\u{9b}", "X-Evil: ##[x]a\tb\r\nAccept: \u{202e}\u{80}\r\n", evil);
    let (stdout, _) = shown(&Project::new(), &["--verbose", "--reveal"], &[request]);
    assert!(!stdout.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{stdout:?}");
    assert!(stdout.lines().all(|line| line.starts_with("[CLOCK]") || line.starts_with('│')), "{stdout}");
    assert!(!holds_command(&stdout), "{stdout}");
    assert!(stdout.contains(r"│ \x1b]0;owned\x07\u{202e}"), "{stdout}");
    let method = message("::add-mask::x /", "", "");
    let mut listener = Listener::start(&Project::new(), &["--once"]);
    listener.send(method);
    listener.expect("refused");
    let body = listener.request("POST /", "", "\u{1b}[31m\u{202e}");
    assert_eq!(body["body"], "\u{1b}[31m\u{202e}");
}

#[test]
fn environment_values_are_masked_wherever_they_are_received() {
    let project = Project::example().file(".env", "CMS_HOST=cms.example.com\n");
    let secret = "t0ken-of-the-cms";
    let request = message(
        &format!("POST /api/{secret}?token=abcdef&other={secret}"),
        &format!("Authorization: Bearer {secret}\r\nAccept: {secret}\r\n"),
        &format!("{{\"echo\": \"{secret}\", \"basic\": \"dXNlcjp0MGtlbi1vZi10aGUtY21z\"}}"),
    );
    let mut listener = Listener::start_with(&project, &["--once"], &[("CMS_TOKEN", secret)]);
    listener.send(&request);
    let as_json = listener.expect("request").to_string();
    let as_text = shown(&project, &["-v"], std::slice::from_ref(&request)).0;
    for printed in [as_json, as_text] {
        for telling in [secret, "dXNlcjp0MGtlbi1vZi10aGUtY21z", "abcdef"] {
            assert!(!printed.contains(telling), "{telling}: {printed}");
        }
        assert!(printed.contains("***"), "{printed}");
    }
    let (revealed, _) = shown(&project, &["-v", "--reveal"], &[request]);
    assert!(revealed.contains("Authorization: Bearer t0ken-of-the-cms"), "{revealed}");
}

#[test]
fn responses_are_as_configured() {
    let project = Project::new().file("body.bin", b"\xff\x00");
    for (arguments, expected) in [
        (
            ["--status", "503"].as_slice(),
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        (&["--status", "204"], "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
        (
            &["--status", "429", "--header", "Retry-After: 2", "--body", "later"],
            "HTTP/1.1 429 Too Many Requests\r\ncontent-type: text/plain; charset=utf-8\r\nRetry-After: 2\r\ncontent-length: 5\r\nconnection: close\r\n\r\nlater",
        ),
        (
            &["--redirect", "https://example.com/new"],
            "HTTP/1.1 302 Found\r\nlocation: https://example.com/new\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        (
            &["--redirect", "https://example.com/new", "--status", "308"],
            "HTTP/1.1 308 Permanent Redirect\r\nlocation: https://example.com/new\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        (
            &["--body", "@body.bin", "--delay", "10ms"],
            "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 2\r\nconnection: close\r\n\r\n\u{fffd}\u{0}",
        ),
        (&["--close"], ""),
    ] {
        let mut listener = Listener::start(&project, &[arguments, &["--once"]].concat());
        assert_eq!(listener.send(message("POST /", "", "{}")), expected, "{arguments:?}");
        let state = if expected.is_empty() { "closed" } else { "sent" };
        assert_eq!(listener.expect("request")["response"]["state"], state);
    }
}

#[test]
fn responses_rotate() {
    let mut listener = Listener::start(&Project::new(), &["--rotate", "500,close,201", "--count", "6"]);
    let answers: Vec<_> = (0..6).map(|_| listener.request("GET /", "", "")["response"].clone()).collect();
    let told: Vec<String> = answers
        .iter()
        .map(|answer| answer["status"].as_u64().map_or("closed".to_owned(), |n| n.to_string()))
        .collect();
    assert_eq!(told, ["500", "closed", "201", "500", "closed", "201"]);
}

#[test]
fn a_sender_that_does_not_wait_is_reported_as_gone() {
    let mut listener = Listener::start(&Project::new(), &["--delay", "20s", "--once"]);
    drop({
        let mut stream = listener.connect();
        stream.write_all(message("GET /", "", "").as_bytes()).unwrap();
        stream
    });
    assert_eq!(listener.expect("request")["response"]["state"], "gone");
}

#[test]
fn invalid_responses_are_refused_at_once() {
    for (arguments, said) in [
        (["--status", "100"].as_slice(), "invalid value '100'"),
        (&["--rotate", "200,x"], "expected statuses from 200 to 599 or `close`"),
        (&["--redirect", "https://example.com", "--status", "200"], "a redirect cannot have the status 200"),
        (&["--header", "Content-Length: 3"], "is set by hooks"),
        (&["--header", "a b: c"], "is not a valid header name"),
        (&["--header", "X-A: a\nb"], "would contain a line feed (LF)"),
        (&["--close", "--status", "200"], "cannot be used with"),
        (&["--body", "@no-such-file"], "no-such-file"),
    ] {
        hooks([["listen"].as_slice(), arguments].concat())
            .run()
            .any_code()
            .no_stdout()
            .stderr_with(|text| assert!(text.contains(said), "{arguments:?}: {text}"));
    }
}
