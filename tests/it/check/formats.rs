//! The formats of a report.

use std::collections::BTreeSet;

use hooks::core::check::{CheckReport, CheckedFile, RULES};
use hooks::core::diagnostic::Diagnostic;
use hooks::output::report::{ReportFormat, ReportLayout};
use serde_json::Value;
use snapbox::Data;
use snapbox::data::DataFormat;

use super::{SARIF, checked, example_report, folder, formats, report};

const TWO: &str = "\
[webhooks.rsvp]
trigger = \"create\"
trigger_element = \"rsvp_answer\"
payload_url = \"https://cms.example.com/hooks#top\"

[webhooks.rsvp.body]
user = \"{{emial}}\"
";

fn rendered(format: ReportFormat, text: &str) -> String {
    format.render(&report(text), ReportLayout::PLAIN)
}

/// The report about a good file, a bad file and a missing file.
fn three() -> CheckReport {
    let missing = Diagnostic::error("file-missing", "cannot read `c.toml`: no such file");
    let good = checked(&TWO.replace("#top", "").replace("emial", "email"));
    CheckReport {
        files: vec![good, checked(TWO), CheckedFile::unreadable("c.toml", missing.help("check the path"))],
    }
}

#[test]
fn every_format_reports_the_same_findings() {
    for (format, file) in [
        (ReportFormat::Text, "text.txt"),
        (ReportFormat::Json, "json.json"),
        (ReportFormat::Github, "github.txt"),
        (ReportFormat::Sarif, "sarif.json"),
        (ReportFormat::Gitlab, "gitlab.json"),
        (ReportFormat::Junit, "junit.xml"),
        (ReportFormat::Checkstyle, "checkstyle.xml"),
    ] {
        let mut shown = format.render(&three(), ReportLayout::PLAIN);
        if format == ReportFormat::Sarif {
            let mut log: Value = serde_json::from_str(&shown).unwrap();
            let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
            assert_eq!(rules.as_array().unwrap().len(), RULES.len());
            log["runs"][0]["tool"]["driver"]["semanticVersion"] = "[VERSION]".into();
            shown = serde_json::to_string_pretty(&log).unwrap() + "\n";
        }
        let path = folder().with_file_name("formats").join(file);
        let expected = Data::read_from(&path, Some(DataFormat::Text));
        snapbox::Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(shown, expected.raw());
    }
}

#[test]
fn sarif_conforms_to_the_official_schema() {
    for rule in RULES {
        let report = ReportFormat::Sarif.render(&example_report(rule.code, "bad"), ReportLayout::PLAIN);
        let log: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(SARIF.complaint(&log), None, "{}", rule.code);
        let run = &log["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
    // The schema rejects an invalid log.
    assert!(SARIF.complaint(&serde_json::json!({ "version": "2.1.0" })).is_some());
}

#[test]
fn fingerprints_are_unique_and_do_not_depend_on_lines() {
    let prints = |text: &str| -> Vec<String> {
        let issues: Vec<Value> = serde_json::from_str(&rendered(ReportFormat::Gitlab, text)).unwrap();
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let repeated = format!("{TWO}a = \"{{{{emial}}}} {{{{emial}}}}\"\n");
    let all = prints(&repeated);
    assert_eq!(all.len(), 4);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(prints(&format!("\n# moved\n{repeated}")), all);
}

#[test]
fn only_text_shows_source_lines() {
    for format in formats().filter(|format| *format != ReportFormat::Text) {
        assert!(!rendered(format, TWO).contains("hooks#top"), "{format:?}");
    }
}

#[test]
fn sarif_has_at_most_25000_results_and_reports_the_rest() {
    let unknown: String = (0..25_010).map(|n| format!("x{n} = 1\n")).collect();
    let text = format!(
        "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://cms.example.com\"\n{unknown}"
    );
    let log: Value = serde_json::from_str(&rendered(ReportFormat::Sarif, &text)).unwrap();
    assert_eq!(SARIF.complaint(&log), None);
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    assert!(run["results"].as_array().unwrap().iter().all(|result| result["level"] == "error"));
    let note = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(note.as_str().unwrap().starts_with("11 findings left out"), "{note}");
    assert!(run["tool"]["driver"]["informationUri"].as_str().unwrap().starts_with("https://"));
}
