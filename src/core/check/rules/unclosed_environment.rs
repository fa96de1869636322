//! `${` without its `}`.

use crate::core::diagnostic::Level;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;
use super::template_problems;

pub(super) const RULE: Rule = Rule {
    code: "unclosed-environment",
    level: Level::Error,
    summary: "`${` that is never closed",
    docs: Docs {
        finds: "A `${` without a closing brace, in a header value, a body value or the payload URL.",
        why: "The value cannot be looked up, so nothing is sent.",
        example: r#"header.Authorization = "Bearer ${CMS_TOKEN""#,
        mend: "Close it: `${CMS_TOKEN}`. For a literal `${` write `$${`.",
    },
    finder: Finder::Webhook(look),
};

/// Notes the problems of this kind, in every value.
fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    template_problems(RULE.code, subject, findings);
}
