//! A header value that receivers refuse.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Home, Subject};

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
    for part in &subject.header {
        let Home::Header(name) = part.home else { continue };
        let whose = || format!("the header `{}`", name.value);
        let literal = part.literal();
        let known = literal.trim_matches([' ', '\t']);
        let problem = judge::header_value(known, whose, |_| String::new());
        if let Some(problem) = problem.filter(|problem| problem.code == RULE.code) {
            findings.on(problem, part);
        }
    }
}
