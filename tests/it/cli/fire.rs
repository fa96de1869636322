//! `hooks fire`: what arrives, what is shown, and how it ends.

use serde_json::json;
use snapbox::str;

use super::{NO_CONTENT, findings, fire_at, project, receiver, refused, request, rsvp};
use crate::harness::{Outcome, Project, hooks};
use crate::server::certificates::{Authority, Identity};
use crate::server::{Server, Step, answering, say};

fn answer(status: &str, rest: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{rest}")
}

#[test]
fn a_delivery_shows_the_whole_response() {
    let body = r#"{"ok": true, "seen": [1.10]}"#;
    let server = answering(&answer("201 Created", &format!("content-length: {}\r\n\r\n{body}", body.len())));
    fire_at(&server, &project(""), &[])
        .success()
        .stdout(str![[r#"
delivered  201 Created
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 201 Created
│ content-type: application/json
│ content-length: 28
│ 
│ {
│   "ok": true,
│   "seen": [
│     1.10
│   ]
│ }

"#]])
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing w: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
recorded as delivery 1: `hooks history 1`

"#]]);
    assert_eq!(request(&server).line, "POST /hook HTTP/1.1");
}

#[test]
fn a_reason_phrase_is_shown_with_secrets_masked() {
    let server = answering(&answer("500 Oops s3cret-of-ours", "content-length: 0\r\n\r\n"));
    let rest = "[webhooks.w.header]\nX-Key = \"${KEY}\"\n";
    let project = Project::new().definitions(&rsvp(&server.url("http://127.0.0.1", "/"), rest));
    hooks(["fire", "w"])
        .in_project(&project)
        .env("KEY", "s3cret-of-ours")
        .run()
        .code(1)
        .stdout(str![[r#"
failed  500 Oops ***
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 500 Oops ***
│ content-type: application/json
│ content-length: 0

"#]])
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing w: POST http://127.0.0.1:[PORT]/
error[server-error]: The receiver failed to process the request (500 Oops ***).
  = help: Check the receiver's log at this time; the request itself may be correct.
recorded as delivery 1: `hooks history 1`

"#]]);
}

#[test]
fn preview_shows_the_bytes_that_arrive() {
    let rest = "[webhooks.w.header]\nAuthorization = \"Bearer ${KEY}\"\nX-Note = \"{{email}}\"\n[webhooks.w.body]\nx = \"{{payload}}\"\ny = \"${KEY}\"\n";
    let server = answering(NO_CONTENT);
    let project =
        Project::new().definitions(&rsvp(&server.url("http://127.0.0.1", "/a/../b?c=${KEY}"), rest));
    let element = r#"{"email": "a 'b' $c \\ @", "payload": {"ü": [1E400, null]}}"#;
    let run = |arguments: &[&str]| {
        hooks(arguments).in_project(&project).env("KEY", "k1&k2=\"ä").stdin(element).run()
    };
    let fired = run(&["fire", "w", "-"]);
    fired
        .success()
        .stdout(str![[r#"
delivered  204 No Content
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 204 No Content

"#]])
        .stderr(str![[r#"
warning[header-non-ascii]: the header `Authorization` contains non-ASCII characters, which are sent as UTF-8
 --> webhooks.toml:6:17
  |
6 | Authorization = "Bearer ${KEY}"
  |                 ^^^^^^^^^^^^^^^
  |
  = help: use a body field: not every receiver decodes them, and how the platform sends them is not known

firing w: POST http://127.0.0.1:[PORT]/b?c=***
recorded as delivery 1: `hooks history 1`

"#]]);
    run(&["preview", "w", "-", "--format", "http", "--reveal", "-q"])
        .success()
        .stdout_is(server.received())
        .no_stderr();
}

#[test]
fn each_outcome_has_its_exit_code() {
    for (answer, code, failure) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 0, None),
        ("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", 1, Some("unauthorized")),
        ("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", 1, Some("unavailable")),
        (
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n",
            1,
            Some("redirect"),
        ),
        ("", 4, Some("empty-response")),
        ("gibberish\r\n\r\n", 4, Some("bad-response")),
    ] {
        let server = answering(answer);
        let outcome = fire_at(&server, &project(""), &["--json"]);
        let state = match code {
            0 => "delivered",
            1 => "failed",
            _ => "in_doubt",
        };
        outcome
            .code(code)
            .stdout_json(|delivery| {
                assert_eq!(delivery["version"], 1);
                assert_eq!(
                    (&delivery["webhook"], &delivery["state"]),
                    (&json!("w"), &json!(state)),
                    "{delivery}"
                );
                assert_eq!(
                    delivery["failure"].get("name"),
                    failure.map(|name| json!(name)).as_ref(),
                    "{delivery}"
                );
                assert_eq!(delivery["data"], "the built-in sample of rsvp_answer");
                assert_eq!(delivery["status"].is_null(), code == 4);
                assert!(delivery["phases_ms"]["total"].is_number());
            })
            .stderr_with(|text| assert_eq!(findings(text), Vec::from_iter(failure), "{text}"));
        // Redirects are not followed, and nothing is retried.
        assert_eq!(request(&server).line, "POST /hook HTTP/1.1");
    }
}

#[test]
fn a_refused_connection_is_exit_code_4() {
    let outcome = hooks(["fire", "w", "--to", "http://127.0.0.1:1/"]).in_project(&project("")).run();
    outcome
        .code(4)
        .stdout(str![[r#"
not sent
total [TIME]

"#]])
        .stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing w: POST http://127.0.0.1:1/ instead of its payload URL (path `/hook`)
error[connect-refused]: Nothing is listening on port 1 of 127.0.0.1.
  = help: Start the receiver, or check the host and port in `--to`.
recorded as delivery 1: `hooks history 1`

"#]]);
}

#[test]
fn a_redirect_names_the_new_url() {
    let server = answering(
        "HTTP/1.1 302 Found\r\nlocation: https://www.example.com/login\r\ncontent-length: 0\r\n\r\n",
    );
    fire_at(&server, &project(""), &[]).code(1).stdout(str![[r#"
failed  302 Found
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 302 Found
│ location: https://www.example.com/login
│ content-length: 0

"#]]).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing w: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
error[redirect]: The receiver responded with 302 Found, a redirect to `https://www.example.com/login`.
  = help: Set `--to` to `https://www.example.com/login`: webhooks do not follow redirects. If that is a login page, the receiver expects credentials instead.
recorded as delivery 1: `hooks history 1`

"#]]);
}

#[test]
fn a_receiver_that_does_not_respond_times_out() {
    let server = Server::start([Step::Read, Step::Hold]);
    let outcome = fire_at(&server, &project(""), &["--timeout", "300ms"]);
    outcome.code(4).stdout(str![[r#"
in doubt
connect [TIME] · total [TIME]

"#]]).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
firing w: POST http://127.0.0.1:[PORT]/hook instead of its payload URL
error[response-timeout]: 127.0.0.1:[PORT] accepted the request but did not respond within [TIME].
  = help: Respond first and do the work afterwards: a receiver should respond within a few seconds. Before sending the request again, check at the receiver whether it arrived.
recorded as delivery 1: `hooks history 1`

"#]]);
}

#[test]
fn json_contains_a_nonstandard_reason_phrase() {
    for (line, reason) in [("401 Key Expired", Some("Key Expired")), ("401 Unauthorized", None)] {
        let server = answering(&format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n"));
        fire_at(&server, &project(""), &["--json"])
            .code(1)
            .stdout_json(|delivery| assert_eq!(delivery["response"].get("reason"), Some(&reason.into())))
            .ignore_stderr();
    }
}

#[test]
fn a_time_limit_of_zero_is_no_limit() {
    for option in ["--timeout", "--connect-timeout"] {
        let server = answering(NO_CONTENT);
        fire_at(&server, &project(""), &[option, "0"])
            .success()
            .stdout_with(|text| assert!(text.contains("204"), "{option}: {text}"))
            .ignore_stderr();
    }
}

#[test]
fn a_long_response_is_truncated_with_a_note() {
    let lines = |body: &str| {
        let server = answering(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
        let mut shown = Vec::new();
        fire_at(&server, &project(""), &[])
            .success()
            .stdout_with(|text| shown = text.lines().skip(6).map(str::to_owned).collect())
            .ignore_stderr();
        shown
    };
    let many = lines(&"x\n".repeat(100));
    assert_eq!(
        (many.len(), many[60].as_str()),
        (61, "│ … 79 more bytes; `--json` shows everything that was kept")
    );
    let wide = lines(&"ä".repeat(20_000));
    assert_eq!(
        (wide.len(), wide[1].as_str()),
        (2, "│ … 23616 more bytes; `--json` shows everything that was kept")
    );
}

#[test]
fn echo_shows_the_request_as_it_arrived() {
    let rest = "[webhooks.w.header]\nX-Key = \"hunter2\"\n[webhooks.w.body]\nx = \"{{email}}\"\n";
    let project = Project::new().definitions(&rsvp("https://example.com/a?b=c", rest));
    let echo = |arguments: &[&str]| {
        hooks(["fire", "w", "-", "--echo"].iter().chain(arguments))
            .in_project(&project)
            .stdin(r#"{"email":"é"}"#)
            .run()
    };
    echo(&[])
        .success()
        .stdout(str![[r#"
│ POST /a?b=c HTTP/1.1
│ host: 127.0.0.1:[PORT]
│ user-agent: hooks/[VERSION]
│ accept: */*
│ content-type: application/json
│ x-key: ***
│ content-length: 40
│ 
│ {
│   "element_data": {
│     "email": "é"
│   },
│   "x": "é"
│ }

delivered  200 OK
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 200 OK
│ content-type: application/json
│ content-length: 17
│ 
│ {
│   "received": true
│ }

"#]])
        .stderr(str![[r#"
firing w: POST http://127.0.0.1:[PORT]/a?b=c, the receiver of `--echo`, instead of its payload URL
request as received:
hint: 1 value masked; use `--reveal` to show all
recorded as delivery 1: `hooks history 1`

"#]]);
    echo(&["--reveal"])
        .success()
        .stdout_with(|text| assert!(text.contains("│ x-key: hunter2\n"), "{text}"))
        .ignore_stderr();
    echo(&["--json"]).success().stdout_json(|delivery| assert_eq!(delivery["status"], 200)).ignore_stderr();
}

#[test]
fn echo_accepts_a_body_of_any_size() {
    let element = format!("{{\"email\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let project = project("").file("big.json", element);
    let outcome = hooks(["fire", "w", "big.json", "--echo"]).in_project(&project).run();
    outcome
        .success()
        .stdout_with(|text| {
            assert!(text.contains("more bytes; `hooks preview --format body` prints all of it"), "{text}");
        })
        .ignore_stderr();
}

#[test]
fn a_webhook_that_would_not_fire_is_refused_without_force() {
    let server = receiver();
    let fire = |rest: &str, arguments: &[&str]| fire_at(&server, &project(rest), arguments);
    let no = |outcome: Outcome| outcome.code(1).no_stdout();
    let inactive = "active = false\n";
    no(fire(inactive, &[])).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error: `w` would not fire: inactive
  = help: use `--force` to send it anyway

"#]]);
    let filtered = "prokey_filter = \"p-1\"\n";
    no(fire(filtered, &["--set", "prokey=p-2"])).stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error: `w` would not fire: its prokey filter `p-1` does not match `p-2`
  = help: use `--force` to send it anyway

"#]]);
    assert_eq!(server.visits(), 0);
    for (rest, arguments) in [
        (inactive, &["--force"][..]),
        (filtered, &["--force", "--set", "prokey=p-2"]),
        (filtered, &["--set", "prokey=p-1"]),
        // The built-in sample passes every filter.
        (filtered, &[]),
    ] {
        fire(rest, arguments).success().ignore_output();
    }
    assert_eq!(server.visits(), 4);
}

#[test]
fn certificates_are_checked_unless_insecure() {
    let authority = Authority::new("own");
    let identity =
        |issued: Identity| Server::start([Step::Tls(issued.server()), Step::Read, say(NO_CONTENT)]);
    let server = identity(authority.issue(&["localhost"], |_| {}));
    let project = project("").file("own.pem", authority.pem()).file("none.pem", "nothing");
    let url = server.url("https://localhost", "/hook");
    let fire = |arguments: &[&str]| {
        hooks(["fire", "w", "--to", &url].iter().chain(arguments)).in_project(&project).run()
    };
    fire(&["--json"])
        .code(4)
        .stdout_json(|delivery| {
            assert_eq!(
                (&delivery["state"], &delivery["failure"]["name"]),
                (&json!("not_sent"), &json!("tls-unknown-issuer"))
            );
        })
        .ignore_stderr();
    fire(&["--cacert", "own.pem"])
        .success()
        .ignore_stdout()
        .stderr_with(|text| assert!(!text.contains("warning"), "{text}"));
    fire(&["--insecure"]).success().ignore_stdout().stderr(str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
warning: TLS certificates are not checked: anyone on the network path can read and change the request
firing w: POST https://localhost:[PORT]/hook instead of its payload URL
warning: Ignored because of `--insecure`: the certificate of localhost:[PORT] was issued by an authority that this machine does not trust.
  = help: Use `--insecure` for tests only: anyone on the network path can read and change the request.
recorded as delivery 3: `hooks history 3`

"#]]);
    refused(fire(&["--cacert", "none.pem"]), &["cacert"]);
    refused(fire(&["--cacert", "nope.pem"]), &["cacert"]);
}

#[test]
fn a_proxy_is_used_except_for_this_machine() {
    let proxy = answering(NO_CONTENT);
    let project = project("");
    let through = |arguments: &[&str]| {
        let url = format!("http://me:hunter2@{}", proxy.address());
        hooks(["fire", "w"].iter().chain(arguments)).in_project(&project).env("HTTP_PROXY", url).run()
    };
    through(&["--json"])
        .success()
        .stdout_json(|delivery| assert_eq!(delivery["proxy"], proxy.address().to_string()))
        .stderr_with(|text| assert!(!text.contains("hunter2"), "{text}"));
    assert_eq!(request(&proxy).line, "POST http://receiver.invalid/hook HTTP/1.1");
    let server = answering(NO_CONTENT);
    let url = server.url("http://127.0.0.1", "/");
    through(&["--to", &url]).success().ignore_output();
    assert_eq!(proxy.visits(), 1);
}
