//! `hooks replay`: sending recorded deliveries again.

use snapbox::str;

use super::{BROKEN, OK, delivered_once, ends, ids, project, rows, run};
use crate::harness::{Project, hooks};
use crate::server::{Server, Step, answering, say};

/// The bodies that a receiver got, in order.
fn bodies(server: &Server) -> Vec<serde_json::Value> {
    let received = String::from_utf8(server.received()).unwrap();
    let bodies = received.split("\r\n\r\n").skip(1);
    bodies.map(|body| serde_json::Deserializer::from_str(body).into_iter().next().unwrap().unwrap()).collect()
}

/// Replaces a text in the definitions.
fn change(project: Project, from: &str, to: &str) -> Project {
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    assert!(text.contains(from));
    let changed = text.replace(from, to);
    project.definitions(&changed)
}

#[test]
fn the_recorded_element_is_rendered_with_the_current_definition() {
    let server = answering(OK);
    let project = project(&server);
    let project = project.file("answer.json", r#"{"id": "1", "email": "jane@example.com", "amount": 1.10}"#);
    ends(&project, &["fire", "a", "answer.json", "--set", "email=max@example.com"], 0);
    let project = change(project.file("answer.json", "{}"), "mail = ", "address = ");
    run(&project, &["replay", "1"])
        .success()
        .stdout(str![[r#"
delivered  200 OK
connect [TIME] · first byte [TIME] · total [TIME]

│ HTTP/1.1 200 OK
│ content-length: 2
│ 
│ ok

"#]])
        .stderr(str![[r#"
firing a: POST http://127.0.0.1:[PORT]/a
recorded as delivery 2: `hooks history 2`

"#]]);
    let bodies = bodies(&server);
    assert_eq!(bodies[0]["mail"], "max@example.com");
    assert_eq!(bodies[1]["address"], "max@example.com");
    assert_eq!(bodies[1]["mail"], serde_json::Value::Null);
    assert!(String::from_utf8_lossy(&server.received()).matches("1.10").count() == 2);
    let rows = rows(&project, &[]);
    assert_eq!((&rows[0]["replay_of"], &rows[0]["id"]), (&1.into(), &2.into()));
}

#[test]
fn with_as_sent_the_recorded_body_is_sent_byte_for_byte() {
    let (server, project) = delivered_once();
    let project = change(project, "mail = ", "address = ");
    ends(&project, &["replay", "1", "--as-sent"], 0);
    let received = String::from_utf8(server.received()).unwrap();
    let bodies: Vec<_> =
        received.split("\r\n\r\n").skip(1).map(|rest| rest.split("POST ").next().unwrap()).collect();
    assert_eq!(bodies[0], bodies[1]);
    let lengths: Vec<_> = received.lines().filter(|line| line.starts_with("content-length")).collect();
    assert_eq!(lengths[0], lengths[1]);
}

#[test]
fn secrets_come_from_the_environment_again_and_a_masked_body_is_not_sent() {
    let server = answering(OK);
    let project = change(project(&server), "mail = ", "key = \"${KEY}\"\nmail = ");
    let fire = |arguments: &[&str], key: &str| hooks(arguments).in_project(&project).env("KEY", key).run();
    fire(&["fire", "a"], "first-secret").success().stdout_with(|_| ()).stderr_with(|_| ());
    fire(&["replay", "1"], "second-secret").success().stdout_with(|_| ()).stderr_with(|_| ());
    let bodies = bodies(&server);
    assert_eq!((&bodies[0]["key"], &bodies[1]["key"]), (&"first-secret".into(), &"second-secret".into()));
    fire(&["replay", "1", "--as-sent"], "second-secret").code(1).no_stdout().stderr(str![[r#"
error: delivery 1: the recorded body contains masks instead of secrets
  = help: omit `--as-sent` to render it with its secrets

"#]]);
    assert_eq!(server.visits(), 2);
}

#[test]
fn an_element_with_masks_is_not_sent() {
    let server = answering(OK);
    let project = change(project(&server), "mail = ", "key = \"${KEY}\"\nmail = ");
    let run = |arguments: &[&str]| hooks(arguments).in_project(&project).env("KEY", "jane.doe").run();
    run(&["fire", "a"]).success().stdout_with(|_| ()).stderr_with(|_| ());
    run(&["replay", "1"]).code(1).no_stdout().stderr(str![[r#"
error: delivery 1: the recorded element contains masks instead of secrets
  = help: `hooks fire WEBHOOK DATA` builds the request from the original data

"#]]);
}

#[test]
fn a_delivery_to_another_url_is_replayed_to_that_url() {
    let server = answering(OK);
    let other = answering(OK);
    let project = project(&server);
    ends(&project, &["fire", "a", "--to", &other.url("http://127.0.0.1", "/x")], 0);
    ends(&project, &["replay", "1"], 0);
    assert_eq!((server.visits(), other.visits()), (0, 2));
    ends(&project, &["replay", "1", "--to", &server.url("http://127.0.0.1", "/y")], 0);
    assert_eq!((server.visits(), other.visits()), (1, 2));
    ends(&project, &["fire", "a", "--to", &other.url("http://127.0.0.1", "/x?token=abcdef")], 0);
    run(&project, &["replay", "4"]).code(1).no_stdout().stderr(str![[r#"
error: delivery 4: it was sent to a URL with credentials, which are not recorded
  = help: repeat the URL with `--to URL`

"#]]);
}

#[test]
fn a_delivery_to_echo_goes_to_another_receiver_only_on_request() {
    let server = answering(OK);
    let project = project(&server);
    ends(&project, &["fire", "a", "--echo"], 0);
    run(&project, &["replay", "1"]).code(1).no_stdout().stderr(str![[r#"
error: delivery 1: it was sent to the receiver of `--echo`, which no longer exists
  = help: use `--to URL` to name another, or `--force` to send to the payload URL

"#]]);
    assert_eq!(server.visits(), 0);
    ends(&project, &["replay", "1", "--force"], 0);
    assert_eq!(server.visits(), 1);
}

#[test]
fn a_webhook_that_would_no_longer_fire_is_refused() {
    let (server, project) = delivered_once();
    ends(&project, &["disable", "a"], 0);
    run(&project, &["replay", "1"]).code(1).no_stdout().stderr(str![[r#"
error: delivery 1: `a` would not fire: inactive
  = help: use `--force` to send it anyway

"#]]);
    assert_eq!(server.visits(), 1);
    ends(&project, &["replay", "1", "--force"], 0);
    ends(&project, &["remove", "a", "--yes"], 0);
    run(&project, &["replay", "1"]).code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("has no webhook `a`"), "{text}");
    });
}

#[test]
fn the_definitions_are_those_of_the_delivery_unless_others_are_named() {
    let (server, project) = delivered_once();
    let other = answering(OK);
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let text = text.replace(&server.address().to_string(), &other.address().to_string());
    let project = project.file("other/webhooks.toml", text);
    let run = |arguments: &[&str]| hooks(arguments).in_project(&project).in_folder("other").run();
    run(&["replay", "1"]).success().stdout_with(|_| ()).stderr_with(|_| ());
    assert_eq!((server.visits(), other.visits()), (2, 0));
    let _ =
        run(&["replay", "1", "--file", "webhooks.toml"]).success().stdout_with(|_| ()).stderr_with(|_| ());
    assert_eq!((server.visits(), other.visits()), (2, 1));
}

#[test]
fn failed_deliveries_are_replayed_once_and_those_in_doubt_are_left_out() {
    let server = Server::start_in_turn(vec![
        vec![Step::Read, say(BROKEN)],
        vec![Step::Read, say(OK)],
        vec![Step::Read],
        vec![Step::Read, say(BROKEN)],
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(BROKEN)],
        vec![Step::Read, say(OK)],
    ]);
    let project = project(&server);
    for (webhook, code) in [("a", 1), ("a", 0), ("b", 4), ("b", 1)] {
        ends(&project, &["fire", webhook], code);
    }
    // 1 is delivered now; 4 fails again, as delivery 6.
    run(&project, &["replay", "--failed"])
        .code(1)
        .stdout(str![[r#"
delivered a  200 OK  [TIME]
failed b  500 Internal Server Error  [TIME]

"#]])
        .stderr(str![[r#"
hint: skipped 1 delivery in doubt, which may have arrived; `hooks history --status in_doubt` lists them
firing a: POST http://127.0.0.1:[PORT]/a
recorded as delivery 5: `hooks history 5`
firing b: POST http://127.0.0.1:[PORT]/b
error[server-error]: The receiver failed to process the request (500 Internal Server Error).
  = help: Check the receiver's log at this time; the request itself may be correct.
recorded as delivery 6: `hooks history 6`
delivered 1, failed 1 of 2

"#]]);
    assert_eq!(ids(&project, &["--status", "failed"]), [6, 4, 1]);
    ends(&project, &["replay", "--failed", "--webhook", "a"], 1);
    run(&project, &["replay", "--failed", "--since", "1h", "--json"])
        .success()
        .stderr_with(|_| ())
        .stdout_json(|shape| {
            assert_eq!((&shape["data"], &shape["state"]), (&"delivery 6".into(), &"delivered".into()));
        });
    run(&project, &["replay", "--failed"]).code(1).no_stdout().stderr(str![[r#"
hint: skipped 1 delivery in doubt, which may have arrived; `hooks history --status in_doubt` lists them
error: nothing to replay: every failed delivery has been replayed
  = help: see `hooks history` for all deliveries; use `--all` to include other definitions files

"#]]);
    assert_eq!(server.visits(), 7);
}

#[test]
fn received_requests_are_not_compared() {
    let (_server, project) = delivered_once();
    run(&project, &["history", "diff", "1", "r1"]).code(2).no_stdout().stderr_with(|said| {
        assert!(said.contains("error: received requests cannot be compared"), "{said}");
    });
}

#[test]
fn a_failure_of_several_deliveries_is_explained_once() {
    let (_server, project) = delivered_once();
    let closed = "http://127.0.0.1:1/";
    run(&project, &["replay", "1", "1", "1", "--to", closed]).code(4).stdout_with(|_| ()).stderr_with(
        |said| {
            assert_eq!(
                (said.matches("firing a").count(), said.matches("error[connect-refused]").count()),
                (3, 1),
                "{said}"
            );
        },
    );
}

#[test]
fn if_one_request_cannot_be_built_none_is_sent() {
    let (server, project) = delivered_once();
    ends(&project, &["fire", "b"], 0);
    ends(&project, &["disable", "b"], 0);
    ends(&project, &["replay", "1", "2"], 1);
    ends(&project, &["replay", "1", "99"], 1);
    ends(&project, &["replay"], 2);
    assert_eq!(server.visits(), 2);
    assert_eq!(ids(&project, &[]), [2, 1]);
}

#[test]
fn failures_for_another_definitions_file_are_replayed_only_with_all() {
    let server = answering(BROKEN);
    let project = project(&server);
    let definitions = project.read("webhooks.toml");
    let project = project.file("other/webhooks.toml", definitions).file("sub/.keep", "");
    let in_folder =
        |folder: &str, arguments: &[&str]| hooks(arguments).in_project(&project).in_folder(folder).run();
    in_folder("other", &["fire", "a"]).code(1).stdout_with(|_| ()).stderr_with(|_| ());
    run(&project, &["replay", "--failed"]).code(1).no_stdout().stderr_with(|said| {
        assert!(said.contains("nothing to replay"), "{said}");
    });
    run(&project, &["history"]).success().no_stdout().stderr(str![[r#"
the history has no deliveries for this definitions file yet
hint: not shown: 1 delivery for other definitions files; use `--all` to include them

"#]]);
    assert_eq!(ids(&project, &["--all"]), [1]);
    // The same file is found from a directory below it.
    in_folder("sub", &["fire", "b"]).code(1).stdout_with(|_| ()).stderr_with(|_| ());
    assert_eq!(ids(&project, &[]), [2]);
    run(&project, &["replay", "--failed", "--dry-run"])
        .success()
        .stdout(str![[r#"
delivery 2 of b: POST http://127.0.0.1:[PORT]/b

"#]])
        .stderr(str![[r#"
dry run: 1 request to send; none was sent

"#]]);
    run(&project, &["replay", "--failed", "--all"]).code(1).stdout_with(|_| ()).stderr_with(|said| {
        assert!(said.contains("delivered 0, failed 2 of 2"), "{said}");
    });
}

#[test]
fn without_a_definitions_file_nothing_is_covered_unless_all_is_given() {
    let server = answering(BROKEN);
    let project = Project::new().file("sub/webhooks.toml", project(&server).read("webhooks.toml"));
    let fired = hooks(["fire", "a"]).in_project(&project).in_folder("sub").run();
    fired.code(1).stdout_with(|_| ()).stderr_with(|_| ());
    for arguments in [&["replay", "--failed"][..], &["replay", "--failed", "--yes"]] {
        run(&project, arguments).code(1).no_stdout().stderr(str![[r#"
error: no definitions file in use, so no failed deliveries are selected
  = help: run this in the directory of `webhooks.toml`, name the file with `--file`, or use `--all` to replay those of all definitions files

"#]]);
    }
    assert_eq!(server.visits(), 1);
    run(&project, &["history"]).success().no_stdout().stderr(str![[r#"
no definitions file in use, so no deliveries are listed
hint: not shown: 1 delivery for other definitions files; use `--all` to include them

"#]]);
    assert_eq!(ids(&project, &[]), [0; 0]);
    assert_eq!(ids(&project, &["--all"]), [1]);
    ends(&project, &["replay", "--failed", "--all"], 1);
    ends(&project, &["replay", "1"], 1);
    assert_eq!(server.visits(), 3);
}

#[test]
fn nothing_leaves_this_machine_without_confirmation() {
    let (server, project) = delivered_once();
    let own = server.url("http://127.0.0.1", "/a");
    let project = change(project, &own, "https://cms.example.com/a");
    run(&project, &["replay", "1"]).code(2).no_stdout().stderr(str![[r#"
error: confirmation required without a terminal: 1 request to send
  = help: use `--yes` to send, or `--dry-run` to see what would be sent

"#]]);
    run(&project, &["replay", "1", "--dry-run", "--json"])
        .success()
        .stdout(str![[r#"
{"version":1,"webhook":"a","method":"POST","url":"https://cms.example.com/a"}

"#]])
        .stderr_with(|_| ());
    assert_eq!(server.visits(), 1);
}
