//! What `docs/ci.md` tells people to write does what it says.

use crate::harness::{Project, hooks};

const PAGE: &str = include_str!("../../../docs/ci.md");

/// The commands of the examples, without what the shell does with their output.
fn commands() -> Vec<Vec<&'static str>> {
    let lines = PAGE.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: "));
    let commands = lines.filter_map(|line| line.strip_prefix("hooks check "));
    commands
        .map(|rest| std::iter::once("check").chain(rest.split(' ').take_while(|word| *word != ">")).collect())
        .collect()
}

#[test]
fn the_commands_in_the_examples_pass_good_definitions_and_fail_bad_ones() {
    assert_eq!(commands().len(), 4);
    let bad = include_str!("rules/unknown-value/bad.toml");
    for command in commands() {
        let good = Project::example();
        let _ = hooks(&command).in_project(&good).run().success().no_stderr().stdout_with(|_| {});
        let bad = Project::new().file("deep/below/webhooks.toml", bad);
        let _ = hooks(&command).in_project(&bad).run().code(1).no_stderr().stdout_with(|text| {
            assert!(text.contains("deep/below/webhooks.toml"), "{text}");
        });
    }
}

#[test]
fn the_shape_of_the_json_in_the_page_is_the_real_one() {
    let shown = PAGE.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let shown: serde_json::Value = serde_json::from_str(shown).unwrap();
    let text = "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"https://cms.example.com\"\n\n\
                [webhooks.a.body]\nuser = \"{{Email}}\"\n";
    let _ = hooks(["check", "-", "--json"]).stdin(text).run().code(1).no_stderr().stdout_json(|real| {
        let mut real = real.clone();
        real["files"][0]["webhooks"] = 7.into();
        real["files"][0]["path"] = "webhooks.toml".into();
        real["findings"][0]["path"] = "webhooks.toml".into();
        assert_eq!(real, shown);
    });
}

#[test]
fn pre_commit_finds_the_files_and_runs_the_check() {
    let manifest = include_str!("../../../.pre-commit-hooks.yaml");
    let value = |key: &str| {
        let line = manifest.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key));
        line.unwrap().trim().to_owned()
    };
    assert_eq!(value("entry:"), "hooks check");
    let files = regex::Regex::new(&value("files:")).unwrap();
    assert!(files.is_match("webhooks.toml") && files.is_match("a/b/webhooks.staging.toml"));
    assert!(!files.is_match("a/other.toml") && !files.is_match("mywebhooks.toml"));
}
