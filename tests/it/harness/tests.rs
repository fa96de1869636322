//! The harness fails the tests that it should fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use snapbox::str;

use super::Project;
use super::run::{Outcome, program};

fn shell(script: &str) -> Outcome {
    program("sh", ["-c", script]).run()
}

/// The message of a failing test.
fn complaint(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("the test should have failed");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

#[test]
fn a_part_of_the_result_that_is_not_checked_fails_the_test() {
    let parts: [fn(Outcome); 4] = [
        drop,
        |outcome| drop(outcome.code(3).stdout(str!["out"])),
        |outcome| drop(outcome.code(3).stderr(str!["err"])),
        |outcome| drop(outcome.stdout(str!["out"]).stderr(str!["err"])),
    ];
    for look in parts {
        let complaint = complaint(|| look(shell("printf out; printf err >&2; exit 3")));
        assert!(complaint.contains("must each be checked"), "{complaint}");
    }
    shell("printf out; printf err >&2; exit 3").code(3).stdout(str!["out"]).stderr(str!["err"]);
}

#[test]
fn a_wrong_code_or_output_fails_the_test_and_shows_everything() {
    let wrong = complaint(|| drop(shell("echo one; echo two >&2; exit 3").code(4)));
    assert!(wrong.contains("one") && wrong.contains("two") && wrong.contains('3'), "{wrong}");
    complaint(|| drop(shell("echo one").success().no_stdout()));
    complaint(|| drop(shell("echo one >&2").success().no_stdout().no_stderr()));
    complaint(|| drop(shell("printf one").success().stdout_is("two")));
    complaint(|| drop(shell("printf one").success().stdout_json(|_| ())));
}

#[test]
fn a_run_has_a_clean_environment() {
    let project = Project::new();
    program("env", [""; 0])
        .in_project(&project)
        .env("GIVEN", "here")
        .run()
        .success()
        .stdout_with(|text| {
            let mut names: Vec<_> = text.lines().filter_map(|line| line.split('=').next()).collect();
            names.retain(|name| *name != "LLVM_PROFILE_FILE");
            names.sort_unstable();
            assert_eq!(
                names,
                [
                    "GIVEN",
                    "HOME",
                    "LANG",
                    "PATH",
                    "RUST_BACKTRACE",
                    "TMPDIR",
                    "TZ",
                    "USERPROFILE",
                    "XDG_CACHE_HOME",
                    "XDG_CONFIG_HOME",
                    "XDG_DATA_HOME",
                    "XDG_STATE_HOME"
                ]
            );
        })
        .no_stderr();
}

#[test]
fn standard_input_is_empty_unless_it_is_given() {
    shell("cat").success().no_stdout().no_stderr();
    program("cat", ["-"]).stdin("given\r\n\0").run().success().stdout_is("given\r\n\0").no_stderr();
}

#[test]
fn the_program_runs_in_the_directory_of_the_project() {
    let project = Project::new().definitions("a\r\n").file("data/one.json", "{}");
    program("sh", ["-c", "cat ../webhooks.toml one.json; pwd"])
        .in_project(&project)
        .in_folder("data")
        .run()
        .success()
        .stdout(str![[r#"
a
{}[PROJECT]/data

"#]])
        .no_stderr();
    assert_eq!(project.read("webhooks.toml"), b"a\r\n");
    assert_eq!(project.files().len(), 2);
}

#[cfg(unix)]
mod terminal {
    use super::complaint;
    use crate::harness::pty::is_cursor_shown;
    use crate::harness::{Key, Project, Terminal};

    fn shell(project: &Project, script: &str) -> Terminal {
        Terminal::start(project, "sh", ["-c", script], (60, 20), "xterm")
    }

    #[test]
    fn a_terminal_has_a_size_and_a_type_and_accepts_keys() {
        let project = Project::new();
        let mut terminal =
            shell(&project, "stty size; echo $TERM; printf 'name? '; read name; echo \"<$name>\"; exit 3");
        terminal
            .expect("20 60\r\nxterm")
            .expect("name? ")
            .send("Jürgen")
            .press(Key::Enter)
            .expect("<Jürgen>");
        assert!(terminal.code(3).ends_with("<Jürgen>\r\n"));
    }

    #[test]
    fn keys_are_sent_as_terminals_send_them() {
        let keys = [
            (Key::Enter, "0d"),
            (Key::Escape, "1b"),
            (Key::Up, "1b 5b 41"),
            (Key::Down, "1b 5b 42"),
            (Key::Backspace, "7f"),
            (Key::CtrlC, "03"),
            (Key::CtrlD, "04"),
        ];
        let project = Project::new();
        let script = "stty raw -echo; printf ready; head -c 11 | od -An -tx1 -v -w11; stty sane";
        let mut terminal = shell(&project, script);
        terminal.expect("ready");
        for (key, _) in keys {
            terminal.press(key);
        }
        let bytes: Vec<_> = keys.iter().map(|(_, bytes)| *bytes).collect();
        terminal.expect(&bytes.join(" "));
        terminal.code(0);
    }

    #[test]
    fn an_interrupt_reaches_the_program() {
        let project = Project::new();
        let mut terminal = shell(&project, "trap 'exit 130' INT; echo ready; while :; do sleep 0.01; done");
        terminal.expect("ready").press(Key::CtrlC);
        terminal.code(130);
    }

    #[test]
    fn a_terminal_that_is_left_broken_fails_the_test() {
        let project = Project::new();
        let hidden = complaint(|| drop(shell(&project, "printf '\\033[?25h\\033[?25l'").code(0)));
        assert!(hidden.contains("hidden"), "{hidden}");
        let mute = complaint(|| drop(shell(&project, "stty -echo").code(0)));
        assert!(mute.contains("without echo"), "{mute}");
        let ended = complaint(|| {
            shell(&project, "echo bye").expect("hello");
        });
        assert!(ended.contains("ended") && ended.contains("bye"), "{ended}");
        let open = complaint(|| drop(shell(&project, "exit 0")));
        assert!(open.contains("must wait"), "{open}");
    }

    #[test]
    fn the_last_escape_sequence_about_the_cursor_counts() {
        assert!(is_cursor_shown("x") && is_cursor_shown("\x1b[?25l x \x1b[?25h"));
        assert!(!is_cursor_shown("\x1b[?25h \x1b[?25l"));
    }
}
