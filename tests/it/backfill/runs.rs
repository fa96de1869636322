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
    let _ = hooks(["fire", "a", "-", "--each"])
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
    let _ = runs(&project, &[]).success().no_stderr().stdout_with(|text| {
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
    let _ = runs(&project, &["--limit", "1", "--json"]).success().no_stderr().stdout_with(|text| {
        assert_eq!(text.lines().count(), 1);
    });
}

#[test]
fn all_of_a_run_tells_why_and_how_to_go_on() {
    let (_receiver, project) = three();
    let _ = runs(&project, &["2"])
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

server_error (1): The receiver failed on this request (500 Internal Server Error).
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
    let _ = hooks(words).in_project(&project).run().success().stdout_with(|_| ()).stderr_with(|_| ());
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
        let _ = runs(&project, words)
            .success()
            .stdout_with(|text| snapbox::assert_data_eq!(time(text), expected))
            .stderr(said);
    };
    let status = |states, more: &[&'static str]| [&["2", "--status", states], more].concat();
    listed(
        &status("failed", &[]),
        str![[r#"
ELEMENT  ID  STATE   STATUS  FAILURE       ATTEMPTS  TOOK  REPEATED
3        e3  failed  500     server_error  1         [TIME]  -

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
    let _ = runs(&project, &["--status", "failed"]).code(2).no_stdout().stderr_with(|said| {
        assert!(said.contains("<RUN>"), "{said}");
    });
}

#[test]
fn a_run_that_there_is_not_is_said_so() {
    let _ = hooks(["history", "runs"]).run().success().no_stdout().stderr(str![[r#"
the history has no run of `fire --each`

"#]]);
    let _ = hooks(["history", "runs", "3"]).run().code(1).no_stdout().stderr(str![[r#"
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
