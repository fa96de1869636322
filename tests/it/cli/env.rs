//! Where `${NAME}` is looked up: the environment, `.env`, `--env-file`.

use super::{NO_CONTENT, findings, request, rsvp};
use crate::harness::{Outcome, Project, hooks};
use crate::server::{Server, answering};

/// Lines that other programs accept in `.env`.
const BAD_LINES: [&str; 7] =
    ["MY-KEY=1", "source x", "export W", "a.b=1", "[default]", "K: v", "Q=\"not closed"];
const HEADER: &str = "header.X-Value = \"${V}\"\n";

/// A project whose webhook sends `${V}` to this server.
fn project(server: &Server) -> Project {
    Project::new().definitions(&rsvp(&server.url("http://127.0.0.1", "/hook"), HEADER))
}

/// A project whose payload URL does not exist.
fn unsent() -> Project {
    Project::new().definitions(&rsvp("http://receiver.invalid/hook", HEADER))
}

fn receiver() -> Server {
    answering(NO_CONTENT)
}

fn sent(server: &Server) -> String {
    request(server).header("x-value").unwrap_or_default().to_owned()
}

fn fire(project: &Project, arguments: &[&str]) -> Outcome {
    hooks(["fire", "w", "--quiet"].iter().chain(arguments)).in_project(project).run()
}

/// Checks the findings on standard error.
#[track_caller]
fn reports(outcome: Outcome, expected: &[&str]) {
    outcome.ignore_stdout().stderr_with(|text| assert_eq!(findings(text), expected, "{text}"));
}

#[test]
fn without_environment_variables_dotenv_is_not_read() {
    for line in BAD_LINES {
        let project = Project::new()
            .definitions(&rsvp("http://receiver.invalid/", ""))
            .file(".env", format!("{line}\n"));
        reports(hooks(["preview", "w"]).in_project(&project).run().success(), &[]);
    }
}

#[test]
fn the_environment_comes_before_dotenv_which_is_then_not_read() {
    let server = receiver();
    let project = project(&server).file(".env", "MY-KEY=1\nV=from-the-file\n");
    reports(hooks(["fire", "w"]).in_project(&project).env("V", "from-outside").run().success(), &[]);
    assert_eq!(sent(&server), "from-outside");
}

#[test]
fn a_line_that_cannot_be_parsed_is_a_warning_and_does_not_affect_others() {
    for line in BAD_LINES {
        let server = receiver();
        let project = project(&server).file(".env", format!("A=1\n{line}\nV=abc\t# note\n"));
        let place = if line.starts_with("Q=") { "dotenv-syntax .env:2:3" } else { "dotenv-syntax .env:2:1" };
        reports(hooks(["fire", "w"]).in_project(&project).run().success(), &[place]);
        assert_eq!(sent(&server), "abc", "{line}");
    }
}

#[test]
fn no_message_repeats_a_line_that_cannot_be_parsed() {
    let project = unsent().file(".env", "hunter2 here\nV='hunter2' hunter2\nB=\"hunter2\n");
    let run = hooks(["fire", "w"]).in_project(&project).run().code(3).no_stdout();
    run.stderr_with(|text| assert!(!text.contains("hunter2") && text.contains(".env:3:3"), "{text}"));
}

#[test]
fn a_variable_that_an_invalid_line_fails_to_set_is_an_error() {
    let project = unsent().file(".env", "V: abc\n");
    reports(
        hooks(["fire", "w"]).in_project(&project).run().code(3),
        &["dotenv-syntax .env:1:1", "environment-missing webhooks.toml:5:19"],
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_or_device_as_dotenv_is_refused_only_if_it_is_needed() {
    for make in ["mkfifo .env", "ln -s /dev/zero .env"] {
        let project = unsent();
        crate::harness::program("sh", ["-c", make])
            .in_project(&project)
            .run()
            .success()
            .no_stdout()
            .no_stderr();
        for arguments in [&["preview", "w"][..], &["check", "--env"], &["fire", "w"]] {
            let run = hooks(arguments).in_project(&project).run().code(3);
            let is_named = |text: &str| text.contains("cannot read `.env`: it is a");
            let named = std::cell::Cell::new(false);
            let look = |text: &str| named.set(named.get() || is_named(text));
            run.stdout_with(look).stderr_with(look);
            assert!(named.get(), "{make} {arguments:?}");
        }
        reports(hooks(["preview", "w"]).in_project(&project).env("V", "1").run().success(), &[]);
    }
}

#[test]
fn invalid_lines_are_reported_at_their_position_in_every_format() {
    let project = unsent().file(".env", "A=1\nMY-KEY=1\nV=1\nexport W\n");
    for (format, places) in [
        ("text", ["--> .env:2:1", "--> .env:4:1", "--> webhooks.toml:4:16"]),
        (
            "github",
            [
                "::warning file=.env,line=2,endLine=2,col=1",
                "::warning file=.env,line=4,endLine=4,col=1",
                "file=webhooks.toml,line=4",
            ],
        ),
        (
            "junit",
            ["file=\".env\" line=\"2\"", "file=\".env\" line=\"4\"", "file=\"webhooks.toml\" line=\"4\""],
        ),
        ("json", ["\"webhooks\": 1", "\"path\": \".env\"", "\"path\": \"webhooks.toml\""]),
        ("sarif", ["\"uri\": \".env\"", "\"startLine\": 4", "\"uri\": \"webhooks.toml\""]),
        ("gitlab", ["\"path\": \".env\"", "\"line\": 2", "\"path\": \"webhooks.toml\""]),
    ] {
        // This rule shows that the definitions are checked as well.
        let rule = ["--rule", "plain-http=warning"];
        let run =
            hooks(["check", "--env", "--format", format].into_iter().chain(rule)).in_project(&project).run();
        run.success().no_stderr().stdout_with(|text| {
            for place in places {
                assert!(text.contains(place), "{place} in {text}");
            }
        });
    }
    let run = hooks(["check", "--env", "--strict"]).in_project(&project).run();
    let _ =
        run.code(1).no_stderr().stdout_with(|text| assert!(text.contains("1 webhook in 2 files"), "{text}"));
}

#[test]
fn a_reference_of_another_program_is_sent_unchanged_with_a_warning() {
    for (value, sent_value, syntax) in [
        ("${BASE}/y", "${BASE}/y", "`${…}`"),
        ("$(pass show x)", "$(pass show x)", "`$(…)`"),
        ("op://vault/item", "op://vault/item", "1Password"),
        ("\"encrypted:BA3x\"", "encrypted:BA3x", "dotenvx"),
    ] {
        let server = receiver();
        let project = project(&server).file(".env", format!("UNUSED=op://a/b\nV={value}\n"));
        let run = hooks(["fire", "w"]).in_project(&project).run().success().ignore_stdout();
        run.stderr_with(|text| {
            let at = if value.starts_with('"') { 4 } else { 3 };
            assert_eq!(findings(text), [format!("environment-not-resolved .env:2:{at}")]);
            assert!(text.contains(syntax) && !text.contains("pass show"), "{text}");
        });
        assert_eq!(sent(&server), sent_value);
        let run = hooks(["check", "--env"]).in_project(&project).run().success().no_stderr();
        run.stdout_with(|text| assert_eq!(text.matches("not-resolved").count(), 1, "{text}"));
    }
    let server = receiver();
    let project = project(&server);
    let run = hooks(["fire", "w"]).in_project(&project).env("V", "op://vault/item").run();
    let _ = run.success().ignore_stdout().stderr_with(|text| assert!(text.contains("1Password"), "{text}"));
}

#[test]
fn the_last_env_file_wins_and_dotenv_is_not_read() {
    let server = receiver();
    let project = project(&server).file(".env", "V=dotenv\n").file("a", "V=a\n").file("b", "V=b\r\n");
    fire(&project, &["--env-file", "a", "--env-file", "b"]).success().ignore_stdout().no_stderr();
    assert_eq!(sent(&server), "b");
    let project = unsent().file(".env", "V=dotenv\n").file("a", "A=1\n");
    reports(fire(&project, &["--env-file", "a"]).code(3), &["environment-missing webhooks.toml:5:19"]);
}

#[test]
fn every_command_that_reads_variables_refuses_a_missing_env_file() {
    let server = receiver();
    let project = project(&server).file("d.json", "{}");
    hooks(["fire", "w", "-q"]).in_project(&project).env("V", "1").run().success().ignore_stdout().no_stderr();
    for command in [
        &["preview", "w"][..],
        &["fire", "w"],
        &["backfill", "w", "d.json", "--dry-run"],
        &["trigger", "create", "rsvp_answer", "--dry-run"],
        &["replay", "1"],
        &["listen", "--port", "0", "--for", "10ms"],
        &["check"],
    ] {
        let run =
            hooks(command.iter().chain(&["--env-file", "nowhere.env"])).in_project(&project).env("V", "1");
        let said = std::cell::Cell::new(false);
        let look = |text: &str| said.set(said.get() || text.contains("cannot read `nowhere.env`"));
        run.run().code(3).stdout_with(look).stderr_with(look);
        assert!(said.get(), "{command:?}");
    }
}

#[test]
fn dotenv_is_next_to_the_definitions_else_in_the_current_directory() {
    for (files, expected) in [
        (&[(".env", "V=beside\n"), ("sub/.env", "V=here\n")][..], "beside"),
        (&[("sub/.env", "V=here\n")][..], "here"),
    ] {
        let server = receiver();
        let mut project = project(&server).file("sub/x", "");
        for (name, text) in files {
            project = project.file(name, text);
        }
        let run = hooks(["fire", "w", "-q"]).in_project(&project).in_folder("sub").run();
        run.success().ignore_stdout().no_stderr();
        assert_eq!(sent(&server), expected);
    }
}

#[test]
fn if_nothing_is_sent_a_missing_variable_is_shown_as_not_set() {
    let url = "http://${HOST}:${PORT}/${SEGMENT}?q=${QUERY}";
    let project = Project::new()
        .definitions(&rsvp(url, "header.Accept = \"text/${V}\"\nbody.x = \"{{email}} ${V}\"\n"))
        .file("d.json", "[{\"id\":\"1\",\"email\":\"a@example.com\"}]");
    let missing = [
        "environment-missing webhooks.toml:4:23",
        "environment-missing webhooks.toml:4:31",
        "environment-missing webhooks.toml:4:39",
        "environment-missing webhooks.toml:4:52",
        "environment-missing webhooks.toml:5:23",
        "environment-missing webhooks.toml:6:21",
    ];
    let preview = hooks(["preview", "w"]).in_project(&project).run().success();
    preview
        .stdout_with(|text| {
            for part in [
                "POST http://not-set/not-set?q=not-set",
                "accept: text/${V}",
                "\"jane.doe@example.com ${V}\"",
                "${V} is not set",
            ] {
                assert!(text.contains(part), "{part} in {text}");
            }
        })
        .stderr_with(|text| assert_eq!(findings(text), missing));
    for command in
        [&["trigger", "create", "rsvp_answer", "--dry-run"][..], &["backfill", "w", "d.json", "--dry-run"]]
    {
        let run = hooks(command).in_project(&project).run().success().ignore_stdout();
        run.stderr_with(|text| {
            assert_eq!(findings(text), missing, "{command:?}");
            assert!(!text.contains("error"), "{text}");
        });
        let real = hooks(command.iter().filter(|word| **word != "--dry-run")).in_project(&project).run();
        reports(real.code(3), &missing);
    }
}

#[test]
fn variables_of_webhooks_that_do_not_fire_are_not_needed() {
    let server = receiver();
    let other = "[webhooks.other]\ntrigger = \"delete\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"${SECRET}\"\n";
    let project = Project::new()
        .definitions(&format!("{other}{}", rsvp(&server.url("http://127.0.0.1", "/"), "")))
        .file(".env", "MY-KEY=1\n");
    let run = hooks(["trigger", "create", "rsvp_answer"]).in_project(&project).run().success();
    run.stdout_with(|text| assert!(text.contains("other") && text.contains("delete"), "{text}"))
        .stderr_with(|text| assert_eq!(findings(text), [""; 0], "{text}"));
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf8_is_reported() {
    use std::os::unix::ffi::OsStrExt;

    let project = unsent().file(".env", "V=from-the-file\n");
    let value = std::ffi::OsStr::from_bytes(b"caf\xe9");
    for command in [&["fire", "w"][..], &["preview", "w"], &["trigger", "create", "rsvp_answer", "--dry-run"]]
    {
        let run = hooks(command).in_project(&project).env("V", value).run();
        reports(run.code(3), &["environment-encoding webhooks.toml:5:19"]);
    }
    let check = ["check", "--env", "--rule", "plain-http=off"];
    let run = hooks(check).in_project(&project).env("V", value).run().code(1).no_stderr();
    run.stdout_with(|text| assert_eq!(findings(text), ["environment-encoding webhooks.toml:5:19"]));
}
