//! Comments that turn a rule off, and which of them had an effect.

use crate::core::definitions::{Ignore, ignores};
use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;
use crate::core::text::one_line;

use super::findings::{Finding, Findings};
use super::rules::rule;
use super::settings::{Levels, nearest_rule};

/// The comments of a file, and which of them were used.
pub(super) struct Ignores {
    comments: Vec<Ignore>,
    is_used: Vec<bool>,
}

impl Ignores {
    /// Reads them from the text of a file.
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
            let Some(at) = finding.start() else { return true };
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
            let judged = |message: String, help: String| Judgement {
                level: Level::Note,
                ..Judgement::warning("ignore-unused", message, help)
            };
            let judgement = if code.is_empty() {
                judged(
                    "this comment names no rule to ignore".to_owned(),
                    "write it as `# hooks: ignore[plain-http]`".to_owned(),
                )
            } else if rule(code).is_none() {
                judged(format!("unknown rule `{}`", one_line(code)), nearest_rule(code))
            } else if levels.is_off(code) || (code.starts_with("environment-") && !has_environment) {
                continue;
            } else {
                judged(
                    format!("`{code}` is not reported here, so this comment ignores nothing"),
                    "remove the comment, or put it on the line of the finding or directly above it"
                        .to_owned(),
                )
            };
            findings.at(judgement, ignore.place.clone());
        }
    }
}
