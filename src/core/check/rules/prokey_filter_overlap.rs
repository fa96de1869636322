//! Two webhooks of which one has a prokey filter and both fire for that event.

use std::collections::HashMap;

use crate::core::definitions::Definitions;
use crate::core::diagnostic::Level;
use crate::core::model::{Trigger, TriggerElement, Webhook};
use crate::core::request::judge::Judgement;
use crate::core::text::one_line;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::duplicate_webhook::address;

pub(super) const RULE: Rule = Rule {
    code: "prokey-filter-overlap",
    level: Level::Warning,
    summary: "a webhook with a prokey filter and one without that send to the same URL",
    docs: Docs {
        finds: "Two active webhooks for RSVP answers with the same trigger and payload URL, one with a prokey filter and one without.",
        why: "Both fire for an answer to the event of the filter, so the receiver gets it twice.",
        example: r#"[webhooks.all]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/hooks"

[webhooks.gala]
trigger = "create"
trigger_element = "rsvp_answer"
prokey_filter = "c6510c06-a277-4e1c-9baf-deec9c5507c7"
payload_url = "https://cms.example.com/hooks""#,
        mend: "Remove one, disable it with `active = false`, or send it to another URL.",
    },
    finder: Finder::File(look),
};

fn look(definitions: &Definitions, findings: &mut Findings<'_>) {
    let is_answer = |webhook: &&Webhook| {
        webhook.active.value && webhook.trigger_element.value == TriggerElement::RsvpAnswer
    };
    let answers = || definitions.webhooks.iter().filter(is_answer);
    let mut unfiltered: HashMap<(Trigger, &str), &Webhook> = HashMap::new();
    for webhook in answers().filter(|webhook| webhook.prokey_filter.is_none()) {
        unfiltered.entry((webhook.trigger.value, address(webhook))).or_insert(webhook);
    }
    for webhook in answers() {
        let Some(filter) = webhook.prokey_filter.as_ref().filter(|filter| !filter.value.trim().is_empty())
        else {
            continue;
        };
        let Some(other) = unfiltered.get(&(webhook.trigger.value, address(webhook))) else { continue };
        let message = format!(
            "`{}` and `{}` both fire for this event and send to the same URL",
            one_line(&webhook.handle.value),
            one_line(&other.handle.value)
        );
        let help = "the receiver gets these answers twice: remove one, disable it, or send it to another URL";
        let judgement = Judgement::warning(RULE.code, message, help);
        findings.at_both(judgement, filter.span.clone(), other.handle.span.clone(), "fires for every event");
    }
}
