//! The program is killed, or one of its system calls fails: the file is the old one or the new one, and a later run removes
//! temporary files.
//!
//! The short forms run with all tests; `cargo test --test it crash -- --ignored` runs the long ones.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{TWO, text};
use crate::harness::{Project, hooks, program};

const HOOKS: &str = env!("CARGO_BIN_EXE_hooks");

/// A different name for every edit.
fn name(edit: usize) -> String {
    format!("number {edit}")
}

fn start(project: &Project, edit: usize) -> Child {
    Command::new(HOOKS)
        .args(["edit", "sign-up", "--name", &name(edit), "--file"])
        .arg(project.join("webhooks.toml"))
        .env_remove("HOOKS_FILE")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Requires the file to be the old one or the new one; returns whether it is the new one.
#[track_caller]
fn is_new_file(project: &Project, before: &str, after: &str, when: &str) -> bool {
    let now = text(project);
    assert!(now == before || now == after, "{when}: the file is neither the old one nor the new:\n{now}");
    now == after
}

fn temporary_files(project: &Project) -> usize {
    project.files().len() - 1
}

/// Reproducible pseudo-random numbers.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

fn kill_during(edits: usize) {
    let project = Project::new().definitions(TWO);
    let with = |edit: usize| TWO.replace("Sign-ups", &name(edit));
    let begin = Instant::now();
    assert!(start(&project, 0).wait().unwrap().success());
    let whole = u64::try_from(begin.elapsed().as_micros()).unwrap().max(1);
    let (mut current, mut done, mut seed) = (with(0), 0, 0x2545_F491_4F6C_DD1D);
    for edit in 1..=edits {
        let mut child = start(&project, edit);
        // Killing at a random moment is the purpose of the test.
        std::thread::sleep(Duration::from_micros(random(&mut seed) % whole));
        child.kill().unwrap();
        child.wait().unwrap();
        if is_new_file(&project, &current, &with(edit), "killed") {
            current = with(edit);
            done += 1;
        }
        assert!(
            temporary_files(&project) <= 1,
            "more than one temporary file is left: {:?}",
            project.files()
        );
    }
    assert!(start(&project, edits + 1).wait().unwrap().success(), "a killed run blocks the next one");
    assert_eq!(text(&project), with(edits + 1));
    assert_eq!(temporary_files(&project), 0, "the temporary files of a killed run are removed");
    assert!(done < edits, "every edit was done before it could be killed");
}

#[test]
fn a_kill_at_a_random_moment_leaves_the_old_file_or_the_new() {
    kill_during(40);
}

#[test]
#[ignore = "takes minutes"]
fn a_thousand_kills_at_random_moments_leave_the_old_file_or_the_new() {
    kill_during(1_000);
}

/// Eight concurrent processes make this many edits each.
fn eight_processes_edit(edits: usize) {
    let project = Project::new().definitions("# one file\n");
    let add = |process: usize, edit: usize| {
        let url = format!("https://example.com/{process}/{edit}");
        let handle = format!("w-{process}-{edit}");
        let words = ["add", &handle, "--trigger", "create", "--element", "event", "--url", &url, "--quiet"];
        hooks(words).in_project(&project).run().success().no_stderr().stdout_with(|_| {});
    };
    std::thread::scope(|scope| {
        for process in 0..8 {
            scope.spawn(move || (0..edits).for_each(|edit| add(process, edit)));
        }
    });
    let text = text(&project);
    for (process, edit) in (0..8).flat_map(|process| (0..edits).map(move |edit| (process, edit))) {
        let block = format!(
            "\n[webhooks.w-{process}-{edit}]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \
             \"https://example.com/{process}/{edit}\"\n"
        );
        assert_eq!(text.matches(&block).count(), 1, "{block}");
    }
    assert_eq!(text.matches("[webhooks.").count(), 8 * edits);
    assert_eq!(temporary_files(&project), 0);
}

#[test]
fn eight_processes_lose_no_edit() {
    eight_processes_edit(10);
}

#[test]
#[ignore = "takes half a minute"]
fn eight_processes_lose_none_of_four_hundred_edits() {
    eight_processes_edit(50);
}

/// The system calls of an edit.
const CALLS: [&str; 19] = [
    "rename,renameat,renameat2",
    "fsync",
    "fdatasync",
    "write",
    "openat",
    "fchmod,chmod,fchmodat",
    "fchown,chown",
    "unlink,unlinkat",
    "read",
    "pread64",
    "close",
    "flock",
    "fstat,newfstatat,statx",
    "stat,lstat",
    "readlink,readlinkat",
    "getdents64",
    "fcntl",
    "lseek",
    "getcwd",
];

/// Makes the n-th of these calls of an edit fail, for every n; returns the number of calls.
#[cfg(target_os = "linux")]
fn tamper(calls: &str, how: &str) -> usize {
    let after = TWO.replace("Sign-ups", &name(1));
    let mut met = 0;
    loop {
        let when = met + 1;
        let project = Project::new().definitions(TWO);
        let inject = format!("inject={calls}:{how}:when={when}");
        let edit = ["edit", "sign-up", "--name", &name(1)].map(str::to_owned);
        let words = ["-f", "-qq", "-o", "../trace", "-e", &format!("trace={calls}"), "-e", &inject, HOOKS];
        let run =
            program("strace", words.map(str::to_owned).into_iter().chain(edit)).in_project(&project).run();
        let trace = std::fs::read_to_string(project.path().parent().unwrap().join("trace")).unwrap();
        let moment = format!("{inject}\n{trace}");
        let is_done = is_new_file(&project, TWO, &after, &moment);
        let is_killed = trace.contains("killed by SIGKILL");
        let mut code = None;
        run.any_end(|own| code = own).stdout_with(|_| {}).stderr_with(|said| {
            assert!(!said.contains("panicked"), "{moment}: {said}");
            // The loader prints its own message.
            let is_told = said.contains("error") || is_killed || code == Some(127);
            assert!(code == Some(0) || is_told, "{moment} ended with {code:?} without a reason: {said}");
        });
        assert_ne!(code, Some(101), "{moment}");
        assert!(code != Some(0) || is_done, "{moment}: success, and nothing was written");
        let left = project.files().len() - 2;
        assert!(left == 0 || (left == 1 && (is_killed || calls.contains("unlink"))), "{moment}: {left} left");
        let again = hooks(["edit", "sign-up", "--name", &name(2)]).in_project(&project).run();
        again.success().no_stderr().stdout_with(|_| {});
        assert_eq!(project.files().len(), 2, "{moment}: the temporary files are removed");
        if !trace.contains("(INJECTED)") && !is_killed {
            return met;
        }
        met += 1;
    }
}

/// Whether `strace` is installed and may trace.
#[cfg(target_os = "linux")]
fn can_trace() -> bool {
    let traced =
        Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    traced.is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
#[test]
fn an_error_in_the_calls_that_write_leaves_the_old_file_or_the_new() {
    if can_trace() {
        for (calls, how) in [
            (CALLS[0], "error=EIO"),
            (CALLS[1], "error=ENOSPC"),
            (CALLS[3], "error=ENOSPC"),
            (CALLS[0], "signal=KILL"),
        ] {
            assert!(tamper(calls, how) > 0, "no edit without {calls}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes minutes, and needs strace"]
fn an_error_or_a_kill_at_any_call_leaves_the_old_file_or_the_new() {
    assert!(can_trace(), "strace is not there, or may not trace");
    let mut met = Vec::new();
    for calls in CALLS {
        // Closing a directory never fails, and the standard library relies on that.
        let errors = if calls == "close" { &[][..] } else { &["error=ENOSPC", "error=EIO", "error=EACCES"] };
        for how in errors.iter().chain(&["signal=KILL"]).copied() {
            met.push((calls, how, tamper(calls, how)));
        }
    }
    for (calls, how, times) in &met {
        assert!(*times > 0 || !matches!(*calls, "openat" | "read" | "write"), "{calls} {how} was never met");
    }
    let all: usize = met.iter().map(|(_, _, times)| times).sum();
    assert!(all > 200, "only {all} calls were met");
}
