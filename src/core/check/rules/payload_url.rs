//! A payload URL that nothing can be sent to.

use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;
use crate::core::request::parse_target;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Address, Subject};

pub(super) const RULE: Rule = Rule {
    code: "payload-url",
    level: Level::Error,
    summary: "a payload URL that nothing can be sent to",
    docs: Docs {
        finds: "An address without scheme or host, with another scheme than `https` or `http`, or with blanks, backslashes or control characters in it.",
        why: "Every delivery would fail, or go somewhere else than it seems.",
        example: r#"payload_url = "cms.example.com/hooks""#,
        mend: "Write the whole address: `https://cms.example.com/hooks`. Blanks around it are taken off by `--fix`.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Address::Bad(error) = &subject.address else { return };
    let judgement = Judgement::error(RULE.code, error.message.clone(), error.help.clone());
    let part = &subject.url;
    let finding = match error.at {
        Some(at) => findings.within(judgement, subject, part, at..at + 1),
        None => findings.on(judgement, part),
    };
    let trimmed = part.value.value.trim();
    if trimmed != part.value.value && parse_target(trimmed).is_ok() {
        finding.fix(subject.rewrite(part, trimmed));
    }
}
