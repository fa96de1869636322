//! Text → findings → each format, and text → fixes.
#![no_main]

use std::sync::Arc;

use hooks::core::check::{CheckOptions, CheckReport, check, fix};
use hooks::core::text::Source;
use hooks::output::report::{ReportFormat, ReportLayout};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let options = CheckOptions::default();
    let checked = check(&Arc::new(Source::new("webhooks.toml", text)), &options, None);
    let report = CheckReport { files: vec![checked] };
    let number = report.findings().count();
    let json = |format: ReportFormat| -> Value {
        serde_json::from_str(&format.render(&report, ReportLayout::PLAIN)).expect("well-formed JSON")
    };
    let length = |list: &Value| list.as_array().expect("a list").len();
    assert_eq!(length(&json(ReportFormat::Json)["findings"]), number);
    assert_eq!(length(&json(ReportFormat::Sarif)["runs"][0]["results"]), number);
    assert_eq!(length(&json(ReportFormat::Gitlab)), number);
    let junit = ReportFormat::Junit.render(&report, ReportLayout::PLAIN);
    let junit = roxmltree::Document::parse(&junit).expect("well-formed XML");
    let cases = junit.descendants().filter(|node| node.has_tag_name("testcase")).count();
    assert_eq!(cases, number.max(1));
    let github = ReportFormat::Github.render(&report, ReportLayout::PLAIN);
    assert_eq!(github.split_terminator('\n').count(), number);
    assert!(github.split_terminator('\n').all(|line| line.starts_with("::") && line.contains(" file=webhooks.toml,")));
    assert!(!github.contains('\r'));
    assert!(!ReportFormat::Text.render(&report, ReportLayout::PLAIN).contains('\u{1b}'));

    let fixed = fix("webhooks.toml", text.to_owned(), &options, None);
    assert_eq!(fixed.count == 0, fixed.text == text);
    assert_eq!(fix("webhooks.toml", fixed.text.clone(), &options, None).text, fixed.text);
});
