//! A code quality report for GitLab.

use serde_json::json;

use crate::core::check::CheckReport;
use crate::core::diagnostic::{Level, SourceSpan};
use crate::core::text::Position;
use crate::output::json::document;

use super::layout::{Fingerprints, Lazy, ReportLayout, message_and_helps};

pub(super) fn render(report: &CheckReport, layout: ReportLayout<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let issues = report.findings().map(|(file, finding)| {
        let diagnostic = &finding.diagnostic;
        let path = layout.paths.of_finding(file, finding);
        let place = diagnostic.primary.as_ref();
        let position = |at: Option<Position>| {
            let Position { line, column } = at.unwrap_or(Position::START);
            json!({ "line": line, "column": column })
        };
        json!({
            "description": message_and_helps(diagnostic, "; "),
            "check_name": diagnostic.code,
            "fingerprint": fingerprints.next(path, finding),
            "severity": match diagnostic.level {
                Level::Error => "major",
                Level::Warning => "minor",
                Level::Note => "info",
            },
            "location": {
                "path": path,
                "positions": {
                    "begin": position(place.map(SourceSpan::start)),
                    "end": position(place.map(SourceSpan::end)),
                },
            },
        })
    });
    document(&Lazy::new(issues))
}
