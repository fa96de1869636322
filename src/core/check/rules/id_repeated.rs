//! Two definitions of one webhook.

use std::collections::HashMap;

use crate::core::definitions::Definitions;
use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "id-repeated",
    level: Level::Error,
    summary: "an `id` that two webhooks have",
    docs: Docs {
        finds: "Two webhooks with the same `id`.",
        why: "The `id` ties a definition to one webhook of the account, and one webhook cannot be two.",
        example: r#"[webhooks.one]
id = 67
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/a"

[webhooks.two]
id = 67
trigger = "update"
trigger_element = "event"
payload_url = "https://cms.example.com/b""#,
        mend: "Take the `id` out of the copy.",
    },
    finder: Finder::File(look),
};

fn look(definitions: &Definitions, findings: &mut Findings<'_>) {
    let mut seen = HashMap::new();
    for id in definitions.webhooks.iter().filter_map(|webhook| webhook.id.as_ref()) {
        let first = *seen.entry(id.value).or_insert(id);
        if !std::ptr::eq(first, id) {
            let message = "another definition is tied to the same webhook of the account";
            let judgement = Judgement::error(RULE.code, message, "take the `id` out of the copy");
            findings.at_both(judgement, id.span.clone(), first.span.clone(), "first here");
        }
    }
}
