//! Commands and options that newcomers guess: the right one is printed and nothing is run.

use crate::harness::{Project, hooks};
use crate::server::answering;

#[test]
fn a_wrong_command_or_option_prints_the_right_one() {
    for (words, instead) in [
        ("why", "`hooks trigger create rsvp_answer DATA --dry-run`"),
        ("test", "`hooks fire WEBHOOK`"),
        ("send w", "`hooks fire WEBHOOK`"),
        ("logs", "`hooks history`"),
        ("validate", "`hooks check`"),
        ("lint", "`hooks check`"),
        ("import", "`hooks add`"),
        ("status", "`hooks list`"),
        ("explain", "`hooks preview WEBHOOK`"),
        ("delete w", "`hooks remove WEBHOOK`"),
        ("new", "`hooks add`"),
        ("history run", "`hooks backfill list`"),
        ("listen 4001", "`--port 4001`"),
        ("listen -p 4001", "`hooks listen --port 4001`"),
        ("fire w -v", "`hooks history ID`"),
        ("fire w --dry-run", "`hooks preview WEBHOOK`"),
        ("preview w --curl", "`hooks preview WEBHOOK --format curl`"),
        ("fiire", "did you mean `hooks fire`?"),
        ("qwertz", "run `hooks --help` for a list of commands"),
        ("backfill lst", "did you mean `hooks backfill list`?"),
        ("backfill help", "run `hooks backfill --help` for a list of commands"),
        ("backfill show", "`hooks backfill list` lists the runs"),
        ("backfill resume", "`hooks backfill list` lists the runs"),
        ("backfill", "Give WEBHOOK and DATA"),
        ("backfill w", "use `--event PROKEY`"),
        ("backfill export w", "use `--event PROKEY`"),
        ("backfill w --status confirmed", "`--status` requires `--event`"),
        ("backfill w --api http://127.0.0.1/v1", "`--api` requires `--event`"),
        ("vars event --key-file -", "`--key-file` requires `--id` or `--event`"),
        ("replay", "`--failed` replays all"),
        ("help qwertz", "run `hooks --help` for a list of commands"),
    ] {
        let run = hooks(words.split(' ')).run();
        run.code(2).no_stdout().stderr_with(|text| {
            assert!(text.starts_with("error: ") && text.contains(instead), "{words}: {text}");
            assert!(!text.contains("--help'"), "{words}: {text}");
        });
    }
}

#[test]
fn a_wrong_command_runs_nothing() {
    let receiver = answering("HTTP/1.1 200 OK\r\n\r\n").maybe_unvisited();
    let project = Project::new().definitions(&format!(
        "[webhooks.w]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"{}\"\n",
        receiver.url("http://127.0.0.1", "/")
    ));
    for words in [["send", "w"], ["test", "w"], ["delete", "w"]] {
        hooks(words).in_project(&project).run().code(2).no_stdout().ignore_stderr();
    }
    assert_eq!(receiver.visits(), 0);
    hooks(["show", "w"]).in_project(&project).run().success().ignore_stdout().no_stderr();
}

#[test]
fn a_negative_number_gets_no_advice_that_does_not_help() {
    for words in ["history -1", "listen -1", "fire -1"] {
        hooks(words.split(' ')).run().code(2).no_stdout().stderr_with(|text| {
            assert!(text.contains("unexpected argument '-1'") && !text.contains("tip"), "{text}");
        });
    }
}

#[test]
fn an_option_without_its_value_is_shown_as_in_the_help() {
    for (arguments, option) in [
        (&["add", "x", "--body"][..], "'--body <KEY=VALUE>'"),
        (&["emulate", "--key"], "'--key <KEY=SCOPE>'"),
    ] {
        hooks(arguments)
            .run()
            .code(2)
            .no_stdout()
            .stderr_with(|text| assert!(text.contains(option), "{text}"));
    }
}
