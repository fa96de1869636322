//! A webhook that can never fire.

use crate::core::diagnostic::Level;
use crate::core::model::TriggerElement;
use crate::core::request::judge::Judgement;

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "unreachable-webhook",
    level: Level::Warning,
    summary: "a filter that nothing can match",
    docs: Docs {
        finds: "A `prokey_filter` that is empty or all zeros, and so matches no event. An inactive webhook is fine: that is what `active = false` is for.",
        why: "The webhook looks alive and never fires.",
        example: r#"trigger_element = "rsvp_answer"
prokey_filter = """#,
        mend: "Name the prokey of an event, or take the filter out to get the answers to all events.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let webhook = subject.webhook;
    let Some(filter) = &webhook.prokey_filter else { return };
    let is_answer = webhook.trigger_element.value == TriggerElement::RsvpAnswer;
    let digits = filter.value.trim().replace('-', "");
    if is_answer && digits.bytes().all(|byte| byte == b'0') {
        let message = "this filter matches no event, so the webhook never fires";
        let help = "name the prokey of an event, or take the filter out to get the answers to all events";
        findings.at(Judgement::warning(RULE.code, message, help), filter.span.clone());
    }
}
