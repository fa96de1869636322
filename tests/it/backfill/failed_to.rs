//! `--failed-to`: the file is complete at any moment, and a refused run leaves nothing behind.

use std::process::{Command, Stdio};

use super::receiver::{Receiver, ok, status};
use super::{backfill, backfilled, project, run_of};
use crate::harness::hooks;

#[test]
fn a_refused_start_leaves_neither_a_run_nor_a_file() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3).file("there.jsonl", "kept");
    for (file, code, says) in [
        ("there.jsonl", 3, "error[file-unwritable]: cannot create `there.jsonl`: it already exists"),
        ("missing/failed.jsonl", 3, "cannot create `missing/failed.jsonl`: its directory does not exist"),
    ] {
        let (lines, said) = backfilled(&project, &["--failed-to", file], code);
        assert!(lines.is_empty() && said.contains(says), "{said}");
    }
    assert_eq!(project.read("there.jsonl"), b"kept");
    hooks(["backfill", "list"]).in_project(&project).run().success().no_stdout().stderr_with(|said| {
        assert!(said.contains("the history has no runs"), "{said}");
    });
    let project = project.file("../home/.local/state/hooks/history.db", [b'x'; 8192]);
    backfill(&project, &["--failed-to", "failed.jsonl"]).code(3).no_stdout().stderr_with(|_| ());
    assert!(!project.join("failed.jsonl").exists());
    assert!(receiver.received().is_empty());
}

#[cfg(unix)]
#[test]
fn every_recorded_failure_is_in_the_file_of_a_killed_run() {
    let receiver = Receiver::answering(|id, _| match id {
        "e1" | "e2" => status("410 Gone", ""),
        _ => ok(),
    });
    let project = project(&receiver, 3);
    // It waits for more of its input when it is killed.
    let mut command: Command = project.command(env!("CARGO_BIN_EXE_hooks"));
    command.args(["backfill", "a", "-", "--quiet", "--failed-to", "failed.jsonl", "--json"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, super::lines(1..=2).as_bytes()).unwrap();
    let mut printed = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    for _ in 0..2 {
        std::io::BufRead::read_line(&mut printed, &mut lines).unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run_of(&project, 1)["failed"], 2, "{lines}");
    let failed = String::from_utf8(project.read("failed.jsonl")).unwrap();
    let mut failed: Vec<&str> = failed.split_inclusive('\n').collect();
    failed.sort_unstable();
    assert_eq!(failed.concat(), super::lines(1..=2));
    let hidden = std::fs::read_dir(project.join(".")).unwrap().flatten();
    let hidden: Vec<_> = hidden.map(|entry| entry.file_name()).collect();
    assert!(!hidden.iter().any(|name| name.to_string_lossy().ends_with("-tmp")), "{hidden:?}");
}

/// The largest file that a shell allows stands in for a full disk.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_keeps_whole_lines() {
    let receiver = Receiver::answering(|_, _| status("410 Gone", ""));
    let project = project(&receiver, 200);
    let script = format!(
        "trap '' XFSZ; ulimit -f 4; exec '{}' backfill a data.jsonl --no-history --stop-after 0 --failed-to failed.jsonl",
        env!("CARGO_BIN_EXE_hooks")
    );
    let output = project.command("sh").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("error[file-unwritable]: cannot write `failed.jsonl`: "), "{said}");
    assert!(said.contains("the file contains the elements before that"), "{said}");
    let failed = String::from_utf8(project.read("failed.jsonl")).unwrap();
    assert!(failed.ends_with('\n') && failed.lines().count() > 10, "{failed}");
    assert!(failed.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{failed}");
}

/// From wherever it is resumed. With `--failed` the elements in the file are sent again, so it cannot be continued.
#[test]
fn a_resumed_run_continues_its_file() {
    let receiver = Receiver::answering(|_, _| status("410 Gone", ""));
    let project = project(&receiver, 4).file("sub/.keep", "");
    backfilled(&project, &["--failed-to", "failed.jsonl", "--stop-after", "1", "--concurrency", "1"], 1);
    assert_eq!(project.read("failed.jsonl"), super::lines([1]).as_bytes());
    let resume = |folder: &str, more: &[&str], code: i32| {
        let words = [&["backfill", "resume", "1", "--stop-after", "1", "--concurrency", "1"], more].concat();
        let mut said = String::new();
        let run = hooks(words).in_project(&project).in_folder(folder).run();
        run.code(code).stdout_with(|_| ()).stderr_with(|text| text.clone_into(&mut said));
        said
    };
    resume("sub", &[], 1);
    resume("sub", &["--failed-to", "../failed.jsonl"], 1);
    assert_eq!(project.read("failed.jsonl"), super::lines(1..=3).as_bytes());
    let said = resume(".", &["--failed", "--failed-to", "failed.jsonl"], 3);
    assert!(said.contains("cannot create `failed.jsonl`: it already exists"), "{said}");
    resume("sub", &["--failed-to", "failed.jsonl"], 1);
    assert_eq!(project.read("sub/failed.jsonl"), super::lines([4]).as_bytes());
}

#[test]
fn a_run_in_progress_is_reported_as_in_progress() {
    let receiver = Receiver::start();
    let project = project(&receiver, 2);
    receiver.hold();
    let mut command: Command = project.command(env!("CARGO_BIN_EXE_hooks"));
    command.args(["backfill", "a", "data.jsonl", "--quiet"]);
    let mut first = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    receiver.wait_for(2);
    let (_, said) = std::thread::scope(|scope| {
        scope.spawn(|| {
            receiver.wait_for(4);
            receiver.release();
        });
        backfilled(&project, &[], 0)
    });
    first.wait().unwrap();
    assert!(said.contains("warning: run 1 of this file is in progress in another program"), "{said}");
    assert!(!said.contains("resume 1"), "{said}");
}
