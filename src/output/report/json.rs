//! Findings for scripts, version 1 (`docs/json.md`).

use serde::Serialize;
use serde_json::{Value, json};

use crate::core::check::{CheckReport, CheckedFile, Finding};
use crate::core::diagnostic::{Level, SourceSpan};
use crate::output::json::document;

use super::layout::{Lazy, ReportLayout, name};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct JsonReport<F> {
    version: u32,
    failed: bool,
    summary: Value,
    files: Vec<Value>,
    findings: F,
}

pub(super) fn render(report: &CheckReport, _: ReportLayout<'_>) -> String {
    let files = report.files.iter().map(|file| {
        json!({
            "path": file.source.name(),
            "readable": file.is_readable,
            "webhooks": file.webhooks,
        })
    });
    document(&JsonReport {
        version: VERSION,
        failed: report.is_failed(),
        summary: json!({
            "errors": report.count(Level::Error),
            "warnings": report.count(Level::Warning),
            "notes": report.count(Level::Note),
            "fixable": report.fixable(),
        }),
        files: files.collect(),
        findings: Lazy::new(report.findings().map(|(file, finding)| finding_json(file, finding))),
    })
}

fn finding_json(file: &CheckedFile, finding: &Finding) -> Value {
    let diagnostic = &finding.diagnostic;
    let mut json = json!({
        "code": diagnostic.code,
        "level": diagnostic.level.as_str(),
        "message": diagnostic.message,
        "path": name(file, finding),
    });
    if let Some(place) = &diagnostic.primary {
        put_range(&mut json, place);
    }
    json["helps"] = diagnostic.helps.as_slice().into();
    let related = diagnostic.related.iter().map(|place| {
        let mut json = json!({ "message": place.label });
        put_range(&mut json, place);
        json
    });
    json["related"] = related.collect();
    json["fixable"] = finding.fix.is_some().into();
    json
}

fn put_range(json: &mut Value, place: &SourceSpan) {
    let (start, end) = (place.start(), place.end());
    json["line"] = start.line.into();
    json["column"] = start.column.into();
    json["end_line"] = end.line.into();
    json["end_column"] = end.column.into();
}
