//! A variable in the key of a body field.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "variable-in-body-key",
    level: Level::Warning,
    summary: "a `{{variable}}` or `${NAME}` in the key of a body field",
    docs: Docs {
        finds: "Double braces, or `${`, in the key of a body field.",
        why: "The platform is assumed to replace variables in values only; the receiver would get the braces.",
        example: r#"body."{{status}}" = "1""#,
        mend: "Put the variable into the value.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for field in &subject.webhook.body {
        if let Some(problem) = judge::body_key(&field.key.value).filter(|it| it.code == RULE.code) {
            findings.at(problem, field.key.span.clone());
        }
    }
}
