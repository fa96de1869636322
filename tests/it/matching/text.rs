//! The output for people.

use snapbox::str;

use super::{BODY, DEFINITIONS, matched, message, project};
use crate::harness::{Project, hooks};

#[test]
fn a_body_is_compared_without_the_rest_of_the_request() {
    let project = project().file("answer.json", BODY);
    let run = || hooks(["match", "answer.json"]).in_project(&project);
    run()
        .run()
        .success()
        .stdout(str![[r#"
request 1: a body (JSON, line 1, 295 B)
  match: answers (create rsvp_answer)
    same: element, body fields seats, who
  unknown: the trigger (requests do not contain it)
  unknown: method, URL, headers (not in the input)

"#]])
        .stderr(str![[r#"
1 request, 1 matched
hint: try `hooks preview answers answer.json` to see the whole request

"#]]);
}

#[test]
fn a_whole_request_is_matched_without_secrets_and_shows_none() {
    let project = project();
    matched(&project, message(BODY, BODY.len()), &[])
        .success()
        .stdout(str![[r#"
request 1: POST /hooks/answers?v=1 (HTTP message, line 1, 295 B)
  match: answers (create rsvp_answer)
    same: method, path, query, element, headers content-type, authorization, x-source, body fields seats, who
  unknown: the trigger (requests do not contain it)
  not compared: `${TOKEN}`

"#]])
        .stderr(str![[r#"
1 request, 1 matched
hint: try `hooks show answers` to see its definition

"#]]);
}

#[test]
fn a_truncated_body_is_reported_first() {
    let project = project();
    let cut = &BODY[..BODY.find("\"who\"").unwrap()];
    matched(&project, message(cut, BODY.len()), &[])
        .success()
        .stdout(str![[r#"
request 1: POST /hooks/answers?v=1 (HTTP message, line 1, 231 B)
  warning: the body is truncated: it has 231 of 295 bytes
  match: answers (create rsvp_answer)
    same: method, path, query, element, headers content-type, authorization, x-source, body field seats
  unknown: the trigger (requests do not contain it)
  unknown: the rest of the body
  not compared: `${TOKEN}`

"#]])
        .stderr(str![[r#"
1 request, 1 matched
hint: try `hooks show answers` to see its definition

"#]]);
    matched(&project, message("", BODY.len()), &[])
        .success()
        .stdout(str![[r#"
request 1: POST /hooks/answers?v=1 (HTTP message, line 1, 0 B)
  warning: the body is missing: `Content-Length` is 295
  match: answers (create rsvp_answer)
    same: method, path, query, headers content-type, authorization, x-source
  unknown: the trigger (requests do not contain it)
  not compared: `${TOKEN}`

"#]])
        .stderr(str![[r#"
1 request, 1 matched
hint: try `hooks show answers` to see its definition

"#]]);
}

#[test]
fn without_a_match_the_closest_is_shown_with_the_differences() {
    let project = project();
    let body = BODY.replace("\"seats\":2", "\"seats\":3");
    let other = "GET /favicon.ico HTTP/1.1\r\nHost: cms.example.com\r\n\r\n";
    let text = format!("{}\r\n\r\n{other}", message(&body, body.len()));
    matched(&project, text, &["-"])
        .code(1)
        .stdout(str![[r#"
request 1: POST /hooks/answers?v=1 (HTTP message, line 1, 295 B)
  no match, closest: answers (create rsvp_answer)
          body seats: 3, expected 2
    same: method, path, query, element, headers content-type, authorization, x-source, body field who
    then: gala (5 differences)
  unknown: the trigger (requests do not contain it)
  not compared: `${TOKEN}`
request 2: GET /favicon.ico (HTTP message, line 10, 0 B)
  no match (no similar webhook)

"#]])
        .stderr(str![[r#"
2 requests, 0 matched
`webhooks.toml` may be out of date: the webhook may have changed in the account
hint: try `hooks show answers` and compare it with the webhook in the app

"#]]);
}

#[test]
fn a_webhook_with_an_id_can_be_compared_with_the_account() {
    let project = Project::new().definitions(&DEFINITIONS.replacen(
        "[webhooks.answers]",
        "[webhooks.answers]\nid = 67",
        1,
    ));
    let body = BODY.replace("\"seats\":2", "\"seats\":3");
    matched(&project, message(&body, body.len()), &["-"]).code(1).ignore_stdout().stderr_with(|text| {
        assert!(text.contains("hint: try `hooks diff answers` to compare it with the account\n"), "{text}");
    });
}

#[test]
fn an_element_without_a_request_around_it_is_recognized() {
    let element: serde_json::Value = serde_json::from_str(BODY).unwrap();
    let project = project().file("element.json", element["element_data"].to_string());
    let run = hooks(["match", "element.json"]).in_project(&project).run();
    run.code(1)
        .stdout(str![[r#"
request 1: a body (JSON, line 1, 204 B)
  no match (this is a bare rsvp_answer element; a webhook sends it inside `element_data`)
  unknown: method, URL, headers (not in the input)

"#]])
        .stderr(str![[r#"
1 request, 0 matched
hint: try `hooks trigger create rsvp_answer element.json --dry-run` to see which webhooks it fires

"#]]);
}

#[test]
fn lines_fit_narrow_terminals() {
    let project = project();
    for columns in ["80", "60"] {
        let mut printed = String::new();
        hooks(["match"])
            .in_project(&project)
            .env("COLUMNS", columns)
            .stdin(message(&BODY.replace("\"seats\":2", "\"seats\":3"), BODY.len()))
            .run()
            .code(1)
            .stdout_with(|text| text.clone_into(&mut printed))
            .stderr_with(|_| ());
        let columns: usize = columns.parse().unwrap();
        assert!(printed.lines().all(|line| line.chars().count() <= columns), "{printed}");
        assert!(printed.lines().count() > 5, "{printed}");
    }
}

#[test]
fn unreadable_input_is_an_error_with_its_position() {
    let project = project();
    for (text, place) in [
        ("hello, here is nothing", "no request in a known format"),
        ("", "is empty"),
        ("{\"a\": 1,}", "<stdin>"),
    ] {
        matched(&project, text, &["-"]).code(3).no_stdout().stderr_with(|said| {
            assert!(said.contains(place) || place == "<stdin>" && said.contains("1:8"), "{said}");
        });
    }
    matched(&project, "\n\ncurl https://x.example.com -X POST --frobnicate\n", &["-"])
        .code(3)
        .no_stdout()
        .stderr(str![[r#"
error[curl-option]: unknown curl option `--frobnicate`
--> standard input:3:36
 = help: check the spelling, or remove it if it does not change the request


"#]]);
    let run = matched(&project, "curl https://x.example.com -H 'A: b\n", &["-"]);
    run.code(3).no_stdout().stderr(str![[r#"
error[curl-quoting]: this single quote is not closed
--> standard input:1:31
 = help: the command may be truncated: pass the whole command


"#]]);
    let run = hooks(["match", "no-such-file"]).in_project(&project).run();
    run.code(3).no_stdout().stderr_with(|said| assert!(said.contains("no-such-file"), "{said}"));
}

#[test]
fn a_history_record_can_be_matched() {
    let project = project();
    let server = crate::server::Server::start([
        crate::server::Step::Read,
        crate::server::say("HTTP/1.1 204 No Content\r\n\r\n"),
    ]);
    let to = server.url("http://127.0.0.1", "/hooks/answers?v=1");
    hooks(["fire", "answers", "--to", &to])
        .in_project(&project)
        .env("TOKEN", "t0ken-of-mine")
        .run()
        .success()
        .stdout_with(|_| ())
        .stderr_with(|_| ());
    hooks(["match", "1", "--json"])
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|text| {
            let line: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(
                (&line["matches"][0], &line["format"]),
                (&"answers".into(), &"history".into()),
                "{line}"
            );
            assert_eq!(line["method"], "POST");
            assert!(line["masked"].as_u64().unwrap() > 0, "{line}");
        })
        .stderr_with(|_| ());
    for missing in ["7", "r7"] {
        let run = hooks(["match", missing]).in_project(&project).run();
        run.code(3).no_stdout().stderr_with(|said| assert!(said.contains("the history has no"), "{said}"));
    }
}

#[test]
fn a_webhook_whose_request_cannot_be_built_is_named_only_if_nothing_matches() {
    let broken =
        "[webhooks.broken]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"nowhere\"\n";
    let project = Project::new().definitions(&format!("{DEFINITIONS}\n{broken}"));
    matched(&project, BODY, &[])
        .success()
        .ignore_stdout()
        .stderr_with(|text| assert!(!text.contains("broken"), "{text}"));
    matched(&project, "{\"other\":1}", &[]).code(1).ignore_stdout().stderr_with(|text| {
        assert!(text.contains("warning: not compared with `broken`: the request cannot be built"), "{text}");
    });
}
