//! More headers than a request may have.

use crate::core::diagnostic::Level;
use crate::core::request::{MOST_HEADERS, judge};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "too-many-headers",
    level: Level::Error,
    summary: "a webhook with more than 256 headers",
    docs: Docs {
        finds: "A webhook with more than 256 headers.",
        why: "Most servers accept about 100 headers and reject a request with more.",
        example: "header = [ … ] # 257 headers",
        mend: "Remove headers, or send the values as body fields.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let header = &subject.webhook.header;
    if let (Some(judgement), Some(first)) = (judge::too_many_headers(header.len()), header.get(MOST_HEADERS))
    {
        findings.at(judgement, first.key.span.clone());
    }
}
