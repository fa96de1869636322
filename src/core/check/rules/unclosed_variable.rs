//! `{{` without its `}}`.

use crate::core::diagnostic::Level;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;
use super::template_problems;

pub(super) const RULE: Rule = Rule {
    code: "unclosed-variable",
    level: Level::Error,
    summary: "`{{` that is never closed",
    docs: Docs {
        finds: "Two opening braces without the two closing ones, in a header value, a body value or the payload URL.",
        why: "The platform would send the braces as they stand, or nothing at all.",
        example: r#"body.user = "{{email""#,
        mend: "Close it: `{{email}}`.",
    },
    finder: Finder::Webhook(look),
};

/// Notes the problems of this kind, in every value.
fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    template_problems(RULE.code, subject, findings);
}
