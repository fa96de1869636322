//! A repeated body field.

use std::collections::HashSet;

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "body-field-repeated",
    level: Level::Warning,
    summary: "a repeated body field",
    docs: Docs {
        finds: "Two body fields of a webhook with the same key, which is possible in the list form.",
        why: "Both are sent, in this order. Most receivers read the last one, some the first, some reject the request.",
        example: r#"body = [{ key = "seats", value = "1" }, { key = "seats", value = "2" }]"#,
        mend: "Keep one, or give the other one another key.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut seen = HashSet::new();
    for field in &subject.webhook.body {
        if !seen.insert(&field.key.value) {
            findings.at(judge::body_field_repeated(&field.key.value), field.key.span.clone());
        }
    }
}
