//! Two webhooks with the same label.

use std::collections::HashMap;

use crate::core::definitions::Definitions;
use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "name-repeated",
    level: Level::Warning,
    summary: "a label that two webhooks have",
    docs: Docs {
        finds: "Two webhooks with the same `name`, whatever its letter case.",
        why: "In overviews, in the app and in messages nobody can tell the two apart.",
        example: r#"[webhooks.one]
name = "To the CMS"
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/a"

[webhooks.two]
name = "To the CMS"
trigger = "update"
trigger_element = "event"
payload_url = "https://cms.example.com/b""#,
        mend: "Give each a name of its own.",
    },
    finder: Finder::File(look),
};

fn look(definitions: &Definitions, findings: &mut Findings<'_>) {
    let mut seen = HashMap::new();
    for name in definitions.webhooks.iter().filter_map(|webhook| webhook.name.as_ref()) {
        let first = *seen.entry(name.value.trim().to_lowercase()).or_insert(name);
        if !std::ptr::eq(first, name) {
            let message = "another webhook has the same name";
            let judgement = Judgement::warning(RULE.code, message, "give each a name of its own");
            findings.at_both(judgement, name.span.clone(), first.span.clone(), "first here");
        }
    }
}
