//! Output at 80 and 60 columns.

use crate::harness::{Project, Terminal, hooks, rows_of};

/// The rows that a command prints on a terminal of this width.
fn rows(project: &Project, words: &[&str], columns: u16) -> Vec<String> {
    let terminal = Terminal::open_as(project, words, (columns, 24), "xterm-256color");
    rows_of(terminal.code(0).as_bytes(), columns)
}

/// Checks that each word is unbroken in some row.
#[track_caller]
fn whole(rows: &[String], words: &[&str]) {
    for word in words {
        let is_there = rows.iter().any(|row| row.split([' ', '"']).any(|own| own == *word));
        assert!(is_there, "{word} is broken in\n{}", rows.join("\n"));
    }
}

#[test]
fn an_explained_rule_is_wrapped_between_words_but_its_example_is_not() {
    let project = Project::new();
    let plain = hooks(["check", "--explain", "literal-credential"]).run().success().no_stderr();
    let mut text = String::new();
    plain.stdout_with(|all| all.clone_into(&mut text));
    for columns in [80, 60] {
        let rows = rows(&project, &["check", "--explain", "literal-credential"], columns);
        let prose = text.lines().filter(|line| !line.starts_with("```"));
        let words: Vec<&str> =
            prose.flat_map(|line| line.split([' ', '"'])).filter(|word| !word.is_empty()).collect();
        whole(&rows, &words);
        assert!(
            rows.iter().any(|row| row == "header.Authorization = \"Bearer abc123\""),
            "{}",
            rows.join("\n")
        );
    }
}

const HANDLES: [&str; 3] = ["rsvp-to-cms", "event-changes-to-cms", "sign-up-form-to-crm"];
const URLS: [&str; 3] = [
    "https://cms.example.com/hooks/rsvp",
    "https://${CMS_HOST}/api/events",
    "https://search.example.com/events/remove",
];

#[test]
fn handles_urls_and_names_are_never_broken() {
    let project = Project::example();
    for columns in [80, 60] {
        let list = rows(&project, &["list"], columns);
        whole(&list, &HANDLES);
        whole(&list, &URLS);
        whole(
            &rows(&project, &["show", "rsvp-to-cms"], columns),
            &["rsvp-to-cms", URLS[0], "{{payload.first_name}}"],
        );
        let variables = rows(&project, &["vars", "rsvp_answer"], columns);
        whole(&variables, &["payload.required_check", "`confirmed`,", "date_created"]);
    }
}

#[test]
fn deliveries_and_runs_keep_handles_and_states_whole() {
    let handle = "a-webhook-with-quite-a-long-handle";
    let project = Project::new()
        .definitions(&format!(
            "[webhooks.{handle}]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"http://127.0.0.1:1/in\"\n"
        ))
        .file("answers.jsonl", "{\"id\": 1}\n{\"id\": 2}\n");
    let _ = hooks(["fire", handle]).in_project(&project).run().code(4).ignore_output();
    hooks(["backfill", handle, "answers.jsonl"]).in_project(&project).run().code(4).ignore_output();
    for columns in [80, 60] {
        whole(
            &rows(&project, &["history"], columns),
            &[handle, "not", "sent", "connect-refused", "http://127.0.0.1:1/in"],
        );
        whole(&rows(&project, &["backfill", "list"], columns), &[handle, "answers.jsonl", "complete"]);
        whole(&rows(&project, &["backfill", "show", "1", "--status", "not_sent"], columns), &["not", "sent"]);
    }
}

#[test]
fn sentences_are_wrapped_between_words() {
    let project = Project::example().file("answers.jsonl", "{\"id\": 1}\n{\"id\": 2}\n");
    let fire = ["fire", "rsvp-to-cms", "--to", "http://127.0.0.1:1/hooks/rsvp"];
    let fired = hooks(fire).in_project(&project).env("CMS_TOKEN", "n0t-a-real-one").run();
    let _ = fired.code(4).ignore_output();
    let backfill = ["backfill", "rsvp-to-cms", "answers.jsonl", "--to", "http://127.0.0.1:1/in"];
    let sent = hooks(backfill).in_project(&project).env("CMS_TOKEN", "n0t-a-real-one").run();
    let _ = sent.code(3).ignore_output();
    for columns in [80, 60] {
        let preview = rows(&project, &["preview", "rsvp-to-cms"], columns);
        whole(&preview, &["sample", "rsvp_answer"]);
        for words in [&["history", "1"][..], &["backfill", "show", "1"]] {
            let shown = rows(&project, words, columns);
            whole(&shown, &["URL", "`--to`", "hooks"]);
        }
    }
}

#[test]
fn an_error_about_the_command_line_is_wrapped_between_words() {
    let project = Project::example();
    for words in [&["fire", "w", "--retry", "x"][..], &["listen", "--forward", "x"]] {
        let terminal = Terminal::open_as(&project, words, (60, 24), "xterm-256color");
        let rows = rows_of(terminal.code(2).as_bytes(), 60);
        whole(&rows, &[if words[0] == "fire" { "number" } else { "`https://`" }]);
        assert!(rows.iter().all(|row| row.len() < 60), "{}", rows.join("\n"));
    }
}

#[test]
fn reasons_for_not_firing_are_wrapped_between_words() {
    let project = Project::example();
    for columns in [80, 60] {
        let words = ["trigger", "create", "rsvp_answer", "--dry-run"];
        let rows = rows(&project, &words, columns);
        whole(
            &rows,
            &["element", "`style`", "`rsvp_template`", "`update`;", "https://guests.example.com/gala"],
        );
    }
}

#[test]
fn a_row_that_is_too_wide_becomes_a_block() {
    let project = Project::new().definitions(
        "[webhooks.rsvp-to-cms]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\n\
         payload_url = \"https://cms.example.com/hooks/rsvp\"\n",
    );
    assert_eq!(
        rows(&project, &["list"], 60),
        [
            "rsvp-to-cms",
            "  Active: yes · Trigger: create",
            "  Trigger element: rsvp_answer · Method: POST",
            "  Payload URL: https://cms.example.com/hooks/rsvp",
            "",
            "1 webhook",
        ]
    );
}
