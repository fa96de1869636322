//! `--expect`: a contract test, with `hooks fire` as the sender.

use serde_json::{Value, json};
use snapbox::str;

use super::{Listener, unanswered};
use crate::harness::{Project, hooks, program, redact, with_hooks_in_path};
use crate::inspector::Client;
use crate::server::answering;

const TOKEN: (&str, &str) = ("CMS_TOKEN", "t0ken-of-the-cms");
const HOST: (&str, &str) = ("CMS_HOST", "cms.example.com");

#[test]
fn the_expected_request_ends_the_listener_with_success() {
    let project = Project::example();
    let mut listener = Listener::start(&project, &["--expect", "rsvp-to-cms"]);
    listener.request("GET /other", "", "");
    listener.fire(&project, "rsvp-to-cms", "/hooks/rsvp").success().ignore_output();
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("request 2 is the expected one"), "{}", ended.stderr);
    let expected = &ended.lines.last().unwrap()["expected"];
    let met = json!({
        "webhook": "rsvp-to-cms", "met": true, "not_delivered": null, "closest": 2, "differences": [],
    });
    assert_eq!(expected, &met);
}

#[test]
fn an_expected_request_that_is_not_delivered_is_a_failure() {
    let refusing = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    let accepting = answering("HTTP/1.1 204 No Content\r\n\r\n");
    for (url, code, why) in [
        (refusing.url("http://127.0.0.1", ""), 1, Some("the receiver responded with 404 Not Found")),
        (unanswered(), 1, Some("connect-refused")),
        (accepting.url("http://127.0.0.1", ""), 0, None),
    ] {
        let project = Project::example();
        let listener = Listener::start(&project, &["--expect", "rsvp-to-cms", "--forward", &url]);
        listener.fire(&project, "rsvp-to-cms", "/hooks/rsvp").any_code().ignore_output();
        let ended = listener.end();
        assert_eq!(ended.code, Some(code), "{url}: {}", ended.stderr);
        assert!(ended.stderr.contains("request 1 is the expected one"), "{}", ended.stderr);
        let expected = &ended.lines.last().unwrap()["expected"];
        assert_eq!((&expected["met"], &expected["not_delivered"]), (&json!(true), &json!(why)));
        // The text view has the sentence and the advice of the failure table.
        let sentence = why.filter(|why| *why == "connect-refused").map(|_| {
            let port = url.trim_end_matches('/').rsplit_once(':').unwrap().1;
            format!(
                "Nothing is listening on port {port} of 127.0.0.1.\n  = help: Start the receiver, or check the host and port in `--forward`."
            )
        });
        let says_why = sentence.as_deref().or(why).is_some_and(|why| {
            ended
                .stderr
                .contains(&format!("error[not-delivered]: request 1 matched, but was not delivered: {why}\n"))
        });
        assert_eq!(says_why, why.is_some(), "{}", ended.stderr);
    }
}

#[test]
fn data_and_changes_are_part_of_what_is_expected() {
    let project = Project::example().file(
        "answer.json",
        r#"{"email": "kim@example.com", "amount": 1, "status": "x", "payload": {"first_name": "Kim"}}"#,
    );
    for (changed, code) in [("amount=3", 0), ("amount=4", 1)] {
        let listener = Listener::start(
            &project,
            &["--expect", "rsvp-to-cms", "answer.json", "--set-json", "amount=3", "--for", "2s"],
        );
        let to = format!("{}/hooks/rsvp", listener.url);
        hooks(["fire", "rsvp-to-cms", "answer.json", "--set-json", changed, "--to", &to])
            .in_project(&project)
            .run()
            .success()
            .ignore_output();
        assert_eq!(listener.end().code, Some(code), "{changed}");
    }
}

#[test]
fn a_request_that_differs_fails_with_the_differences() {
    let project = Project::example();
    let mut listener = Listener::start(&project, &["--expect", "rsvp-to-cms", "--for", "1s"]);
    listener.request("GET /other", "", "");
    let to = format!("{}/hooks/rsvp?x=1", listener.url);
    hooks(["fire", "rsvp-to-cms", "--set-json", "amount=3", "--set", "email=kim@example.com", "--to", &to])
        .in_project(&project)
        .run()
        .success()
        .ignore_output();
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    let stderr = redact(ended.stderr.as_bytes(), &project);
    snapbox::assert_data_eq!(
        stderr,
        str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[not-received]: the expected request was not received; request 2 is the closest
          query: not expected: x=1
          body element_data.email: "kim@example.com", expected "jane.doe@example.com"
          body element_data.amount: 3, expected 2
          body user-email: "kim@example.com", expected "jane.doe@example.com"
          body seats: 3, expected 2
          body note: "3 seat(s), confirmed", expected "2 seat(s), confirmed"

"#]]
    );
    let expected = &ended.lines.last().unwrap()["expected"];
    assert_eq!((&expected["met"], &expected["closest"]), (&json!(false), &json!(2)), "{expected}");
    let first = json!({ "part": "query", "name": null, "expected": null, "actual": "x=1" });
    assert_eq!((&expected["differences"][0], expected["differences"].as_array().unwrap().len()), (&first, 6));
}

#[test]
fn without_a_request_expect_fails() {
    let project = Project::example();
    let ended = Listener::start(&project, &["--expect", "rsvp-to-cms", "--for", "100ms"]).end();
    assert_eq!(ended.code, Some(1));
    let nothing = json!({ "webhook": "rsvp-to-cms", "met": false, "not_delivered": null, "closest": null, "differences": [] });
    assert_eq!(ended.lines.last().unwrap()["expected"], nothing);
    let stderr = redact(ended.stderr.as_bytes(), &project);
    snapbox::assert_data_eq!(
        stderr,
        str![[r#"
using the built-in rsvp_answer sample; pass a JSON file to use your own data
error[not-received]: the expected request was not received: no requests arrived
  = help: check that it is sent to this URL

"#]]
    );
}

#[test]
fn secrets_are_compared_if_they_are_set_and_never_shown() {
    let project = Project::example();
    let arguments = ["--expect", "event-changes-to-cms", "--for", "1s"];
    for (token, code) in [(TOKEN.1, 0), ("an0ther-token", 1)] {
        let listener = Listener::start_with(&project, &arguments, &[TOKEN, HOST]);
        let to = format!("{}/api/events", listener.url);
        hooks(["fire", "event-changes-to-cms", "--to", &to])
            .in_project(&project)
            .env("CMS_TOKEN", token)
            .env("CMS_HOST", "elsewhere.example.com")
            .run()
            .success()
            .ignore_output();
        let ended = listener.end();
        assert_eq!(ended.code, Some(code), "{token}: {}", ended.stderr);
        let said = format!("{}{:?}", ended.stderr, ended.lines);
        assert!(!said.contains(TOKEN.1) && !said.contains("an0ther"), "{said}");
        assert_eq!(said.contains("header authorization: not the expected value"), code == 1, "{said}");
    }
}

#[test]
fn unset_secrets_are_not_compared_but_listed() {
    let project = Project::example();
    let listener = Listener::start(&project, &["--expect", "event-changes-to-cms", "--for", "5s"]);
    let to = format!("{}/api/events", listener.url);
    hooks(["fire", "event-changes-to-cms", "--to", &to])
        .in_project(&project)
        .env(TOKEN.0, TOKEN.1)
        .run()
        .success()
        .ignore_output();
    let ended = listener.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("`CMS_HOST` and `CMS_TOKEN` are not set: any value matches"),
        "{}",
        ended.stderr
    );
}

#[test]
fn an_invalid_expectation_is_refused_at_once() {
    let project = Project::example();
    for (arguments, code) in [
        (["listen", "--expect", "no-such"].as_slice(), 3),
        (&["listen", "--expect", "rsvp-to-cms", "--set-json", "payload={}"], 3),
        (&["listen", "--expect", "rsvp-to-cms", "--once"], 2),
        (&["listen", "answer.json"], 2),
    ] {
        hooks(arguments).in_project(&project).run().code(code).no_stdout().stderr_with(|text| {
            assert!(text.contains("error"), "{text}");
        });
    }
}

fn offered(listener: &Listener) -> String {
    let client = Client::of(listener.ready["inspector"].as_str().unwrap());
    let about: Value = serde_json::from_str(&client.get("/documents").body).unwrap();
    about["about"]["try"][0].as_str().unwrap().to_owned()
}

#[test]
fn the_example_command_sends_the_expected_request() {
    let answer = r#"{"email": "kim@example.com", "amount": 1, "status": "x", "payload": {"first_name": "Kim"},
        "prokey": "another-event"}"#;
    let project = Project::example().file("an answer.json", answer).file("empty.json", "{}");
    for (arguments, has) in [
        (["rsvp-to-cms"].as_slice(), "hooks fire rsvp-to-cms --to "),
        (
            &["rsvp-to-cms", "an answer.json", "--set-json", "amount=3", "--set", "email=a b"],
            "hooks fire rsvp-to-cms 'an answer.json' --set-json amount=3 --set 'email=a b' --to ",
        ),
        (
            &["rsvp-to-cms", "empty.json", "--allow-missing"],
            "hooks fire rsvp-to-cms empty.json --allow-missing --to ",
        ),
        (&["gala-guest-list", "an answer.json"], "hooks fire gala-guest-list 'an answer.json' --force --to "),
        (&["style-to-chat"], "hooks fire style-to-chat --force --to "),
    ] {
        let listener =
            Listener::start(&project, &[["--ui", "--for", "20s", "--expect"].as_slice(), arguments].concat());
        let command = offered(&listener);
        assert!(command.starts_with(has), "{command}");
        program("sh", ["-c", &command])
            .in_project(&project)
            .env("PATH", with_hooks_in_path())
            .run()
            .success()
            .ignore_output();
        let ended = listener.end();
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.stderr);
    }
}
