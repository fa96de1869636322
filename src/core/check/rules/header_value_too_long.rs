//! A header value that receivers refuse.

use crate::core::diagnostic::Level;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;
use super::header_value_invalid;

pub(super) const RULE: Rule = Rule {
    code: "header-value-too-long",
    level: Level::Error,
    summary: "a header value of more than 8 KiB",
    docs: Docs {
        finds: "Literal text of more than 8192 bytes in one header value.",
        why: "Most servers refuse requests with such headers.",
        example: r#"header.X-Note = "…"   # and 8192 bytes more"#,
        mend: "Send the value in a body field.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    header_value_invalid::judged_as(RULE.code, subject, findings);
}
