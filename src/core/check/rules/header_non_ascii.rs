//! A header value beyond ASCII.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Home, Subject};

pub(super) const RULE: Rule = Rule {
    code: "header-non-ascii",
    level: Level::Warning,
    summary: "a header value with characters beyond ASCII",
    docs: Docs {
        finds: "Umlauts, emoji and the like in the literal text of a header value.",
        why: "Headers are sent as UTF-8 here; not every receiver reads them so, and nobody knows what the platform does.",
        example: r#"header.X-Greeting = "Grüß Gott""#,
        mend: "Send the value in a body field, where every character is safe.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for part in &subject.header {
        let Home::Header(name) = part.home else { continue };
        if let Some(odd) = judge::header_non_ascii(&name.value, &part.literal()) {
            findings.on(odd, part);
        }
    }
}
