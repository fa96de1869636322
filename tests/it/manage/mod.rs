//! The commands that change the definitions file.

mod add;
#[cfg(unix)]
mod crash;
#[cfg(unix)]
mod dialogue;
mod edit;
#[cfg(unix)]
mod files;
mod init;
mod lists;
mod others;
#[cfg(unix)]
mod review;
mod secrets;

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::harness::{Project, hooks};

/// Two webhooks, with comments and another tool's table.
const TWO: &str = r#"# ours
[webhooks.sign-up]
name = "Sign-ups"  # for people
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/rsvp"

[webhooks.sign-up.header]
X-Request-Id = "1"

[webhooks.sign-up.body]
seats = "{{amount}}"

# about events
[webhooks.events]
active = false
trigger = "update"
trigger_element = "event"
method = "PUT"
payload_url = "https://cms.example.com/events"

[tool]
own = 1
"#;

/// A file with its bytes and the time of its last write.
type FileState = (PathBuf, Vec<u8>, SystemTime);

/// Runs something that must not change any file of the project, nor the time of its last write.
#[track_caller]
fn untouched<T>(project: &Project, act: impl FnOnce() -> T) -> T {
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for (path, _, _) in states(project) {
        // Fails for a read-only file.
        let _ = File::options().write(true).open(&path).map(|file| file.set_modified(old).unwrap());
    }
    let before = states(project);
    let result = act();
    assert!(before == states(project), "a file was changed: {before:?} instead of {:?}", states(project));
    result
}

fn states(project: &Project) -> Vec<FileState> {
    let top = project.path().parent().unwrap().to_owned();
    let read = |(own, bytes): (PathBuf, Vec<u8>)| {
        let path = top.join(own);
        let time = path.metadata().unwrap().modified().unwrap();
        (path, bytes, time)
    };
    project.files().into_iter().map(read).collect()
}

fn text(project: &Project) -> String {
    String::from_utf8(project.read("webhooks.toml")).unwrap()
}

/// Every command that changes the file, with arguments for [`TWO`].
const ALL: [&[&str]; 6] = [
    &[
        "add",
        "new",
        "--trigger",
        "create",
        "--trigger-element",
        "event",
        "--payload-url",
        "https://example.com",
    ],
    &["edit", "sign-up", "--method", "PATCH"],
    &["rename", "sign-up", "answers"],
    &["remove", "sign-up", "--yes"],
    &["enable", "events"],
    &["disable", "sign-up"],
];

#[test]
fn every_command_keeps_the_byte_order_mark_and_the_line_endings() {
    let edited = |words: &[&str], before: &str| {
        let project = Project::new().definitions(before);
        hooks(words).in_project(&project).run().success().no_stderr().stdout_with(|_| {});
        text(&project)
    };
    for words in ALL {
        let after = edited(words, TWO);
        assert_ne!(after, TWO);
        assert_eq!(edited(words, &format!("\u{feff}{TWO}")), format!("\u{feff}{after}"));
        assert_eq!(edited(words, &TWO.replace('\n', "\r\n")), after.replace('\n', "\r\n"));
        assert_eq!(edited(words, TWO.trim_end()), after.trim_end());
    }
}

#[test]
fn a_dry_run_shows_the_diff_and_writes_nothing() {
    for words in ALL {
        let project = Project::new().definitions(TWO);
        untouched(&project, || {
            hooks(words.iter().chain(&["--dry-run"]))
                .in_project(&project)
                .run()
                .success()
                .stdout_with(|text| {
                    assert!(
                        text.lines().any(|line| line.starts_with("│ +") || line.starts_with("│ -")),
                        "{words:?}: {text}"
                    );
                })
                .stderr_with(|text| assert_eq!(text, "dry run: nothing was written\n"));
        });
    }
}

#[test]
fn json_lists_the_changes_that_were_or_would_be_made() {
    for words in ALL {
        for (dry, is_written) in [("--dry-run", false), ("--verbose", true)] {
            let project = Project::new().definitions(TWO);
            let run = hooks(words.iter().chain(&["--json", dry])).in_project(&project).run();
            run.success().no_stderr().stdout_json(|json| {
                assert_eq!(json["version"], 1);
                assert_eq!(json["file"], "webhooks.toml");
                assert_eq!(json["written"], is_written);
                assert_eq!(json["changes"].as_array().unwrap().len(), 1);
                assert_eq!(json["changes"][0]["webhook"], words[1]);
                assert!(json["changes"][0]["change"].is_string());
                assert_eq!(json["changes"][0].get("to").is_some(), words[0] == "rename");
                assert!(json["diff"].as_str().unwrap().contains('\n'));
                assert_eq!(json.as_object().unwrap().len(), 5);
            });
            assert_eq!(text(&project) != TWO, is_written);
        }
    }
}

#[test]
fn the_file_is_the_given_one_or_the_nearest_in_a_parent_directory() {
    for words in ALL {
        let project = Project::new().definitions("no toml").file("other/own.toml", TWO);
        hooks(words.iter().chain(&["--file", "other/own.toml"]))
            .in_project(&project)
            .run()
            .success()
            .no_stderr()
            .stdout_with(|text| assert!(text.contains("`other/own.toml`"), "{text}"));
        assert_ne!(project.read("other/own.toml"), TWO.as_bytes());

        let project = Project::new().definitions(TWO).file("a/b/c", "");
        hooks(words.iter())
            .in_project(&project)
            .in_folder("a/b")
            .run()
            .success()
            .no_stderr()
            .stdout_with(|text| assert!(text.contains("`../../webhooks.toml`"), "{text}"));
        assert_ne!(text(&project), TWO);

        let project = Project::new().file("own.toml", TWO);
        let run = hooks(words.iter()).in_project(&project).env("HOOKS_FILE", "own.toml").run();
        run.success().no_stderr().stdout_with(|text| assert!(text.contains("`own.toml`"), "{text}"));
    }
}

#[test]
fn a_missing_file_is_not_created() {
    for words in ALL {
        let project = Project::new();
        let run = hooks(words.iter().chain(&["-f", "none.toml"])).in_project(&project).run();
        run.code(3).no_stdout().stderr_with(|text| assert!(text.contains("no such file"), "{text}"));
        assert!(project.files().is_empty());
    }
}

#[test]
fn invalid_toml_is_refused_with_line_and_column() {
    for (bad, place) in [
        ("[webhooks.x\n", ":1:12"),
        ("[webhooks.x]\nname = \n", ":2:8"),
        ("[webhooks.x]\nname = 'a'\nname = 'b'\n", ":3:1"),
        ("[webhooks.x]\nname = \"\u{1}\"\n", ":2:9"),
        ("\u{feff}[webhooks.x]\r\nname = \"a\r\n", ":2:10"),
    ] {
        for words in ALL {
            let project = Project::new().definitions(bad);
            untouched(&project, || {
                let run = hooks(words.iter()).in_project(&project).run();
                run.code(3).no_stdout().stderr_with(|text| {
                    assert!(text.contains(&format!("webhooks.toml{place}")), "{bad:?} {words:?}: {text}");
                });
            });
        }
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_refused() {
    for words in ALL {
        let project = Project::new().file("webhooks.toml", b"[webhooks.x]\nname = \"\xff\"\n");
        untouched(&project, || {
            let run = hooks(words.iter()).in_project(&project).run();
            run.code(3).no_stdout().stderr_with(|text| {
                assert!(text.contains("`webhooks.toml:2:9` is not UTF-8"), "{text}");
            });
        });
    }
}
