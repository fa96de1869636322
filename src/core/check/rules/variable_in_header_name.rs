//! A variable in the name of a header.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "variable-in-header-name",
    level: Level::Error,
    summary: "a `{{variable}}` or `${NAME}` in the name of a header",
    docs: Docs {
        finds: "Double braces, or `${`, in the key of a header field.",
        why: "Braces are not allowed in header names (RFC 9110, 5.1), so no server would accept the request.",
        example: r#"header."X-{{status}}" = "1""#,
        mend: "Put the variable into the value.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for field in &subject.webhook.header {
        if let Some(problem) = judge::header_name(&field.key.value).filter(|it| it.code == RULE.code) {
            findings.at(problem, field.key.span.clone());
        }
    }
}
