//! A name that no header can have.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "header-name",
    level: Level::Error,
    summary: "a name that no header can have",
    docs: Docs {
        finds: "A header name that is empty, longer than 256 bytes, or holds anything but letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110, 5.6.2).",
        why: "No server would read the request.",
        example: r#"header."X Api Key" = "${CMS_KEY}""#,
        mend: "Use letters, digits and `-`: `X-Api-Key`.",
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
