//! `hooks history runs`

use snapbox::str;

use super::receiver::{Receiver, ok, status};
use super::{fired, project, run_of};
use crate::harness::{Outcome, Project, hooks};

fn runs(project: &Project, more: &[&str]) -> Outcome {
    hooks([&["history", "runs"], more].concat()).in_project(project).run()
}

/// A run that is complete, one that was stopped, and one of standard input.
fn three() -> (Receiver, Project) {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 2) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 5);
    fired(&project, &[], 0);
    fired(&project, &["--stop-after", "1", "--concurrency", "1"], 1);
    hooks(["fire", "a", "-", "--each"])
        .in_project(&project)
        .stdin(super::lines(1..=2))
        .run()
        .success()
        .stdout_with(|_| ())
        .stderr_with(|_| ());
    (receiver, project)
}

/// The day and time of a run.
fn without_times(text: &str) -> String {
    regex::Regex::new(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+Z)?")
        .unwrap()
        .replace_all(text, "[WHEN]")
        .into_owned()
}

#[test]
fn runs_are_listed_with_what_became_of_them() {
    let (_receiver, project) = three();
    runs(&project, &[]).success().no_stderr().stdout_with(|text| {
        snapbox::assert_data_eq!(
            without_times(text),
            str![[r#"
RUN  TIME (UTC)           WEBHOOK  DATA            DELIVERED  OTHERS               STATE
3    [WHEN]  a        standard input  2 of 2     -                    ended
2    [WHEN]  a        data.jsonl      2 of 5     1 failed, 2 pending  resumable
1    [WHEN]  a        data.jsonl      5 of 5     -                    ended

"#]]
        );
    });
    runs(&project, &["--limit", "1", "--json"]).success().no_stderr().stdout_with(|text| {
        assert_eq!(text.lines().count(), 1);
    });
}

#[test]
fn all_of_a_run_tells_why_and_how_to_go_on() {
    let (_receiver, project) = three();
    runs(&project, &["2"])
        .success()
        .stdout_with(|text| {
            let text = crate::harness::redact(without_times(text).as_bytes(), &project);
            snapbox::assert_data_eq!(text, str![[r#"
run 2 of a
[WHEN] UTC · ended [WHEN] UTC · hooks [VERSION]
definitions: [PROJECT]/webhooks.toml
data: data.jsonl

POST http://127.0.0.1:[PORT]/a

delivered  2
failed     1
in doubt   0
not sent   2  (2 of them not tried)
elements   5

server-error (1): The receiver failed on this request (500 Internal Server Error).
  Check the receiver's log at this time; the request itself may be all right.

"#]]);
        })
        .stderr(str![[r#"
hint: `hooks history runs 2 --status failed` lists the elements that were not delivered
hint: `hooks fire a data.jsonl --each --json --stop-after 1 --concurrency 1 --resume 2` in `[PROJECT]` goes on with it

"#]]);
    let resume = run_of(&project, 2)["resume"].as_str().unwrap().to_owned();
    assert_eq!(resume, "hooks fire a data.jsonl --each --json --stop-after 1 --concurrency 1 --resume 2");
    let words = resume.strip_prefix("hooks ").unwrap().split(' ');
    hooks(words).in_project(&project).run().success().stdout_with(|_| ()).stderr_with(|_| ());
    assert_eq!(run_of(&project, 2)["pending"], 0);
}

#[test]
fn the_lines_of_a_run_are_listed_by_how_they_ended() {
    let (_receiver, project) = three();
    // The column is as wide as the longest time.
    let time = |text: &str| {
        let timed =
            regex::Regex::new(r"\d+(\.\d)? m?s +").unwrap().replace_all(text, "[TIME]  ").into_owned();
        regex::Regex::new("TOOK +").unwrap().replace_all(&timed, "TOOK  ").into_owned()
    };
    let listed = |words: &[&str], expected: snapbox::data::Inline, said: snapbox::data::Inline| {
        runs(&project, words)
            .success()
            .stdout_with(|text| snapbox::assert_data_eq!(time(text), expected))
            .stderr(said);
    };
    let status = |states, more: &[&'static str]| [&["2", "--status", states], more].concat();
    listed(
        &status("failed", &[]),
        str![[r#"
ELEMENT  ID  STATE   STATUS  FAILURE       ATTEMPTS  TOOK  REPEATED
3        e3  failed  500     server-error  1         [TIME]  -

"#]],
        str![""],
    );
    listed(
        &status("delivered,failed", &["--limit", "2"]),
        str![[r#"
ELEMENT  ID  STATE      STATUS  FAILURE  ATTEMPTS  TOOK  REPEATED
1        -   delivered  200     -        1         [TIME]  -
2        -   delivered  200     -        1         [TIME]  -

"#]],
        str![[r#"
hint: these are the first of 3 elements; `--limit N` shows more

"#]],
    );
    listed(
        &status("in_doubt", &[]),
        str![""],
        str![[r#"
run 2 has no such element

"#]],
    );
    runs(&project, &["--status", "failed"]).code(2).no_stdout().stderr_with(|said| {
        assert!(said.contains("<RUN>"), "{said}");
    });
}

#[test]
fn elements_are_named_by_position_and_id() {
    let receiver = Receiver::answering(|id, _| if id == "e2" { status("400 Bad Request", "") } else { ok() });
    let list = r#"[{"id": "e1", "email": "a"},
        {"id": "e2", "email": "b"}, {"id": "e3"}]"#;
    let project = project(&receiver, 0).file("data.jsonl", list);
    let (_, said) = fired(&project, &[], 3);
    assert!(said.contains("\nelement 3 (id `e3`) cannot be sent:\n"), "{said}");
    hooks(["history", "1"])
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|text| assert!(text.contains(" · element 2 (id `e2`) of run 1 · "), "{text}"))
        .no_stderr();
    let of_run = ["1", "--status", "failed,not_sent"];
    runs(&project, &of_run)
        .success()
        .stdout_with(|text| {
            let rows: Vec<Vec<&str>> =
                text.lines().map(|line| line.split_whitespace().take(3).collect()).collect();
            assert_eq!(rows, [["ELEMENT", "ID", "STATE"], ["2", "e2", "failed"], ["3", "-", "not"]]);
        })
        .no_stderr();
    runs(&project, &[&of_run[..], &["--json"]].concat())
        .success()
        .stdout_with(|text| {
            let rows: Vec<serde_json::Value> =
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let ids: Vec<_> = rows.iter().map(|row| (row["line"].as_u64(), row.get("id"))).collect();
            assert_eq!(ids, [(Some(2), Some(&"e2".into())), (Some(3), Some(&serde_json::Value::Null))]);
        })
        .no_stderr();
}

/// What a backfill says of an earlier run that delivered the same file.
fn warned(project: &Project, arguments: &[&str]) -> Option<String> {
    let mut warning = None;
    hooks(arguments).in_project(project).run().any_code().stdout_with(|_| ()).stderr_with(|said| {
        let is_in_place = said.find("already delivered") < said.find(": firing a");
        assert!(!said.contains("already delivered") || is_in_place, "before it starts: {said}");
        warning = said.lines().find(|line| line.starts_with("warning")).map(str::to_owned);
    });
    warning
}

#[test]
fn a_file_that_a_complete_run_delivered_is_warned_of() {
    let receiver = Receiver::answering(|id, _| if id == "e2" { status("400 Bad Request", "") } else { ok() });
    let url = receiver.url();
    let project = project(&receiver, 4).file("other.jsonl", super::lines(5..=6));
    let definitions = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let definitions = format!("{definitions}\n{}", definitions.replace("webhooks.a", "webhooks.b"));
    let project = project.file("webhooks.toml", definitions);
    let fire = ["fire", "a", "data.jsonl", "--each"];
    let with = |more: &[&'static str]| [&fire, more].concat();
    let of = |run: u64, number: &str| {
        format!(
            "warning: run {run} already delivered {number} of this file to {url}/a; `hooks history runs {run}` shows it"
        )
    };
    assert_eq!(warned(&project, &with(&["--limit", "2"])), None);
    assert_eq!(warned(&project, &with(&["--skip", "2"])), None);
    // Run 3 is stopped before its end, and run 4 delivers nothing.
    let stopped = with(&["--skip", "1", "--stop-after", "1", "--concurrency", "1"]);
    assert_eq!(warned(&project, &stopped), Some(of(2, "2 elements")));
    assert_eq!(warned(&project, &with(&["--skip", "1", "--limit", "1"])), Some(of(1, "1 element")));
    assert_eq!(warned(&project, &fire), Some(of(2, "2 elements")));
    assert_eq!(warned(&project, &fire), Some(of(5, "3 elements")));
    // Another file, webhook, destination or change, one more try of what failed, a dry run.
    for arguments in [
        &["fire", "a", "other.jsonl", "--each"][..],
        &["fire", "b", "data.jsonl", "--each"],
        &with(&["--to", "http://127.0.0.1:1/a"]),
        &with(&["--set", "email=x@example.com"]),
        &with(&["--resume", "6", "--failed"]),
        &with(&["--dry-run"]),
    ] {
        assert_eq!(warned(&project, arguments), None, "{arguments:?}");
    }
}

#[test]
fn the_question_names_the_run_that_delivered_the_file() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3);
    fired(&project, &[], 0);
    let to = ["--to", "http://elsewhere.example/a"];
    let question = |project: &Project| {
        let mut question = String::new();
        let _ =
            super::fire(project, &to).code(2).no_stdout().stderr_with(|said| said.clone_into(&mut question));
        question
    };
    let said = question(&project);
    assert!(!said.contains("run 1"), "{said}");
    let database = rusqlite::Connection::open(super::file(&project)).unwrap();
    database.execute("UPDATE run SET url = ?1", [to[1]]).unwrap();
    let said = question(&project);
    assert!(said.contains("warning: run 1 already delivered 3 elements of this file to"), "{said}");
    assert!(said.contains("again (run 1 delivered 3 elements of it)"), "{said}");
}

#[test]
fn a_run_that_there_is_not_is_said_so() {
    hooks(["history", "runs"]).run().success().no_stdout().stderr(str![[r#"
the history has no run of `fire --each`

"#]]);
    hooks(["history", "runs", "3"]).run().code(1).no_stdout().stderr(str![[r#"
error: the history has no run 3
  = help: `hooks history runs` lists those that it has

"#]]);
}

#[test]
fn runs_are_thrown_out_with_what_else_is_old() {
    let (_receiver, project) = three();
    let _ =
        hooks(["history", "prune", "--keep", "0d"]).in_project(&project).run().success().no_stdout().stderr(
            str![[r#"
threw out 1 delivery and 3 backfills

"#]],
        );
    let bytes = std::fs::read(super::file(&project)).unwrap();
    assert!(
        !bytes.windows(10).any(|window| window == b"data.jsonl"),
        "something of a run is left in the file"
    );
}
