//! A prokey filter that is no prokey.

use crate::core::definitions::edit::{Change, FieldPath};
use crate::core::diagnostic::Level;
use crate::core::model::TriggerElement;
use crate::core::request::judge::{self, Judgement};

use super::super::findings::Findings;
use super::super::rule::{Docs, Finder, Rule};
use super::super::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "prokey-not-uuid",
    level: Level::Error,
    summary: "a prokey filter that is not a UUID",
    docs: Docs {
        finds: "A `prokey_filter` of another form than `c6510c06-a277-4e1c-9baf-deec9c5507c7`.",
        why: "Prokeys are UUIDs. No answer has any other, so the webhook would never fire.",
        example: r#"trigger_element = "rsvp_answer"
prokey_filter = "my-event""#,
        mend: "Copy the prokey of the event. A UUID in braces, or without its dashes, is mended by `--fix`.",
    },
    finder: Finder::Webhook(look),
};

fn look(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let webhook = subject.webhook;
    let Some(filter) = &webhook.prokey_filter else { return };
    // An empty filter is another rule's, and so is one on another element.
    let is_answer = webhook.trigger_element.value == TriggerElement::RsvpAnswer;
    if !is_answer || filter.value.trim().is_empty() || judge::is_prokey(filter.value.trim()) {
        return;
    }
    let help = "copy the prokey of the event; it looks like `c6510c06-a277-4e1c-9baf-deec9c5507c7`";
    let judgement = Judgement::error(RULE.code, "this is not a prokey, so no answer can match it", help);
    let finding = findings.at(judgement, filter.span.clone());
    if let Some(uuid) = mended(&filter.value) {
        let field = FieldPath::Field("prokey_filter".to_owned());
        finding.fix(Change::Set { handle: webhook.handle.value.clone(), field, value: uuid.into() });
    }
}

/// The UUID in its usual form, when all of its digits are there.
fn mended(text: &str) -> Option<String> {
    let bare = text.trim().trim_start_matches("urn:uuid:").trim_matches(['{', '}']);
    let digits: String = bare.chars().filter(|c| *c != '-').collect();
    let is_whole = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| {
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        parts.join("-").to_lowercase()
    })
}
