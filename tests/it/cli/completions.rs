//! `hooks completions` and what the scripts offer, tried in Bash.

use crate::harness::{Project, hooks, program, with_hooks_in_path};

/// What Bash offers for the last of these words.
fn offered(project: &Project, words: &[&str]) -> Vec<String> {
    const SCRIPT: &str = r#"
        source <(hooks completions bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9
        _clap_complete_hooks hooks "${COMP_WORDS[COMP_CWORD]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let arguments = ["-c", SCRIPT, "bash", "hooks"].iter().chain(words);
    let mut offered = Vec::new();
    let run = program("bash", arguments).in_project(project).env("PATH", with_hooks_in_path());
    run.run().success().no_stderr().stdout_with(|text| {
        offered = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        // Options are offered if there is nothing else.
        if words.last().is_none_or(|word| !word.starts_with('-')) {
            offered.retain(|line| !line.starts_with('-'));
        }
    });
    offered
}

#[test]
fn a_shell_completes_the_value_of_each_placeholder() {
    let project = Project::example().file("answer.json", "{}").file("my $answer.json", "{}").file(
        "other.toml",
        "[webhooks.elsewhere]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://x\"\n",
    );
    for (words, expected) in [
        (&["fi"][..], &["fire"][..]),
        (&["fire", "gala"], &["gala-guest-list"]),
        (&["fire", "gala-guest-list", "ans"], &["answer.json"]),
        (&["fire", "gala-guest-list", r"my\ "], &[r"my\ \$answer.json"]),
        (&["listen", "--expect", "event-r"], &["event-removed"]),
        (&["-f", "other.toml", "show", ""], &["elsewhere"]),
        (&["show", "--file=other.toml", ""], &["elsewhere"]),
        (&["trigger", "up"], &["update"]),
        (&["trigger", "update", "sty"], &["style"]),
        (
            &["vars", "event"],
            &["event", "event-changes-to-cms", "event-group", "event-removed", "event-to-analytics"],
        ),
        (&["edit", "gala-guest-list", "--method", "P"], &["POST", "PUT", "PATCH"]),
        (&["fire", "--ech"], &["--echo"]),
        (&["add", ""], &[]),
    ] {
        let mut offered = offered(&project, words);
        let mut expected: Vec<String> =
            expected.iter().map(|own| own.replace("event-group", "event_group")).collect();
        offered.sort();
        expected.sort();
        assert_eq!(offered, expected, "{words:?}");
    }
}

#[test]
fn runs_and_deliveries_are_offered_newest_first() {
    let project = Project::new()
        .definitions("[webhooks.w]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://127.0.0.1:1/\"\n")
        .file("data.jsonl", "{}\n");
    assert_eq!(offered(&project, &["backfill", "show", ""]), [""; 0]);
    for words in [
        &["fire", "w"][..],
        &["fire", "w"],
        &["backfill", "w", "data.jsonl"],
        &["backfill", "w", "data.jsonl"],
    ] {
        hooks(words).in_project(&project).run().code(4).ignore_output();
    }
    assert_eq!(offered(&project, &["backfill", "resume", ""]), ["2", "1"]);
    assert_eq!(offered(&project, &["replay", ""])[..2], ["2", "1"]);
}

#[test]
fn a_completion_that_fails_prints_nothing() {
    let project = Project::new().definitions("[webhooks.w\n");
    for words in [&["-f", "nope.toml", "fire", ""][..], &["fire", ""], &["fire", "--nope", ""]] {
        assert_eq!(offered(&project, words), [""; 0], "{words:?}");
    }
}

#[test]
fn an_invalid_value_of_the_completion_variable_is_ignored() {
    for value in ["", "1", "nosuch", "bash"] {
        let outcome = hooks(["version"]).env("HOOKS_COMPLETE", value).run().success().no_stderr();
        outcome.stdout_with(|text| assert!(text.starts_with("hooks "), "{text}"));
    }
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let outcome = hooks(["completions", shell]).run().success().no_stderr();
        outcome
            .stdout_with(|text| assert!(text.contains("HOOKS_COMPLETE") && text.contains(shell), "{text}"));
    }
}

/// `scripts/package.sh deb` also tries the completion in zsh.
#[test]
fn the_script_for_zsh_completes_when_it_is_loaded_from_fpath() {
    let outcome = hooks(["completions", "zsh"]).run().success().no_stderr();
    outcome.stdout_with(|text| {
        let (registered, called) = text.split_once("compdef _clap_dynamic_completer_hooks hooks\n").unwrap();
        assert!(registered.contains("\nfunction _clap_dynamic_completer_hooks() {\n"), "{text}");
        assert_eq!(
            called,
            "\nif [[ \"$funcstack[1]\" == _hooks ]]; then\n    _clap_dynamic_completer_hooks\nfi\n"
        );
    });
}
