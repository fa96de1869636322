//! A code quality report for GitLab.

use serde::Serialize;

use crate::core::check::Verdict;
use crate::core::diagnostic::{self, Level};
use crate::core::text::one_line;
use crate::output::json::document;

use super::fingerprint::Fingerprints;
use super::layout::Layout;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

pub(super) fn render(verdict: &Verdict, layout: Layout<'_>) -> String {
    let mut fingerprints = Fingerprints::default();
    let issues: Vec<Issue<'_>> = verdict
        .findings()
        .map(|(file, finding)| {
            let diagnostic = &finding.diagnostic;
            let path = layout.paths.of_finding(file, finding);
            let place = diagnostic.primary.as_ref();
            let position = |place: Option<crate::core::text::Place>| {
                place.map_or(Position { line: 1, column: 1 }, |at| Position {
                    line: at.line,
                    column: at.column,
                })
            };
            let helps = diagnostic.helps.iter().map(|help| format!("; {}", one_line(help)));
            Issue {
                description: one_line(&diagnostic.message).into_owned() + &helps.collect::<String>(),
                check_name: diagnostic.code,
                fingerprint: fingerprints.next(path, finding),
                severity: match diagnostic.level {
                    Level::Error => "major",
                    Level::Warning => "minor",
                    Level::Note => "info",
                },
                location: Location {
                    path,
                    positions: Positions {
                        begin: position(place.map(diagnostic::Location::place)),
                        end: position(place.map(diagnostic::Location::end)),
                    },
                },
            }
        })
        .collect();
    document(&issues)
}
