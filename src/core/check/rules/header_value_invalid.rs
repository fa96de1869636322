//! A header value that no header can hold.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Home, Subject};

pub(super) const RULE: Rule = Rule {
    code: "header-value-invalid",
    level: Level::Error,
    summary: "a line break or another control character in a header value",
    docs: Docs {
        finds: "A line feed, a carriage return, a NUL or another control character in the literal text of a header value.",
        why: "What stands behind a line break would be read as a header of its own.",
        example: r#"header.X-Note = "two\nlines""#,
        mend: "Take it out, or send the value in a body field.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    judged_as(RULE.code, subject, findings);
}

/// What is wrong with the literal text of header values, as far as it bears this code.
pub(super) fn judged_as(code: &str, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in &subject.header {
        let Home::Header(name) = part.home else { continue };
        let whose = || format!("the header `{}`", name.value);
        let literal = part.literal();
        let known = literal.trim_matches([' ', '\t']);
        let problem = judge::header_value(known, whose, |_| String::new());
        if let Some(problem) = problem.filter(|problem| problem.code == code) {
            findings.on(problem, part);
        }
    }
}
