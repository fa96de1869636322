//! A fragment in the payload URL.

use crate::core::diagnostic::Level;
use crate::core::request::judge;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::{Address, Subject};

pub(super) const RULE: Rule = Rule {
    code: "fragment-in-url",
    level: Level::Warning,
    summary: "a part after `#` in the payload URL",
    docs: Docs {
        finds: "A `#` and what follows it in `payload_url`.",
        why: "The part after `#` is for browsers and is never sent. A `#` that belongs to a value must be written as `%23`.",
        example: r#"payload_url = "https://cms.example.com/hooks#rsvp""#,
        mend: "Take it out, as `--fix` does; or write `%23`.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Address::Good(url) | Address::Likely(url)) = &subject.address else { return };
    let Some(odd) = judge::address_oddities(url).into_iter().find(|odd| odd.code == RULE.code) else {
        return;
    };
    let value = &subject.url.value.value;
    let Some(start) = value.find('#') else {
        findings.on(odd, &subject.url);
        return;
    };
    let finding = findings.within(odd, subject, &subject.url, start..value.len());
    finding.fix(subject.rewrite(&subject.url, &value[..start]));
}
