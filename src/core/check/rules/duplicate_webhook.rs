//! Two webhooks that send the same.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::core::definitions::Definitions;
use crate::core::diagnostic::Level;
use crate::core::model::{Method, Trigger, TriggerElement, Webhook};
use crate::core::request::judge::Judgement;
use crate::core::text::one_line;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-webhook",
    level: Level::Warning,
    summary: "two active webhooks that send the same to the same place",
    docs: Docs {
        finds: "Two active webhooks with the same trigger, trigger element, prokey filter, method, payload URL, headers and body fields.",
        why: "The receiver gets everything twice: two entries in the list of guests, two messages in the chat.",
        example: r#"[webhooks.one]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/hooks"

[webhooks.two]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/hooks""#,
        mend: "Remove one with `hooks remove`, or switch it off with `active = false`.",
    },
    finder: Finder::File(look),
};

/// What is sent, when, and where to.
#[derive(PartialEq, Eq, Hash)]
struct Effect<'a> {
    trigger: Trigger,
    element: TriggerElement,
    prokey: Option<String>,
    method: Method,
    url: &'a str,
    header: Vec<(String, &'a str)>,
    body: Vec<(&'a str, &'a str)>,
}

fn look(definitions: &Definitions, findings: &mut Findings<'_>) {
    let active = || definitions.webhooks.iter().filter(|webhook| webhook.active.value);
    // Most have an address of their own and need no closer look.
    let mut users: HashMap<&str, usize> = HashMap::with_capacity(definitions.webhooks.len());
    for webhook in active() {
        *users.entry(address(webhook)).or_default() += 1;
    }
    let mut seen: HashMap<Effect<'_>, &Webhook> = HashMap::new();
    for webhook in active().filter(|webhook| users.get(address(webhook)).is_some_and(|users| *users > 1)) {
        match seen.entry(effect(webhook)) {
            Entry::Vacant(place) => {
                place.insert(webhook);
            }
            Entry::Occupied(first) => repeated(webhook, first.get(), findings),
        }
    }
}

fn repeated(webhook: &Webhook, first: &Webhook, findings: &mut Findings<'_>) {
    let (own, other) = (&webhook.handle, &first.handle);
    let message = format!(
        "`{}` sends the same as `{}` to the same place",
        one_line(&own.value),
        one_line(&other.value)
    );
    let judgement = Judgement::warning(RULE.code, message, "remove one, or switch it off");
    findings.at_both(judgement, own.span.clone(), other.span.clone(), "the other one");
}

/// Where it sends to, without what is never sent.
pub(super) fn address(webhook: &Webhook) -> &str {
    webhook.payload_url.value.split('#').next().unwrap_or_default()
}

fn effect(webhook: &Webhook) -> Effect<'_> {
    let header = webhook.header.iter();
    let mut header: Vec<_> =
        header.map(|field| (field.key.value.to_ascii_lowercase(), field.value.value.trim())).collect();
    let mut body: Vec<_> =
        webhook.body.iter().map(|field| (field.key.value.as_str(), field.value.value.as_str())).collect();
    header.sort_unstable();
    body.sort_unstable();
    Effect {
        trigger: webhook.trigger.value,
        element: webhook.trigger_element.value,
        prokey: webhook.prokey_filter.as_ref().map(|filter| filter.value.trim().to_ascii_lowercase()),
        method: webhook.method.value,
        url: address(webhook),
        header,
        body,
    }
}
