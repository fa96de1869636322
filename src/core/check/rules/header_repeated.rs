//! A repeated header.

use std::collections::HashMap;

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "header-repeated",
    level: Level::Error,
    summary: "a repeated header; upper and lower case are the same",
    docs: Docs {
        finds: "Two headers of a webhook whose names are the same or differ in letter case. An error for `Authorization` and `Content-Type`, which must not be repeated; a warning for others, which are sent in order.",
        why: "Receivers disagree on which one counts, or join the two.",
        example: r#"header.Authorization = "${CMS_TOKEN}"
header.authorization = "${CMS_TOKEN}""#,
        mend: "Keep one. If both have the same value, `--fix` removes the second, except in a list.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let header = &subject.webhook.header;
    if header.len() < 2 {
        return;
    }
    let mut seen = HashMap::with_capacity(header.len());
    for field in header {
        let first = *seen.entry(field.key.value.to_ascii_lowercase()).or_insert(field);
        // What is no name of a header is another rule's.
        if std::ptr::eq(first, field) || judge::header_name(&field.key.value).is_some() {
            continue;
        }
        let judgement = judge::header_repeated(&field.key.value.to_ascii_lowercase());
        let (own, other) = (field.key.span.clone(), first.key.span.clone());
        let finding = findings.at_both(judgement, own, other, "first here");
        if first.value.value == field.value.value {
            finding.fix(subject.without_header(field));
        }
    }
}
