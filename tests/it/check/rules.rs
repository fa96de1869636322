//! Every rule finds its bad example, and nothing else.

use std::collections::BTreeSet;

use hooks::core::check::{CheckOptions, RULES, fix, rules_page};
use hooks::output::report::{ReportFormat, ReportLayout};

use super::{Token, codes, dotenv_report, example, example_report, folder, report, toml_rules};

#[test]
fn every_rule_has_an_example_and_every_example_has_a_rule() {
    let codes: BTreeSet<String> = RULES.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(codes.len(), RULES.len(), "a code is used twice");
    let folders = std::fs::read_dir(folder()).unwrap();
    let folders: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(codes, folders);
}

#[test]
fn bad_examples_break_their_rule_and_no_other() {
    for rule in RULES {
        let report = example_report(rule.code, "bad");
        let found: BTreeSet<_> = codes(&report).into_iter().collect();
        assert_eq!(found, BTreeSet::from([rule.code]));
        let shown = ReportFormat::Text.render(&report, ReportLayout::PLAIN);
        let expected = snapbox::Data::read_from(&folder().join(rule.code).join("bad.txt"), None);
        snapbox::Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(shown, expected.raw());
    }
}

#[test]
fn good_examples_break_no_rule() {
    for rule in RULES {
        assert_eq!(codes(&example_report(rule.code, "good")), [""; 0], "{}", rule.code);
    }
}

#[test]
fn fixes_change_only_what_they_fix() {
    let fix = |text: &str| fix("webhooks.toml", text.to_owned(), &CheckOptions::default(), Some(&Token));
    for rule in toml_rules() {
        let bad = example(rule.code, "bad.toml");
        let fixed = fix(&bad);
        let is_fixable = folder().join(rule.code).join("fixed.toml").exists();
        assert_eq!(fixed.count > 0, is_fixable, "{}", rule.code);
        let expected = if is_fixable { example(rule.code, "fixed.toml") } else { bad };
        assert_eq!(fixed.text, expected, "{}", rule.code);
        assert!(fixed.refused.is_empty());
        // A fixed file needs no other fix and breaks no other rule.
        assert_eq!(fix(&fixed.text).count, 0);
        assert!(codes(&report(&fixed.text)).iter().all(|code| *code == rule.code), "{}", rule.code);
    }
}

/// A fragment with the required fields of a webhook that it lacks.
fn whole(fragment: &str) -> String {
    let is_file = fragment.is_empty() || fragment.starts_with(['[', '#']);
    if is_file {
        return fragment.to_owned();
    }
    let defaults = [
        ("trigger", "\"create\""),
        ("trigger_element", "\"rsvp_answer\""),
        ("payload_url", "\"https://cms.example.com/hooks\""),
    ];
    let has = |key: &str| fragment.lines().any(|line| line.split('=').next().unwrap().trim() == key);
    let missing = defaults.iter().filter(|(key, _)| !has(key));
    let missing: String = missing.map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("[webhooks.example]\n{missing}{fragment}\n")
}

#[test]
fn documented_examples_break_their_rule() {
    for rule in RULES {
        // Examples of these rules would be too long.
        if !matches!(rule.code, "header-value-too-long" | "too-many-headers") {
            let is_toml = toml_rules().any(|own| own.code == rule.code);
            let report = if is_toml { report(&whole(rule.example)) } else { dotenv_report(rule.example) };
            let found = codes(&report);
            assert!(found.contains(&rule.code), "{}: {found:?}", rule.code);
        }
    }
}

#[test]
fn texts_of_rules_have_the_documented_form() {
    for rule in RULES {
        assert!(rule.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.code);
        assert!(!rule.summary.ends_with('.'), "{}", rule.code);
        for text in [rule.finds, rule.why, rule.fix] {
            assert!(text.ends_with(['.']) && text.len() > 20, "{}: {text}", rule.code);
        }
    }
}

#[test]
fn the_page_of_rules_is_current() {
    snapbox::assert_data_eq!(rules_page(), snapbox::file!("../../../docs/rules.md").raw());
}
