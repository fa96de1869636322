//! `hooks backfill resume` keeps the options of the run and accepts only the same input.

use snapbox::str;

use super::receiver::{Receiver, ok, status};
use super::{backfilled, counts, file, in_state, lines, lines_of, project, resumed, run_of};
use crate::harness::{Project, hooks};

/// A receiver that fails for `e3` the first time, and a run that it made stop there: `e1` and `e2` are delivered.
fn stopped() -> (Receiver, Project) {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 1) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 6);
    backfilled(&project, &["--stop-after", "1", "--concurrency", "1"], 1);
    assert_eq!(counts(&run_of(&project, 1)), [Some(2), Some(1), Some(0), Some(0), Some(3)]);
    (receiver, project)
}

#[test]
fn pending_elements_are_sent_and_failed_ones_only_on_request() {
    let (receiver, project) = stopped();
    let (lines, said) = resumed(&project, &["1"], 1);
    assert_eq!(in_state(&lines, "delivered"), [4, 5, 6]);
    let banner = "resuming run 1: 3 of 6 elements of data.jsonl remain: POST ";
    assert!(said.starts_with(banner) && said.contains("`hooks backfill resume 1 --failed` sends"), "{said}");
    assert_eq!(counts(&run_of(&project, 1)), [Some(5), Some(1), Some(0), Some(0), Some(0)]);
    hooks(["backfill", "resume", "1"]).in_project(&project).run().code(1).no_stdout().stderr(str![[r#"
run 1 is complete: no element is pending or in doubt
hint: `hooks backfill resume 1 --failed` sends 1 failed element again

"#]]);
    let (lines, _) = resumed(&project, &["1", "--failed"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3]);
    assert_eq!(counts(&run_of(&project, 1)), [Some(6), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.received().len(), 7);
    hooks(["backfill", "resume", "1"]).in_project(&project).run().success().no_stdout().stderr(str![[r#"
run 1 is complete: nothing is left to send

"#]]);
}

/// The exit code for an element in doubt is higher than that for a failed one, even if it is from an earlier session.
#[test]
fn the_exit_code_is_the_highest_of_all_sessions() {
    let receiver = Receiver::answering(|id, _| match id {
        "e1" => String::new(),
        "e2" => status("410 Gone", ""),
        _ => ok(),
    });
    let project = project(&receiver, 3);
    backfilled(&project, &["--concurrency", "1", "--stop-after", "2"], 4);
    assert_eq!(counts(&run_of(&project, 1)), [Some(0), Some(1), Some(1), Some(0), Some(1)]);
    let project = project.file("bad.jsonl", "{\"id\":\"e4\"}\n");
    hooks(["backfill", "a", "bad.jsonl"])
        .in_project(&project)
        .run()
        .code(3)
        .stdout_with(|_| ())
        .stderr_with(|_| ());
    hooks(["backfill", "resume", "2"]).in_project(&project).run().code(3).no_stdout().stderr_with(|said| {
        assert!(said.contains("hint: 1 element is invalid"), "{said}");
    });
    resumed(&project, &["1"], 4);
}

#[test]
fn the_number_of_failures_that_stops_a_run_can_be_raised() {
    let receiver = Receiver::answering(|_, _| status("410 Gone", ""));
    let project = project(&receiver, 6);
    backfilled(&project, &["--stop-after", "1", "--concurrency", "1"], 1);
    let (lines, said) = resumed(&project, &["1", "--stop-after", "3", "--concurrency", "1"], 1);
    assert_eq!(in_state(&lines, "failed"), [2, 3, 4]);
    assert!(said.contains("use `--stop-after N`"), "{said}");
}

#[test]
fn an_inactive_webhook_is_enabled_first() {
    let (_receiver, project) = stopped();
    hooks(["disable", "a"]).in_project(&project).run().success().stdout_with(|_| ()).stderr_with(|_| ());
    let (lines, said) = resumed(&project, &["1"], 1);
    assert!(lines.is_empty() && said.contains("help: `hooks enable a`, then resume again"), "{said}");
    hooks(["enable", "a"]).in_project(&project).run().success().stdout_with(|_| ()).stderr_with(|_| ());
    resumed(&project, &["1", "--failed"], 0);
}

#[test]
fn a_run_keeps_its_definitions_file() {
    let (receiver, project) = stopped();
    let text = project.read("webhooks.toml");
    let project = project.file("other.toml", text);
    let before = receiver.received().len();
    let (lines, said) = resumed(&project, &["1", "-f", "other.toml"], 2);
    assert!(lines.is_empty() && said.contains("error: run 1 uses the definitions file `"), "{said}");
    assert!(said.contains("webhooks.toml`, not `other.toml`"), "{said}");
    assert_eq!(receiver.received().len(), before);
    resumed(&project, &["1", "-f", "./webhooks.toml", "--failed"], 0);
}

/// Wherever it is resumed, it is the same run: webhook, data, changes and shard.
#[test]
fn a_run_is_resumed_with_all_of_its_options() {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e4", 1) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let elsewhere = Receiver::start();
    let project = project(&elsewhere, 9).file("sub/.keep", "");
    let to = receiver.url();
    let words = ["--to", &to, "--shard", "2/2", "--skip", "1", "--limit", "7", "--concurrency", "1"];
    // Elements 2 to 8, of those every second: 3, 5, 7.
    let (lines, _) = backfilled(&project, &[&words[..], &["--stop-after", "1"]].concat(), 0);
    assert_eq!(in_state(&lines, "delivered"), [3, 5, 7]);
    let words = ["--to", &to, "--shard", "1/2", "--skip", "1", "--limit", "7", "--concurrency", "1"];
    let (lines, _) = backfilled(&project, &[&words[..], &["--stop-after", "1"]].concat(), 1);
    assert_eq!((in_state(&lines, "delivered"), in_state(&lines, "failed")), (vec![2], vec![4]));
    let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
    command.args(["backfill", "resume", "2", "--failed"]).current_dir(project.join("sub"));
    assert!(command.output().unwrap().status.success());
    assert_eq!(counts(&run_of(&project, 2)), [Some(4), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(run_of(&project, 2)["shard"], "1/2");
    assert_eq!(receiver.received(), ["e3", "e5", "e7", "e2", "e4", "e4", "e6", "e8"]);
    assert!(elsewhere.received().is_empty());
}

#[test]
fn another_input_is_refused() {
    let (receiver, project) = stopped();
    let text = lines(1..=6);
    let before = receiver.received().len();
    for other in [text.replace("p2@", "q2@"), text.replace("p5@", "q5@"), lines([1]), lines(1..=7)] {
        write(&project, &other);
        let (lines, said) = resumed(&project, &["1"], 3);
        assert!(lines.is_empty() && said.contains("error[input-changed]"), "{said}");
        assert!(said.contains("`--skip 3`"), "{said}");
    }
    assert_eq!(receiver.received().len(), before);
    write(&project, &text);
    resumed(&project, &["1"], 1);
}

/// Changes the input of a project.
fn write(project: &Project, text: &str) {
    #[expect(clippy::disallowed_methods, reason = "a fixture may be half written: then the test has failed")]
    std::fs::write(project.join("data.jsonl"), text).unwrap();
}

#[test]
fn standard_input_is_compared_before_anything_is_sent() {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 1) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 0).file("same.jsonl", lines(1..=6));
    let piped = |text: String, words: &[&str], code: i32| {
        let run = hooks([&["backfill"], words, &["--json"]].concat()).in_project(&project).stdin(text).run();
        lines_of(run, code).1
    };
    piped(lines(1..=6), &["a", "-", "--concurrency", "1", "--stop-after", "1"], 1);
    assert_eq!(counts(&run_of(&project, 1))[..4], [Some(2), Some(1), Some(0), Some(0)]);
    for other in [lines(1..=6).replace("p3@", "q3@"), lines(1..=2), lines(2..=6)] {
        let said = piped(other, &["resume", "1", "--failed"], 3);
        assert!(said.contains("error[input-changed]") && !said.contains("hint:"), "{said}");
    }
    assert_eq!(receiver.received().len(), 3);
    // The same input, which is now in a file, can be passed as DATA.
    resumed(&project, &["1", "same.jsonl"], 1);
    assert_eq!(counts(&run_of(&project, 1)), [Some(5), Some(1), Some(0), Some(0), Some(0)]);
    piped(lines(1..=6), &["resume", "1", "--failed"], 0);
    assert_eq!(counts(&run_of(&project, 1)), [Some(6), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.received().len(), 7);
}

#[test]
fn another_run_is_refused() {
    let (receiver, project) = stopped();
    let before = receiver.received().len();
    for (words, code, says) in [
        (["7"].as_slice(), 1, "the history has no run 7"),
        (&["abc"], 2, "error: invalid run number `abc`"),
        (&["1", "data.jsonl"], 2, "run 1 keeps its data when resumed: data.jsonl"),
        (&["1", "--to", "http://127.0.0.1:1/x"], 2, "run 1 keeps its URL when resumed"),
        (&["1", "--skip", "1"], 2, "unexpected argument '--skip'"),
        (&["1", "--shard", "1/2"], 2, "unexpected argument '--shard'"),
        (&["1", "--set", "email=x"], 2, "unexpected argument '--set'"),
    ] {
        let (lines, said) = resumed(&project, words, code);
        assert!(lines.is_empty() && said.contains(says), "{said}");
    }
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let project = project.definitions(&text.replace("127.0.0.1", "localhost"));
    let (lines, said) = resumed(&project, &["1"], 1);
    assert!(lines.is_empty() && said.contains("error: run 1 sends to http://127.0.0.1:"), "{said}");
    hooks(["backfill", "resume", "1"])
        .in_project(&project)
        .env("HOOKS_HISTORY", "off")
        .run()
        .code(2)
        .no_stdout()
        .stderr(str![[r#"
error: a run cannot be resumed without the history, which is turned off
  = help: unset `HOOKS_HISTORY`

"#]]);
    assert_eq!(receiver.received().len(), before);
}

#[test]
fn speed_and_retries_may_differ() {
    let (receiver, project) = stopped();
    let words = ["1", "--concurrency", "2", "--rate", "1000/s", "--timeout", "5s", "--retry", "1"];
    let (lines, _) = resumed(&project, &words, 1);
    assert_eq!((in_state(&lines, "delivered"), receiver.received().len()), (vec![4, 5, 6], 6));
}

#[test]
fn a_definition_that_has_changed_is_a_warning() {
    let (_receiver, project) = stopped();
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap().replace("mail =", "address =");
    let project = project.definitions(&text);
    let (lines, said) = resumed(&project, &["1"], 1);
    assert_eq!(lines.len(), 3);
    assert!(said.contains("warning: `a` has changed since the run began"), "{said}");
}

/// A URL with credentials is not stored, and must be repeated.
#[test]
fn a_url_with_credentials_is_repeated() {
    let (receiver, project) = stopped();
    let to = format!("{}/a?token=s3cret", receiver.url());
    backfilled(&project, &["--to", &to, "--stop-after", "1", "--limit", "1"], 0);
    let fails = Receiver::answering(|_, _| status("500 Internal Server Error", ""));
    let to = format!("{}/a?token=s3cret", fails.url());
    backfilled(&project, &["--to", &to, "--stop-after", "1", "--concurrency", "1"], 1);
    let (_, said) = resumed(&project, &["3"], 1);
    assert!(said.contains("the URL of run 3 contains credentials, which are not stored"), "{said}");
    let (_, said) = resumed(&project, &["3", "--to", &receiver.url()], 1);
    assert!(said.contains("run 3 sends to"), "{said}");
    resumed(&project, &["3", "--to", &to, "--failed"], 1);
    assert_eq!(fails.received(), ["e1", "e1"]);
    let bytes = std::fs::read(file(&project)).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"s3cret"));
}
