//! Going on with a run: only with the same one.

use hooks::io::history::RunLock;
use snapbox::str;

use super::receiver::{Receiver, ok, status};
use super::{counts, file, fire, fired, in_state, lines, project, run_of};
use crate::harness::{Project, hooks};

/// A receiver that fails for `e3` the first time, and a run that it made stop there: `e1` and `e2` are delivered.
fn stopped() -> (Receiver, Project) {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 1) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 6);
    fired(&project, &["--stop-after", "1", "--concurrency", "1"], 1);
    assert_eq!(counts(&run_of(&project, 1)), [Some(2), Some(1), Some(0), Some(0), Some(3)]);
    (receiver, project)
}

#[test]
fn what_is_pending_is_sent_and_what_failed_only_when_asked_for() {
    let (receiver, project) = stopped();
    let (lines, _) = fired(&project, &["--resume", "1"], 0);
    assert_eq!(in_state(&lines, "delivered"), [4, 5, 6]);
    assert_eq!(counts(&run_of(&project, 1)), [Some(5), Some(1), Some(0), Some(0), Some(0)]);
    fire(&project, &["--resume", "1"]).success().no_stdout().stderr(str![[r#"
run 1 is complete: there is nothing left to send

"#]]);
    let (lines, _) = fired(&project, &["--resume", "1", "--failed"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3]);
    assert_eq!(counts(&run_of(&project, 1)), [Some(6), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.received().len(), 7);
}

/// What a run sent again by itself is not sent a third time by `replay`.
#[test]
fn what_failed_can_be_explained_and_replayed_until_it_is_sent_again() {
    let (_receiver, project) = stopped();
    let history = |words: &[&str]| hooks([&["history"], words].concat()).in_project(&project).run();
    history(&["1"])
        .success()
        .stdout_with(|text| {
            assert!(
                text.contains("element 3 (id `e3`) of run 1") && text.contains("500 Internal Server Error"),
                "{text}"
            );
        })
        .no_stderr();
    history(&["1", "--json"])
        .success()
        .stdout_json(|json| {
            assert_eq!(
                (&json["run"], &json["line"], &json["element"]["json"]["id"]),
                (&1.into(), &3.into(), &"e3".into())
            );
        })
        .no_stderr();
    fired(&project, &["--resume", "1", "--failed"], 0);
    hooks(["replay", "--failed"]).in_project(&project).run().code(1).no_stdout().stderr(str![[r#"
error: no delivery failed that was not replayed since
  = help: see `hooks history` for all deliveries; use `--all` to include other definitions files

"#]]);
}

/// What `replay` sent of a run is not sent once more by the run itself.
#[test]
fn what_was_replayed_stands_in_its_run() {
    let (receiver, project) = stopped();
    let replay = |words: &[&str]| hooks([&["replay"], words].concat()).in_project(&project).run();
    // To look at it elsewhere settles nothing.
    let elsewhere = Receiver::start();
    replay(&["1", "--to", &elsewhere.url()]).success().stdout_with(|_| ()).stderr_with(|_| ());
    assert_eq!(counts(&run_of(&project, 1)), [Some(2), Some(1), Some(0), Some(0), Some(3)]);
    replay(&["1"]).success().stdout_with(|_| ()).stderr_with(|_| ());
    assert_eq!(counts(&run_of(&project, 1)), [Some(3), Some(0), Some(0), Some(0), Some(3)]);
    let (lines, _) = fired(&project, &["--resume", "1", "--failed"], 0);
    assert_eq!(in_state(&lines, "delivered"), [4, 5, 6]);
    assert_eq!(receiver.counts().into_values().collect::<Vec<_>>(), [1, 1, 2, 1, 1, 1]);
    hooks(["history", "--status", "delivered", "--json"])
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|text| assert_eq!(text.lines().count(), 2, "{text}"))
        .no_stderr();
}

#[test]
fn a_replay_that_was_killed_leaves_its_line_in_doubt() {
    let receiver = Receiver::answering(|id, times| match (id, times) {
        ("e3", 1) => status("500 Internal Server Error", ""),
        _ => ok(),
    });
    let project = project(&receiver, 3);
    fired(&project, &[], 1);
    receiver.hold();
    let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
    let mut child = command.args(["replay", "1"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    receiver.wait_for(4);
    let refused = fired(&project, &["--resume", "1", "--failed"], 1).1;
    assert!(refused.contains("run 1 is under way in another program"), "{refused}");
    child.kill().unwrap();
    child.wait().unwrap();
    receiver.let_go();
    assert_eq!(counts(&run_of(&project, 1)), [Some(2), Some(0), Some(1), Some(0), Some(0)]);
    let (lines, _) = fired(&project, &["--resume", "1"], 0);
    assert_eq!((in_state(&lines, "delivered"), &lines[0]["repeated"]), (vec![3], &true.into()));
    // That stays known.
    assert_eq!(run_of(&project, 1)["repeated"], 1);
    let listed = ["history", "runs", "1", "--status", "delivered", "--json"];
    hooks(listed).in_project(&project).run().success().no_stderr().stdout_with(|text| {
        let repeated = text.lines().map(|line| line.contains("\"repeated\":true")).collect::<Vec<_>>();
        assert_eq!(repeated, [false, false, true]);
    });
}

#[test]
fn lines_of_a_run_that_is_under_way_are_not_replayed() {
    let (receiver, project) = stopped();
    let lock = RunLock::take(&file(&project), 1).unwrap();
    hooks(["replay", "--failed"]).in_project(&project).run().code(1).no_stdout().stderr(str![[r#"
error: run 1 is under way in another program
  = help: wait for its end, or stop it

"#]]);
    drop(lock);
    assert_eq!(receiver.received().len(), 3);
    hooks(["replay", "--failed"])
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|_| ())
        .stderr_with(|_| ());
}

#[test]
fn another_input_is_refused_with_the_first_line_that_differs() {
    let (receiver, project) = stopped();
    let text = lines(1..=6);
    let before = receiver.received().len();
    for (other, says) in [
        (text.replace("p2@", "q2@"), "element 2 is different"),
        (text.replace("p3@", "q3@"), "element 3 is different"),
        (lines([1]), "element 2 is different"),
        (text.replace("p5@", "q5@"), "what was sent is as it was, other lines are not"),
        (lines(1..=7), "what was sent is as it was, other lines are not"),
    ] {
        write(&project, &other);
        let (lines, said) = fired(&project, &["--resume", "1"], 3);
        assert!(lines.is_empty() && said.contains("error[input-changed]") && said.contains(says), "{said}");
    }
    assert_eq!(receiver.received().len(), before);
    write(&project, &text);
    fired(&project, &["--resume", "1"], 0);
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
    let project = project(&receiver, 0);
    let piped = |text: String, more: &[&str], code: i32| {
        let mut said = String::new();
        let _ =
            hooks([&["fire", "a", "-", "--each", "--concurrency", "1", "--stop-after", "1"], more].concat())
                .in_project(&project)
                .stdin(text)
                .run()
                .code(code)
                .stdout_with(|_| ())
                .stderr_with(|text| text.clone_into(&mut said));
        said
    };
    piped(lines(1..=6), &[], 1);
    assert_eq!(counts(&run_of(&project, 1))[..4], [Some(2), Some(1), Some(0), Some(0)]);
    for other in [lines(1..=6).replace("p3@", "q3@"), lines(1..=2), lines(2..=6)] {
        let said = piped(other, &["--resume", "1", "--failed"], 3);
        assert!(said.contains("error[input-changed]") && !said.contains("hint:"), "{said}");
    }
    assert_eq!(receiver.received().len(), 3);
    piped(lines(1..=6), &["--resume", "1", "--failed"], 0);
    assert_eq!(counts(&run_of(&project, 1)), [Some(6), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.received().len(), 7);
}

#[test]
fn another_run_is_refused() {
    let (receiver, project) = stopped();
    let other = receiver.url().replace("127.0.0.1", "localhost");
    let before = receiver.received().len();
    for (words, code, says) in [
        (["--resume", "7"].as_slice(), 1, "the history has no run 7"),
        (&["--resume", "1", "--to", &other], 3, "run 1 sends to"),
        (&["--resume", "1", "--skip", "1"], 3, "run 1 was begun with `--skip 0`, not `--skip 1`"),
        (&["--resume", "1", "--limit", "2"], 3, "run 1 was begun with no `--limit`, not `--limit 2`"),
        (&["--resume", "1", "--set", "email=x"], 3, "run 1 was begun with other `--set`, `--set-json` or"),
        (&["--resume", "1", "--allow-missing"], 3, "run 1 was begun with other `--set`, `--set-json` or"),
        (&["--resume", "1", "--no-history"], 2, "the history is turned off"),
    ] {
        let (lines, said) = fired(&project, words, code);
        assert!(lines.is_empty() && said.contains(says), "{said}");
    }
    assert_eq!(receiver.received().len(), before);
}

#[test]
fn a_definition_that_changed_since_is_a_warning() {
    let (_receiver, project) = stopped();
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap().replace("mail =", "address =");
    let project = project.definitions(&text);
    let (lines, said) = fired(&project, &["--resume", "1"], 0);
    assert_eq!(lines.len(), 3);
    assert!(said.contains("warning: `a` has changed since the run began"), "{said}");
}
