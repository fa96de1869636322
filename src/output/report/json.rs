//! Findings for scripts, version 1 (`docs/json.md`).

use serde::Serialize;

use crate::core::check::{CheckReport, CheckedFile, Finding};
use crate::core::diagnostic::{Level, Location};
use crate::output::json::document;

use super::layout::Layout;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    failed: bool,
    summary: Summary,
    files: Vec<File<'a>>,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    fixable: usize,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    readable: bool,
    webhooks: usize,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'a str,
    level: &'a str,
    message: &'a str,
    path: &'a str,
    #[serde(flatten)]
    range: Option<Range>,
    helps: &'a [String],
    related: Vec<Related<'a>>,
    fixable: bool,
}

#[derive(Serialize)]
struct Range {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    range: Range,
}

pub(super) fn render(report: &CheckReport, _: Layout<'_>) -> String {
    let files = report.files.iter().map(|checked| File {
        path: checked.source.name(),
        readable: checked.is_readable,
        webhooks: checked.webhooks,
    });
    document(&Report {
        version: VERSION,
        failed: report.is_failed(),
        summary: Summary {
            errors: report.count(Level::Error),
            warnings: report.count(Level::Warning),
            notes: report.count(Level::Note),
            fixable: report.fixable(),
        },
        files: files.collect(),
        findings: report.findings().map(|(file, finding)| found(file, finding)).collect(),
    })
}

fn found<'a>(file: &'a CheckedFile, finding: &'a Finding) -> Found<'a> {
    let diagnostic = &finding.diagnostic;
    let related = |location: &'a Location| Related { message: location.label, range: range(location) };
    Found {
        code: diagnostic.code,
        level: diagnostic.level.as_str(),
        message: &diagnostic.message,
        path: super::layout::name(file, finding),
        range: diagnostic.primary.as_ref().map(range),
        helps: &diagnostic.helps,
        related: diagnostic.related.iter().map(related).collect(),
        fixable: finding.fix.is_some(),
    }
}

fn range(location: &Location) -> Range {
    let (start, end) = (location.start(), location.end());
    Range { line: start.line, column: start.column, end_line: end.line, end_column: end.column }
}
