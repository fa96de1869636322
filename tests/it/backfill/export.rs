//! Requests exported for other programs: nothing is sent, nothing secret is written, nothing is overwritten.

use serde_json::Value;
use snapbox::str;

use super::lines;
use crate::harness::{Outcome, Project, hooks};

/// A project with a secret in its URL, a header and the body.
fn project(data: &str) -> Project {
    Project::new()
        .definitions(
            r#"
            [webhooks.a]
            trigger = "create"
            trigger_element = "rsvp_answer"
            payload_url = "https://${HOST}/a"
            [webhooks.a.header]
            Authorization = "Bearer ${TOKEN}"
            [webhooks.a.body]
            mail = "{{email}}"
            token = "<${TOKEN}>"
            "#,
        )
        .file("data.jsonl", data)
}

fn export(project: &Project, more: &[&str]) -> Outcome {
    hooks([&["backfill", "export", "a", "data.jsonl"], more].concat())
        .in_project(project)
        .env("HOST", "receiver.invalid")
        .env("TOKEN", "canary-5e7f")
        .run()
}

fn read(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.join(path)).unwrap()
}

fn documents(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn lines_for_a_queue_go_to_standard_output_or_to_a_new_file() {
    let project = project(&lines(1..=2));
    let mut printed = String::new();
    export(&project, &["--to", "http://127.0.0.1:9/x", "--reveal"])
        .success()
        .stdout_with(|text| text.clone_into(&mut printed))
        .stderr(str![[r#"
wrote 2 requests; nothing was sent

"#]]);
    let found = documents(&printed);
    assert_eq!(found.iter().map(|line| line["element"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert!(
        found[1]["body"].as_str().unwrap().ends_with(r#""mail":"p2@example.com","token":"<canary-5e7f>"}"#)
    );
    export(&project, &["--to", "http://127.0.0.1:9/x", "--output", "out.jsonl"])
        .success()
        .no_stdout()
        .stderr(str![[r#"
wrote 2 requests to `out.jsonl`; nothing was sent
warning: 4 values masked, so these are not the real requests; use `--reveal` to show all

"#]]);
    let written = read(&project, "out.jsonl");
    assert_eq!(documents(&written).len(), 2);
    assert!(!written.contains("canary"), "{written}");
    // Nor does it take the place of another file.
    export(&project, &["--output", "out.jsonl"]).code(3).no_stdout().stderr(str![[r#"
error[file-unwritable]: cannot create `out.jsonl`: it already exists
  = help: use another file, or move or delete this one


"#]]);
    assert_eq!(read(&project, "out.jsonl"), written);
}

#[test]
fn requests_that_cannot_be_built_are_left_out_and_reported() {
    let project = project("{\"email\":\"a@example.com\"}\n{\"id\":\"e2\"}\n");
    export(&project, &["--output", "out.jsonl"]).code(3).no_stdout().stderr(str![[r#"
element 2 (id `e2`) cannot be sent:
error[variable-missing]: `{{email}}` is not in data.jsonl
 --> webhooks.toml:9:21
  |
9 |             mail = "{{email}}"
  |                     ^^^^^^^^^
  |
  = help: `hooks vars rsvp_answer` lists the variables
  = help: use `--allow-missing` to send an empty string instead

wrote 1 request to `out.jsonl`; nothing was sent
warning: 3 values masked, so these are not the real requests; use `--reveal` to show all

"#]]);
    assert_eq!(documents(&read(&project, "out.jsonl")).len(), 1);
    // No half of the work under its name.
    let broken = self::project("{\"email\":\"a@example.com\"}\n{\"id\":\n");
    export(&broken, &["--output", "out.jsonl"]).code(3).no_stdout().stderr_with(|_| ());
    assert!(!broken.join("out.jsonl").exists());
}

#[cfg(unix)]
#[test]
fn an_export_is_readable_by_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let project = project(&lines(1..=1));
    export(&project, &["--output", "out.jsonl"]).success().no_stdout().stderr_with(|_| ());
    let mode = std::fs::metadata(project.join("out.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
