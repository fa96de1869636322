//! Closed pipes, full disks, colours, and text from outside.

use hooks::core::text::is_unsafe;
use snapbox::str;

use super::{fire_at, project, rsvp};
use crate::harness::{Outcome, Project, holds_command, hooks, shell};
use crate::server::answering;

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_an_error() {
    for command in
        ["vars", "vars --json", "sample event", "preview rsvp-to-cms", "--help", "fire rsvp-to-cms --echo -q"]
    {
        let script = format!(
            "{{ \"$0\" {command}; echo $? >code; }} 2>err | head -c 1 >/dev/null; cat err; exit $(cat code)"
        );
        let outcome = shell(&script).in_project(&Project::example()).run();
        outcome.success().stdout_with(|text| assert!(!text.contains("error"), "{text}")).no_stderr();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for command in [
        "list",
        "vars",
        "sample event",
        "preview rsvp-to-cms --format body -q",
        "--help",
        "list --help",
        "fire rsvp-to-cms --echo -q",
    ] {
        let outcome = shell(&format!("\"$0\" {command} >/dev/full")).in_project(&Project::example()).run();
        outcome.code(5).no_stdout().stderr_with(|text| {
            assert!(text.contains("error: cannot write to standard output: "), "{text}");
        });
    }
    let silent = shell("\"$0\" list -f nope.toml 2>/dev/full").run();
    silent.code(3).no_stdout().no_stderr();
}

#[cfg(target_os = "linux")]
#[test]
fn the_state_of_a_delivery_is_reported_if_the_output_cannot_be_written() {
    for (status, state) in [("204 No Content", "delivered w"), ("500 Oops", "failed w")] {
        for command in [
            "fire w",
            "fire w --json",
            "fire w --quiet",
            "trigger create rsvp_answer",
            "replay 1",
            "backfill w d.json",
        ] {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let server = answering(&answer);
            let project = Project::new()
                .definitions(&rsvp(&server.url("http://127.0.0.1", "/hook"), ""))
                .file("d.json", "[{\"id\": \"1\"}]");
            if command.starts_with("replay") {
                hooks(["fire", "w"]).in_project(&project).run().any_code().ignore_output();
            }
            let run = shell(&format!("\"$0\" {command} >/dev/full")).in_project(&project).run();
            run.code(5).no_stdout().stderr_with(|text| {
                let state =
                    if command.starts_with("backfill") { state.trim_end_matches(" w") } else { state };
                assert!(text.contains(state), "{command}: {text}");
                assert!(text.contains("error: cannot write to standard output: "), "{command}: {text}");
            });
        }
    }
}

#[test]
fn colours_are_used_on_terminals_or_on_request() {
    let project = Project::example();
    for arguments in [
        &["list"][..],
        &["show", "rsvp-to-cms"],
        &["vars"],
        &["preview", "rsvp-to-cms"],
        &["nope"],
        &["--help"],
        &["list", "-f", "nope"],
    ] {
        let is_coloured = |color: &str, expected: bool| {
            let outcome = hooks(arguments.iter().chain(&["--color", color]))
                .in_project(&project)
                .env("NO_COLOR", "")
                .run();
            let both = std::cell::RefCell::new(String::new());
            let code = i32::from(arguments[0] == "nope") * 2 + i32::from(arguments.len() == 3) * 3;
            let look = |text: &str| both.borrow_mut().push_str(text);
            outcome.code(code).stdout_with(look).stderr_with(look);
            assert_eq!(both.borrow().contains('\u{1b}'), expected, "{arguments:?} {color}");
        };
        is_coloured("auto", false);
        is_coloured("never", false);
        // Also if `--help` comes before `--color`.
        is_coloured("always", true);
    }
}

/// Checks that the output contains neither escape sequences nor commands for a CI system.
#[track_caller]
fn is_harmless(outcome: Outcome, code: i32) {
    let look = |text: &str| {
        assert!(!text.chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'), "{text:?}");
        assert!(!holds_command(text), "{text}");
    };
    outcome.code(code).stdout_with(look).stderr_with(look);
}

/// Escape sequences and commands, as written in TOML and JSON.
const HOSTILE: &str =
    r"::error::x\u001b[31m\u009b2J\u202e\r\n::add-mask::y\n##vso[task] ##[set-output name=d]yes\u2028\u200b";

#[test]
fn hostile_definitions_and_data_are_escaped() {
    let rest = format!(
        "name = \"{HOSTILE}\"\n[webhooks.w.body]\n\"{HOSTILE}\" = \"{HOSTILE} {{{{{{x}}}}}}\"\n\"::k\" = \"{{{{payload}}}}\"\n[webhooks.w.header]\nAccept = \"{{{{email}}}}\"\n"
    );
    let rest = rest.replace("{{{x}}}", "{{email}}");
    let element = format!(
        "{{\"email\": \"::e\", \"payload\": \"{HOSTILE}\", \"{HOSTILE}\": {{\"::x\": 1}}, \"#y\": 2}}"
    );
    let project = project(&rest).file("d.json", &element);
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["show", "w"],
        &["show", "w", "--json"],
        &["preview", "w", "d.json"],
        &["preview", "w", "d.json", "--json"],
        &["fire", "w", "d.json", "--echo"],
        &["fire", "w", "d.json", "--echo", "--json"],
        &["vars", "rsvp_answer", "d.json"],
        &["vars", "rsvp_answer", "d.json", "--json"],
        &["trigger", "create", "rsvp_answer", "d.json", "--dry-run"],
    ] {
        is_harmless(hooks(arguments).in_project(&project).run(), 0);
    }
}

#[test]
fn hostile_text_in_errors_is_escaped() {
    let hostile = "::error::x\u{1b}[31m\u{9b}\u{202e}\n::add-mask::y##[group]";
    let project = project("");
    for (arguments, code) in [
        (&["show", hostile][..], 3),
        (&["list", "-f", hostile], 3),
        (&["preview", "w", hostile], 3),
        (&["fire", "w", "--cacert", hostile], 3),
        (&["preview", "w", "--set", &format!("{hostile}=x")], 3),
        (&["preview", "w", "--set-json", &format!("amount={hostile}")], 3),
        (&["vars", hostile], 2),
        (&["vars", "--trigger", hostile], 2),
        (&["preview", "w", "--to", hostile], 2),
        (&["preview", "w", "--format", hostile], 2),
        (&["fire", "w", "--timeout", hostile], 2),
        (&["list", hostile], 2),
        (&[hostile], 2),
        (&["list", &format!("--{hostile}")], 2),
    ] {
        is_harmless(hooks(arguments).in_project(&project).run(), code);
    }
    for file in [
        format!("[webhooks.w]\n\"{HOSTILE}\" = 1\ntrigger = \"{HOSTILE}\"\n"),
        format!("[webhooks.\"{HOSTILE}\"]\n"),
        format!("x = \"{hostile}\"\n"),
        format!("{hostile}\n"),
        rsvp(
            "https://x/\\u001b",
            &format!(
                "[webhooks.w.header]\n\"{HOSTILE}\" = \"{{{{{HOSTILE}}}}}\"\n[webhooks.w.body]\nx = \"{{{{{HOSTILE}}}}}\"\ny = \"${{{HOSTILE}}}\"\n"
            ),
        ),
    ] {
        let bad = Project::new().definitions(&file);
        is_harmless(hooks(["preview", "w", "-"]).in_project(&bad).stdin("{}").run(), 3);
    }
    for element in [
        format!("{{\"{HOSTILE}\": 1, \"{HOSTILE}\": tru}}"),
        format!("{{\"{hostile}\": 1}}"),
        hostile.to_owned(),
    ] {
        is_harmless(hooks(["preview", "w", "-"]).in_project(&project).stdin(element).run(), 3);
    }
}

#[test]
fn a_hostile_response_is_escaped() {
    let hostile = "::error::x\u{1b}[31m\u{9b}2J\u{202e}\r\n::add-mask::y\r##vso[task]\n\n  ::z ##[group]";
    for (status, code) in [("200 ::error::\u{9b}", 0), ("500 ##[error]\u{202e}", 1), ("302 \u{9b}", 1)] {
        for content_type in ["text/html", "application/json"] {
            let answer = format!(
                "HTTP/1.1 {status}\r\nlocation: ##vso[x]\u{9b}\r\nx-odd: ##teamcity[x]::error::\u{9b}\u{202e}\r\n\
                 content-type: {content_type}\r\ncontent-length: {}\r\n\r\n{hostile}",
                hostile.len()
            );
            for arguments in [&[][..], &["--json"]] {
                is_harmless(fire_at(&answering(&answer), &project(""), arguments), code);
            }
        }
    }
}

#[test]
fn json_escapes_commands_without_changing_the_text() {
    let body = "##[set-output name=d]yes\n##vso[x]";
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    fire_at(&answering(&answer), &project(""), &["--json", "-q"]).success().no_stderr().stdout_with(|text| {
        assert!(text.contains(r"\u0023\u0023[set-output name=d]yes\n\u0023\u0023vso[x]"), "{text}");
        let line: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(line["response"]["body"], body);
    });
}

#[test]
fn output_for_other_programs_is_not_changed() {
    let text = "##[group]::error::";
    let project = project(&format!("[webhooks.w.header]\nAccept = \"{text}\"\n"));
    for format in ["body", "http", "curl"] {
        let arguments =
            ["preview", "w", "--set", &format!("email={text}"), "--format", format, "--reveal", "-q"];
        let outcome = hooks(arguments).in_project(&project).run().success().no_stderr();
        outcome.stdout_with(|printed| assert!(printed.contains(text), "{format}: {printed}"));
    }
    hooks(["check", "--format", "github", "nope.toml"])
        .in_project(&project)
        .run()
        .code(3)
        .no_stderr()
        .stdout_with(|text| assert!(text.starts_with("::error "), "{text}"));
}

#[cfg(unix)]
#[test]
fn a_terminal_shows_commands_unchanged() {
    let project = project("");
    let text = crate::harness::Terminal::open(&project, ["preview", "w", "--set", "email=##[group]"]).code(0);
    assert!(text.contains("\"##[group]\""), "{text}");
}

#[test]
fn quiet_keeps_results_and_errors() {
    let quiet = |element: &str| {
        hooks(["preview", "w", "-", "-q", "--format", "body"]).in_project(&project("")).stdin(element).run()
    };
    quiet(r#"{"a":1,"a":2}"#).success().stdout_is(r#"{"element_data":{"a":2}}"#).no_stderr();
    quiet("[]").code(3).no_stdout().stderr(str![[r#"
error[element-not-object]: expected a JSON object, found a list
 --> standard input:1:1
  |
1 | []
  | ^
  |
  = help: give one item of the list, from `{` to `}`; `hooks backfill` sends them all


"#]]);
}
