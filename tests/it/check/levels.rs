//! Every command that reports findings honours the levels and comments in a file.

use super::{example, toml_rules};
use crate::harness::{Project, hooks};

#[test]
fn a_rule_that_is_off_stops_no_other_command() {
    for rule in toml_rules().filter(|rule| rule.can_be_changed() && rule.code != "check-setting") {
        let text = format!("{}\n[check]\n{} = \"off\"\n", example(rule.code, "bad.toml"), rule.code);
        let project = Project::new().definitions(&text);
        let run = hooks(["list"]).in_project(&project).run();
        run.success().stdout_with(|_| {}).stderr_with(|text| {
            assert!(!text.contains(rule.code), "{}: {text}", rule.code);
        });
    }
}

#[test]
fn an_error_configured_as_a_warning_is_printed_as_one() {
    let text = format!("{}\n[check]\nunknown-key = \"warning\"\n", example("unknown-key", "bad.toml"));
    let project = Project::new().definitions(&text);
    hooks(["list"]).in_project(&project).run().success().stdout_with(|_| {}).stderr_with(|text| {
        assert!(text.starts_with("warning[unknown-key]"), "{text}");
    });
}

const FIELDS: &str =
    "trigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://cms.example.com/hooks\"\n";

#[test]
fn a_comment_ignores_a_finding_in_every_command() {
    let text = format!("[webhooks.a]\n{FIELDS}owner = \"me\" # hooks: ignore[unknown-key]\n");
    let project = Project::new().definitions(&text);
    hooks(["show", "a"]).in_project(&project).run().success().stdout_with(|_| {}).no_stderr();
}

#[test]
fn a_warning_that_is_configured_as_an_error_stops_a_request() {
    let text = format!("[webhooks.a]\n{FIELDS}method = \"GET\"\n[check]\nbody-on-get = \"error\"\n");
    let project = Project::new().definitions(&text);
    hooks(["preview", "a"]).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("error[body-on-get]"), "{text}");
    });
    let repeated = "header = { Authorization = \"${A}\", authorization = \"${A}\" }\n";
    let text = format!("[webhooks.a]\n{FIELDS}{repeated}[check]\nheader-repeated = \"off\"\n");
    let project = Project::new().definitions(&text);
    let run = hooks(["preview", "a", "--format", "http"]).in_project(&project).env("A", "x").run();
    run.success()
        .stdout_with(|text| assert_eq!(text.matches("authorization: ").count(), 2, "{text}"))
        .stderr_with(|_| {});
}

#[test]
fn a_finding_that_prevents_the_request_stays_an_error() {
    let text =
        format!("[webhooks.a]\n{FIELDS}header = {{ \"X Y\" = \"1\" }}\n[check]\nheader-name = \"off\"\n");
    let project = Project::new().definitions(&text);
    hooks(["check"]).in_project(&project).run().success().stdout_with(|_| {}).no_stderr();
    hooks(["preview", "a"]).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("error[header-name]"), "{text}");
    });
}

#[test]
fn an_invalid_webhook_is_not_reported_as_unknown() {
    let text = format!("{}\n[check]\nunknown-value = \"off\"\n", example("unknown-value", "bad.toml"));
    let project = Project::new().definitions(&text);
    let handle =
        text.lines().next().unwrap().trim_start_matches("[webhooks.").trim_end_matches(']').to_owned();
    hooks(["show", &handle]).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("error[unknown-value]"), "{text}");
    });
}

#[test]
fn a_level_applies_to_findings_in_env_files() {
    let text = format!("[webhooks.a]\n{FIELDS}header.X-V = \"${{V}}\"\n[check]\ndotenv-syntax = \"error\"\n");
    let project = Project::new().definitions(&text).file(".env", "MY-KEY=1\nV=1\n");
    hooks(["preview", "a"]).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("error[dotenv-syntax]"), "{text}");
    });
    hooks(["check", "--env"]).in_project(&project).run().code(1).no_stderr().stdout_with(|text| {
        assert!(text.contains("error[dotenv-syntax]"), "{text}");
    });
    let off = ["check", "--env", "--rule", "dotenv-syntax=off"];
    hooks(off).in_project(&project).run().success().no_stderr().stdout_with(|text| {
        assert!(text.starts_with("no problems found"), "{text}");
    });
}
