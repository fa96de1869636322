//! A variable in the payload URL.

use crate::core::diagnostic::Level;
use crate::core::request::{MOST_FINDINGS, judge};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "variable-in-url",
    level: Level::Warning,
    summary: "a `{{variable}}` in the payload URL",
    docs: Docs {
        finds: "Double braces in `payload_url`.",
        why: "The platform is assumed to replace variables in header and body values only, and to call a URL with braces in it.",
        example: r#"payload_url = "https://cms.example.com/events/{{id}}""#,
        mend: "Send the value in a header or a body field. `${NAME}` from the environment is possible in the URL.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for name in subject.url.variables().take(MOST_FINDINGS) {
        findings.within(judge::variable_in_url(), subject, &subject.url, name.span.clone());
    }
}
