//! A name that no environment variable has.

use crate::core::diagnostic::Level;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;
use super::template_problems;

pub(super) const RULE: Rule = Rule {
    code: "bad-environment-name",
    level: Level::Error,
    summary: "a name in `${…}` that no environment variable can have",
    docs: Docs {
        finds: "Anything but letters, digits and `_` between `${` and `}`, or a digit at the start.",
        why: "No environment variable can have such a name.",
        example: r#"header.Authorization = "Bearer ${CMS-TOKEN}""#,
        mend: "Use letters, digits and `_`: `${CMS_TOKEN}`. For a literal `${` write `$${`.",
    },
    finder: Finder::Webhook(look),
};

/// Notes the problems of this kind, in every value.
fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    template_problems(RULE.code, subject, findings);
}
