//! Help: short, wrapped to the terminal, and printed for a command line that is wrong. `docs/cli.md` is the long help.

use clap::Command;
use snapbox::str;

use crate::harness::hooks;

/// Calls `look` for the program and each of its commands.
fn for_each(command: &Command, look: &mut dyn FnMut(&Command)) {
    look(command);
    command.get_subcommands().for_each(|inner| for_each(inner, look));
}

#[test]
fn the_short_help_of_everything_is_one_line() {
    const MAX_LENGTH: usize = 160;
    let mut problems = Vec::new();
    for_each(&hooks::commands::command(), &mut |command| {
        let arguments = command.get_arguments().filter(|own| !own.is_hide_set());
        let mut texts: Vec<_> = arguments.map(|own| own.get_help().map(ToString::to_string)).collect();
        texts.push(command.get_about().map(ToString::to_string));
        for text in texts {
            let text = text.unwrap_or_default();
            let is_phrase = !text.is_empty() && text.chars().count() <= MAX_LENGTH && !text.ends_with('.');
            if !is_phrase {
                problems.push(format!("{}: {text:?}", command.get_name()));
            }
        }
    });
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn help_fits_the_terminal() {
    for (words, columns) in [
        (&["--help"][..], 80),
        (&["--help"], 60),
        (&["help"], 60),
        (&["fire", "-h"], 60),
        (&["fire", "--help"], 80),
    ] {
        let outcome = hooks(words).env("COLUMNS", columns.to_string()).run().success().no_stderr();
        outcome.stdout_with(|text| {
            let wide = text.lines().find(|line| line.chars().count() > columns);
            assert_eq!(wide, None, "{words:?}");
        });
    }
}

#[test]
fn help_and_version_are_commands() {
    let printed = |words: &str| {
        let mut printed = String::new();
        let outcome = hooks(words.split(' ')).run().success().no_stderr();
        outcome.stdout_with(|text| text.clone_into(&mut printed));
        printed
    };
    for (command, flag) in [
        ("help", "--help"),
        ("help fire", "fire --help"),
        ("help history diff", "history diff --help"),
        ("version", "--version"),
    ] {
        assert_eq!(printed(command), printed(flag));
    }
    // Release builds add the commit.
    assert_eq!(printed("version"), format!("hooks {}\n", env!("HOOKS_VERSION")));
    assert!(env!("HOOKS_VERSION").starts_with(env!("CARGO_PKG_VERSION")));
}

#[test]
fn an_invalid_command_line_gets_a_suggestion() {
    hooks(["frie"]).run().code(2).no_stdout().stderr(str![[r#"
error: unknown command `frie`
  = help: did you mean `hooks fire`?

"#]]);
    hooks(["fire", "w", "--echo", "--to", "http://x"]).run().code(2).no_stdout().stderr(str![[r#"
error: the argument '--echo' cannot be used with '--to <URL>'

Usage: hooks fire --echo <WEBHOOK> [DATA]

For more information, try '--help'.

"#]]);
    hooks(["fire", "w", "--timeout", "1h"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value '1h' for '--timeout <TIME>': expected a number with `ms`, `s` or `min`; without a unit, it is in seconds

For more information, try '--help'.

"#]]);
    hooks(["fire", "w", "--to", "ftp://x"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'ftp://x' for '--to <URL>': the URL must start with `http://` or `https://`; change the scheme

For more information, try '--help'.

"#]]);
    hooks(["fire", "w", "--set", "email"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'email' for '--set <PATH=TEXT>': expected PATH=VALUE, e.g. `email=jane@example.com`

For more information, try '--help'.

"#]]);
}
