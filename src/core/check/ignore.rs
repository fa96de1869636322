//! Comments that turn a rule off, and which of them had an effect.

use crate::core::definitions::{Ignore, ignores};
use crate::core::diagnostic::Diagnostic;

use super::findings::{Finding, Findings};
use super::rules::rule;
use super::settings::{Levels, unknown_rule};

/// The comments of a file, and which of them were used.
pub(super) struct Ignores {
    comments: Vec<Ignore>,
    is_used: Vec<bool>,
}

impl Ignores {
    pub(super) fn read(text: &str) -> Self {
        let comments = ignores(text);
        Self { is_used: vec![false; comments.len()], comments }
    }

    /// Removes findings that are ignored.
    pub(super) fn silence(&mut self, found: &mut Vec<Finding>) {
        let Self { comments, is_used } = self;
        if comments.is_empty() {
            return;
        }
        found.retain(|finding| {
            let Some((at, _)) = finding.span() else { return true };
            let code = finding.diagnostic.code;
            if rule(code).is_some_and(|rule| !rule.can_be_changed()) {
                return true;
            }
            // The lines of two comments are the same or apart, so the first that does not end before is one.
            let first = comments.partition_point(|ignore| ignore.lines.end <= at);
            let mut is_ignored = false;
            for (ignore, is_used) in comments[first..].iter().zip(&mut is_used[first..]) {
                if ignore.lines.start > at {
                    break;
                }
                if ignore.code == code {
                    *is_used = true;
                    is_ignored = true;
                }
            }
            !is_ignored
        });
    }

    /// Reports comments that ignore nothing.
    pub(super) fn note_unused(&self, levels: &Levels, has_environment: bool, findings: &mut Findings<'_>) {
        let unused = self.comments.iter().zip(&self.is_used).filter(|(_, is_used)| !**is_used);
        for (ignore, _) in unused {
            let code = ignore.code.as_str();
            let note = |message: String| Diagnostic::note("ignore-unused", message);
            let found = if code.is_empty() {
                note("missing rule in `# hooks: ignore[…]`".to_owned())
                    .help("write it as `# hooks: ignore[plain-http]`")
            } else if rule(code).is_none() {
                unknown_rule("ignore-unused", code)
            } else if levels.is_off(code) || (code.starts_with("environment-") && !has_environment) {
                continue;
            } else {
                note(format!("`{code}` is not reported here, so this comment ignores nothing"))
                    .help("remove the comment, or put it on the line of the finding or directly above it")
            };
            findings.at(found, ignore.place.clone());
        }
    }
}
