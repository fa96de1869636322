//! A body field named `element_data`.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "element-data-hidden",
    level: Level::Warning,
    summary: "a body field named `element_data`",
    docs: Docs {
        finds: "A body field with the key under which the element itself is sent.",
        why: "It takes the place of the element; what the platform does with two of them is not documented.",
        example: r#"body.element_data = "{{status}}""#,
        mend: "Give the field another key.",
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
