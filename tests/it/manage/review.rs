//! The review of a change in a terminal, before it is written.

use snapbox::{Data, assert_data_eq, str};

use super::TWO;
use crate::harness::{Key, Project, Terminal};

/// Answers the questions of a command and compares the review, without the body of the request.
#[track_caller]
fn reviewed(words: &[&str], answers: &[(&str, &str)], expected: impl Into<Data>) {
    let expected = expected.into();
    for (columns, color) in [(80, "never"), (80, "always"), (60, "never"), (60, "always")] {
        let project = Project::new().definitions(TWO);
        let words = words.iter().copied().chain(["--color", color]);
        let mut terminal = Terminal::open_as(&project, words, (columns, 24), "xterm-256color");
        for (question, answer) in answers {
            terminal.asked(question).send(answer).press(Key::Enter);
        }
        terminal.asked("Write it to");
        let rows = terminal.rows();
        let last = answers.last().unwrap().0;
        let start = rows.iter().rposition(|row| row.contains(last)).unwrap() + 1;
        let length = rows.iter().position(|row| row.starts_with("content-length: ")).unwrap();
        let body = rows.iter().rposition(|row| row == "}").unwrap();
        assert_eq!(rows[length + 1..length + 4], ["", "{", "  \"element_data\": {"]);
        // The body is the built-in sample.
        let around = [&rows[start..length], &["…".to_owned()], &rows[body + 1..rows.len() - 1]].concat();
        assert_data_eq!(around.join("\n"), expected.clone());
        terminal.press(Key::Enter);
        terminal.code(0);
    }
}

#[test]
fn add_shows_the_diff_and_the_request_before_it_writes() {
    let answers = [
        ("Name", ""),
        ("Trigger", "del"),
        ("Trigger element", "style"),
        ("Method", ""),
        ("Payload URL", "https://example.com/in"),
        ("Header name", ""),
        ("Body field key", "k"),
        ("Value of k", "it's"),
        ("Body field key", ""),
    ];
    reviewed(
        &["add", "new"],
        &answers,
        str![[r#"

POST https://example.com/in

host: example.com
user-agent: hooks/0.1.0
accept: */*
content-type: application/json
…

Sources of the values
  body k
    "it's"  as written

│   payload_url = "https://cms.example.com/events"
│
│ + [webhooks.new]
│ + trigger = "delete"
│ + trigger_element = "style"
│ + payload_url = "https://example.com/in"
│ +
│ + [webhooks.new.body]
│ + k = "it's"
│ +
│   [tool]
│   own = 1

"#]],
    );
}

#[test]
fn edit_shows_the_diff_and_the_request_before_it_writes() {
    let answers = [
        ("Name", "Ours"),
        ("Trigger", "del"),
        ("Trigger element", ""),
        ("Method", ""),
        ("Payload URL", ""),
        ("Header name", ""),
        ("Body field key", ""),
        ("Active", ""),
    ];
    reviewed(
        &["edit", "events"],
        &answers,
        str![[r#"

PUT https://cms.example.com/events

host: cms.example.com
user-agent: hooks/0.1.0
accept: */*
content-type: application/json
…

│   # about events
│   [webhooks.events]
│ + name = "Ours"
│   active = false
│ - trigger = "update"
│ + trigger = "delete"
│   trigger_element = "event"
│   method = "PUT"

"#]],
    );
}
