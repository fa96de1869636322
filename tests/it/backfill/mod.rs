//! One webhook for many elements: all accounted for, whatever happens on the way.

mod crash;
mod event;
mod export;
mod failed_to;
mod input;
mod options;
mod receiver;
mod resume;
mod runs;
mod trouble;

use std::path::PathBuf;

use hooks::core::delivery::FailureKind;
use serde_json::Value;

use self::receiver::Receiver;
use crate::harness::{Outcome, Project, hooks};

/// A webhook `a` that leads to this receiver and sends the email address.
fn definitions(receiver: &Receiver) -> String {
    let url = receiver.url();
    format!(
        r#"
            [webhooks.a]
            trigger = "create"
            trigger_element = "rsvp_answer"
            payload_url = "{url}/a"
            [webhooks.a.body]
            mail = "{{{{email}}}}"
            "#
    )
}

/// A project whose webhook `a` leads to this receiver, and whose `data.jsonl` has elements `e1`, `e2` and so on.
fn project(receiver: &Receiver, elements: usize) -> Project {
    Project::new().definitions(&definitions(receiver)).file("data.jsonl", lines(1..=elements))
}

/// Elements as JSON lines.
fn lines(numbers: impl IntoIterator<Item = usize>) -> String {
    let line = |number: usize| format!("{{\"id\":\"e{number}\",\"email\":\"p{number}@example.com\"}}\n");
    numbers.into_iter().map(line).collect()
}

/// The names of these elements, as the receiver counts them.
fn names(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    let mut names: Vec<String> = numbers.into_iter().map(|number| format!("e{number}")).collect();
    names.sort_unstable();
    names
}

/// `hooks backfill a data.jsonl` with more words.
fn backfill(project: &Project, more: &[&str]) -> Outcome {
    hooks([&["backfill", "a", "data.jsonl"], more].concat()).in_project(project).run()
}

/// The lines of `hooks backfill a data.jsonl --json` with more words, one for each element, and standard error.
#[track_caller]
fn backfilled(project: &Project, more: &[&str], code: i32) -> (Vec<Value>, String) {
    lines_of(backfill(project, &[&["--json"], more].concat()), code)
}

/// The same of `hooks backfill resume --json`.
#[track_caller]
fn resumed(project: &Project, more: &[&str], code: i32) -> (Vec<Value>, String) {
    let words = [&["backfill", "resume", "--json"], more].concat();
    lines_of(hooks(words).in_project(project).run(), code)
}

#[track_caller]
fn lines_of(outcome: Outcome, code: i32) -> (Vec<Value>, String) {
    let (mut lines, mut said) = (Vec::new(), String::new());
    outcome
        .code(code)
        .stdout_with(|text| lines.extend(text.lines().map(|line| serde_json::from_str(line).unwrap())))
        .stderr_with(|text| text.clone_into(&mut said));
    let end: Option<Value> = lines.pop();
    assert!(end.is_none_or(|end| end["type"] == "end"), "the last line has the totals");
    assert!(lines.iter().all(|line| line["type"] == "element"), "{lines:?}");
    for name in lines.iter().filter_map(|line| line["failure"].as_str()) {
        let is_known = FailureKind::parse(name).is_some();
        assert!(is_known && name != FailureKind::ElementUnusable.name(), "{name}");
    }
    (lines, said)
}

/// The elements that ended in a state.
fn in_state(lines: &[Value], state: &str) -> Vec<u64> {
    let mut numbers: Vec<u64> = lines
        .iter()
        .filter(|line| line["state"] == state)
        .map(|line| line["element"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// A run in full, as `hooks backfill show RUN --json` has it.
fn run_of(project: &Project, run: i64) -> Value {
    let mut all = Value::Null;
    hooks(["backfill", "show", &run.to_string(), "--json"])
        .in_project(project)
        .run()
        .success()
        .stdout_json(|json| all = json.clone())
        .stderr_with(|_| ());
    all
}

/// Delivered, failed, in doubt, not sent, pending.
fn counts(run: &Value) -> [Option<u64>; 5] {
    ["delivered", "failed", "in_doubt", "not_sent", "pending"].map(|name| run[name].as_u64())
}

/// The file of the history.
fn file(project: &Project) -> PathBuf {
    project.home().join(".local/state/hooks/history.db")
}
