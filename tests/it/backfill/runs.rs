//! `hooks backfill list` and `hooks backfill show`

use snapbox::str;

use super::receiver::{Receiver, ok, status};
use super::{backfilled, project, resumed, run_of};
use crate::harness::{Outcome, Project, hooks};

fn list(project: &Project, more: &[&str]) -> Outcome {
    hooks([&["backfill", "list"], more].concat()).in_project(project).run()
}

fn show(project: &Project, more: &[&str]) -> Outcome {
    hooks([&["backfill", "show"], more].concat()).in_project(project).run()
}

/// A run that is complete, one that was stopped, and one of standard input.
fn three() -> (Receiver, Project) {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 2) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 5);
    backfilled(&project, &[], 0);
    backfilled(&project, &["--stop-after", "1", "--concurrency", "1"], 1);
    hooks(["backfill", "a", "-"])
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
fn runs_are_listed_with_their_totals() {
    let (_receiver, project) = three();
    list(&project, &[]).success().no_stderr().stdout_with(|text| {
        snapbox::assert_data_eq!(
            without_times(text),
            str![[r#"
RUN  TIME (UTC)           WEBHOOK  DATA            DELIVERED  OTHERS               STATE
3    [WHEN]  a        standard input  2 of 2     -                    complete
2    [WHEN]  a        data.jsonl      2 of 5     1 failed, 2 pending  resumable
1    [WHEN]  a        data.jsonl      5 of 5     -                    complete

"#]]
        );
    });
    list(&project, &["--limit", "1", "--json"]).success().no_stderr().stdout_with(|text| {
        assert_eq!(text.lines().count(), 1);
    });
}

#[test]
fn a_run_is_shown_with_its_failures_and_how_to_resume_it() {
    let (_receiver, project) = three();
    show(&project, &["2"])
        .success()
        .stdout_with(|text| {
            let text = crate::harness::redact(without_times(text).as_bytes(), &project);
            snapbox::assert_data_eq!(
                text,
                str![[r#"
run 2 of a
[WHEN] UTC · ended [WHEN] UTC · hooks [VERSION]
definitions: [PROJECT]/webhooks.toml
data: data.jsonl
command: hooks backfill a data.jsonl --json --stop-after 1 --concurrency 1

POST http://127.0.0.1:[PORT]/a

delivered  2
failed     1
in doubt   0
not sent   0
pending    2
elements   5

server-error (1): The receiver failed to process the request (500 Internal Server Error).
  Check the receiver's log at this time; the request itself may be correct.

"#]]
            );
        })
        .stderr(str![[r#"
hint: `hooks backfill show 2 --status failed` lists the elements that were not delivered
hint: `hooks backfill resume 2` continues; with `--failed` it also sends 1 failed element again

"#]]);
    assert_eq!(
        run_of(&project, 2)["command"],
        "hooks backfill a data.jsonl --json --stop-after 1 --concurrency 1"
    );
    resumed(&project, &["2"], 1);
    assert_eq!(run_of(&project, 2)["pending"], 0);
}

#[test]
fn the_elements_of_a_run_are_listed_by_state() {
    let (_receiver, project) = three();
    // The column is as wide as the longest time.
    let time = |text: &str| {
        let timed =
            regex::Regex::new(r"\d+(\.\d)? m?s +").unwrap().replace_all(text, "[TIME]  ").into_owned();
        regex::Regex::new("TOOK +").unwrap().replace_all(&timed, "TOOK  ").into_owned()
    };
    let listed = |words: &[&str], expected: snapbox::data::Inline, said: snapbox::data::Inline| {
        show(&project, words)
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
1        e1  delivered  200     -        1         [TIME]  -
2        e2  delivered  200     -        1         [TIME]  -

"#]],
        str![[r#"
hint: these are the first of 3 elements; `--limit N` shows more

"#]],
    );
    listed(
        &status("in_doubt", &[]),
        str![""],
        str![[r#"
run 2 has no matching elements

"#]],
    );
    show(&project, &["--status", "failed"]).code(2).no_stdout().stderr_with(|said| {
        assert!(said.contains("Give its number as RUN"), "{said}");
        assert!(said.contains("`hooks backfill list` lists the runs"), "{said}");
    });
}

#[test]
fn elements_are_named_by_position_and_id() {
    let receiver = Receiver::answering(|id, _| if id == "e2" { status("400 Bad Request", "") } else { ok() });
    let list = r#"[{"id": "e1", "email": "a"},
        {"id": "e2", "email": "b"}, {"id": "e3"}]"#;
    let project = project(&receiver, 0).file("data.jsonl", list);
    let (_, said) = backfilled(&project, &[], 3);
    assert!(said.contains("\nelement 3 (id `e3`) cannot be sent:\n"), "{said}");
    let of_run = ["1", "--status", "failed,not_sent"];
    show(&project, &of_run)
        .success()
        .stdout_with(|text| {
            let rows: Vec<Vec<&str>> =
                text.lines().map(|line| line.split_whitespace().take(3).collect()).collect();
            assert_eq!(rows, [["ELEMENT", "ID", "STATE"], ["2", "e2", "failed"], ["3", "e3", "not"]]);
        })
        .no_stderr();
    show(&project, &[&of_run[..], &["--json"]].concat())
        .success()
        .stdout_with(|text| {
            let rows: Vec<serde_json::Value> =
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let ids: Vec<_> = rows.iter().map(|row| (row["element"].as_u64(), row.get("id"))).collect();
            assert_eq!(ids, [(Some(2), Some(&"e2".into())), (Some(3), Some(&"e3".into()))]);
        })
        .no_stderr();
}

/// The warnings of a backfill about earlier runs of the same file.
fn warned(project: &Project, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Vec<String> {
    let mut warnings = Vec::new();
    hooks(arguments).in_project(project).run().any_code().stdout_with(|_| ()).stderr_with(|said| {
        let before = said.split(": firing a").next().unwrap_or_default();
        let found = before.lines().filter(|line| line.contains("of this file"));
        warnings.extend(found.map(str::to_owned));
        let all = said.lines().filter(|line| line.contains("of this file")).count();
        assert_eq!(all, warnings.len(), "before it starts: {said}");
    });
    warnings
}

#[test]
fn a_file_that_was_backfilled_before_causes_a_warning() {
    let receiver = Receiver::answering(|id, _| if id == "e2" { status("400 Bad Request", "") } else { ok() });
    let url = receiver.url();
    let project = project(&receiver, 4).file("other.jsonl", super::lines(5..=6));
    let definitions = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let definitions = format!("{definitions}\n{}", definitions.replace("webhooks.a", "webhooks.b"));
    let project = project.file("webhooks.toml", definitions);
    let backfill = ["backfill", "a", "data.jsonl"];
    let second = Receiver::start();
    let other = second.url();
    let with = |more: &[&str]| -> Vec<String> {
        backfill.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    let of = |run: u64, number: &str| {
        format!(
            "warning: run {run} already delivered {number} of this file to {url}/a; `hooks backfill show {run}` shows it"
        )
    };
    assert_eq!(warned(&project, &with(&["--limit", "2"])), [""; 0]);
    assert_eq!(warned(&project, &with(&["--skip", "2"])), [""; 0]);
    // Run 3 is stopped before its end.
    let stopped = with(&["--skip", "1", "--stop-after", "1", "--concurrency", "1"]);
    assert_eq!(warned(&project, &stopped), [of(2, "2 elements")]);
    let unfinished = "warning: run 3 of this file is not complete (0 elements delivered): `hooks backfill resume 3` continues it; \
                      this run sends every element again";
    let both = |complete: String| vec![complete, unfinished.to_owned()];
    assert_eq!(warned(&project, &with(&["--skip", "1", "--limit", "1"])), both(of(1, "1 element")));
    assert_eq!(warned(&project, &backfill), both(of(2, "2 elements")));
    assert_eq!(warned(&project, &backfill), [of(5, "3 elements")]);
    // Another shard sends other elements.
    assert_eq!(warned(&project, &with(&["--to", &other, "--shard", "1/2"])), [""; 0]);
    assert_eq!(warned(&project, &with(&["--to", &other, "--shard", "2/2"])), [""; 0]);
    // Another file, webhook, destination or change, one more try of what failed, a dry run.
    for arguments in [
        ["backfill", "a", "other.jsonl"].map(str::to_owned).to_vec(),
        ["backfill", "b", "data.jsonl"].map(str::to_owned).to_vec(),
        with(&["--to", "http://127.0.0.1:1/a"]),
        with(&["--set", "email=x@example.com"]),
        ["backfill", "resume", "6", "--failed"].map(str::to_owned).to_vec(),
        with(&["--dry-run"]),
    ] {
        assert_eq!(warned(&project, &arguments), [""; 0], "{arguments:?}");
    }
}

#[test]
fn an_unknown_run_is_an_error() {
    hooks(["backfill", "list"]).run().success().no_stdout().stderr(str![[r#"
the history has no runs of `hooks backfill`

"#]]);
    hooks(["backfill", "show", "3"]).run().code(1).no_stdout().stderr(str![[r#"
error: the history has no run 3
  = help: `hooks backfill list` lists the runs

"#]]);
}

#[test]
fn old_runs_are_pruned() {
    let (_receiver, project) = three();
    let _ =
        hooks(["history", "prune", "--keep", "0d"]).in_project(&project).run().success().no_stdout().stderr(
            str![[r#"
deleted 0 deliveries and 3 backfills

"#]],
        );
    let bytes = std::fs::read(super::file(&project)).unwrap();
    assert!(
        !bytes.windows(10).any(|window| window == b"data.jsonl"),
        "something of a run is left in the file"
    );
}
