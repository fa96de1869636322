//! Webhooks that never fire, and duplicates.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::core::definitions::Definitions;
use crate::core::definitions::edit::{Change, FieldPath};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::{DEFAULT_ACCOUNT, FieldValue, Method, Trigger, TriggerElement, Webhook};
use crate::core::request::validate;
use crate::core::text::one_line;

use super::super::findings::Findings;
use super::super::parsed::ParsedWebhook;
use super::super::rule::{Finder, Rule};

pub(super) const PROKEY_NOT_UUID: Rule = Rule {
    code: "prokey-not-uuid",
    level: Level::Error,
    summary: "a prokey filter that is not a UUID",
    finds: "A `prokey_filter` that does not have the form `c6510c06-a277-4e1c-9baf-deec9c5507c7`.",
    why: "Prokeys are UUIDs, so no answer would match and the webhook would never fire.",
    example: r#"trigger_element = "rsvp_answer"
prokey_filter = "my-event""#,
    fix: "Copy the prokey of the event. `--fix` corrects a UUID in braces or without dashes.",
    finder: Finder::Webhook(prokey_not_uuid),
};

pub(super) const UNREACHABLE_WEBHOOK: Rule = Rule {
    code: "unreachable-webhook",
    level: Level::Warning,
    summary: "a prokey filter that matches no event",
    finds: "A `prokey_filter` that is empty or all zeros, so that it matches no event. To disable a webhook, use `active = false`, which is not reported.",
    why: "The webhook looks active but never fires.",
    example: r#"trigger_element = "rsvp_answer"
prokey_filter = """#,
    fix: "Use the prokey of an event, or remove the filter to receive the answers to all events.",
    finder: Finder::Webhook(unreachable_webhook),
};

pub(super) const DUPLICATE_WEBHOOK: Rule = Rule {
    code: "duplicate-webhook",
    level: Level::Warning,
    summary: "two active webhooks that send the same request",
    finds: "Two active webhooks with the same trigger, trigger element, prokey filter, method, payload URL, headers and body fields.",
    why: "The receiver gets everything twice, e.g. two entries in a guest list or two chat messages.",
    example: r#"[webhooks.one]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/hooks"

[webhooks.two]
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/hooks""#,
    fix: "Remove one with `hooks remove`, or disable it with `active = false`.",
    finder: Finder::File(duplicate_webhook),
};

pub(super) const PROKEY_FILTER_OVERLAP: Rule = Rule {
    code: "prokey-filter-overlap",
    level: Level::Warning,
    summary: "webhooks with and without a prokey filter that send to the same URL",
    finds: "Two active webhooks for RSVP answers with the same trigger and payload URL, one with a prokey filter and one without.",
    why: "Both fire for the event of the filter, so the receiver gets its answers twice.",
    example: r#"[webhooks.all]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/hooks"

[webhooks.gala]
trigger = "create"
trigger_element = "rsvp_answer"
prokey_filter = "c6510c06-a277-4e1c-9baf-deec9c5507c7"
payload_url = "https://cms.example.com/hooks""#,
    fix: "Remove one, disable it with `active = false`, or send it to another URL.",
    finder: Finder::File(prokey_filter_overlap),
};

pub(super) const NAME_REPEATED: Rule = Rule {
    code: "name-repeated",
    level: Level::Warning,
    summary: "two webhooks with the same name",
    finds: "Two webhooks with the same `name`, ignoring letter case.",
    why: "They cannot be distinguished in lists, in the app and in messages.",
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
    fix: "Give each a different name.",
    finder: Finder::File(name_repeated),
};

pub(super) const ID_REPEATED: Rule = Rule {
    code: "id-repeated",
    level: Level::Error,
    summary: "two webhooks with the same `id`",
    finds: "Two webhooks with the same `id` in the same account.",
    why: "The `id` links a definition to a webhook in the account, so only one definition can have it.",
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
    fix: "Remove the `id` from the copy.",
    finder: Finder::File(id_repeated),
};

pub(super) const UNKNOWN_ACCOUNT: Rule = Rule {
    code: "unknown-account",
    level: Level::Error,
    summary: "an `id` in an account that the file does not declare",
    finds: "A name in an `id` such as `{ production = 67, test = 12 }` without a table `[accounts.NAME]`. The name `default` needs no table.",
    why: "No command can use the account, so the `id` has no effect.",
    example: r#"[accounts.production]

[webhooks.one]
id = { prodution = 67 }
trigger = "create"
trigger_element = "event"
payload_url = "https://cms.example.com/a""#,
    fix: "Correct the name, or declare the account with `[accounts.NAME]`.",
    finder: Finder::File(unknown_account),
};

fn prokey_not_uuid(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let definition = webhook.definition;
    let Some(filter) = &definition.prokey_filter else { return };
    // `unreachable-webhook` reports an empty filter, `misplaced-prokey-filter` one on another element.
    let is_answer = definition.trigger_element.value == TriggerElement::RsvpAnswer;
    if !is_answer || filter.value.trim().is_empty() || validate::is_prokey(filter.value.trim()) {
        return;
    }
    let help = "copy the prokey of the event; it looks like `c6510c06-a277-4e1c-9baf-deec9c5507c7`";
    let finding =
        Diagnostic::error(PROKEY_NOT_UUID.code, "this is not a prokey, so no answer matches it").help(help);
    let finding = findings.at(finding, filter.span.clone());
    if let Some(uuid) = usual_form(&filter.value) {
        let field = FieldPath::Field("prokey_filter".to_owned());
        finding.fix =
            Some(Change::Set { handle: definition.handle.value.clone(), field, value: uuid.into() });
    }
}

/// The UUID in its usual form, if the text has all 32 digits.
fn usual_form(text: &str) -> Option<String> {
    let bare = text.trim().trim_start_matches("urn:uuid:").trim_matches(['{', '}']);
    let digits: String = bare.chars().filter(|c| *c != '-').collect();
    let is_whole = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| {
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        parts.join("-").to_lowercase()
    })
}

fn unreachable_webhook(webhook: &ParsedWebhook<'_>, findings: &mut Findings<'_>) {
    let definition = webhook.definition;
    let Some(filter) = &definition.prokey_filter else { return };
    let is_answer = definition.trigger_element.value == TriggerElement::RsvpAnswer;
    let digits = filter.value.trim().replace('-', "");
    if is_answer && digits.bytes().all(|byte| byte == b'0') {
        let message = "this filter matches no event, so the webhook never fires";
        let help = "use the prokey of an event, or remove the filter to receive the answers to all events";
        findings.at(Diagnostic::warning(UNREACHABLE_WEBHOOK.code, message).help(help), filter.span.clone());
    }
}

/// When a webhook fires, and what it sends where.
#[derive(PartialEq, Eq, Hash)]
struct RequestKey<'a> {
    trigger: Trigger,
    element: TriggerElement,
    prokey: Option<String>,
    method: Method,
    url: &'a str,
    header: Vec<(String, &'a str)>,
    body: Vec<(&'a str, &'a FieldValue)>,
}

fn duplicate_webhook(definitions: &Definitions, findings: &mut Findings<'_>) {
    let active = || definitions.webhooks.iter().filter(|webhook| webhook.active.value);
    // Most webhooks have a unique URL and need no comparison.
    let mut users: HashMap<&str, usize> = HashMap::with_capacity(definitions.webhooks.len());
    for webhook in active() {
        *users.entry(address(webhook)).or_default() += 1;
    }
    let mut seen: HashMap<RequestKey<'_>, &Webhook> = HashMap::new();
    for webhook in active().filter(|webhook| users.get(address(webhook)).is_some_and(|users| *users > 1)) {
        match seen.entry(request_key(webhook)) {
            Entry::Vacant(place) => {
                place.insert(webhook);
            }
            Entry::Occupied(first) => repeated(webhook, first.get(), findings),
        }
    }
}

fn repeated(webhook: &Webhook, first: &Webhook, findings: &mut Findings<'_>) {
    let (own, other) = (&webhook.handle, &first.handle);
    let message =
        format!("`{}` sends the same request as `{}`", one_line(&own.value), one_line(&other.value));
    let finding = Diagnostic::warning(DUPLICATE_WEBHOOK.code, message).help("remove one, or disable it");
    findings.at_both(finding, own.span.clone(), other.span.clone(), "the other webhook");
}

/// The payload URL without its fragment, which is never sent.
fn address(webhook: &Webhook) -> &str {
    webhook.payload_url.value.split('#').next().unwrap_or_default()
}

fn request_key(webhook: &Webhook) -> RequestKey<'_> {
    let header = webhook.header.iter();
    let mut header: Vec<_> = header
        .map(|field| (field.key.value.to_ascii_lowercase(), field.value.value.as_str().trim()))
        .collect();
    let mut body: Vec<_> =
        webhook.body.iter().map(|field| (field.key.value.as_str(), &field.value.value)).collect();
    header.sort_unstable();
    body.sort_unstable();
    RequestKey {
        trigger: webhook.trigger.value,
        element: webhook.trigger_element.value,
        prokey: webhook.prokey_filter.as_ref().map(|filter| filter.value.trim().to_ascii_lowercase()),
        method: webhook.method.value,
        url: address(webhook),
        header,
        body,
    }
}

fn prokey_filter_overlap(definitions: &Definitions, findings: &mut Findings<'_>) {
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
        let finding = Diagnostic::warning(PROKEY_FILTER_OVERLAP.code, message).help(help);
        findings.at_both(finding, filter.span.clone(), other.handle.span.clone(), "fires for every event");
    }
}

fn name_repeated(definitions: &Definitions, findings: &mut Findings<'_>) {
    let mut seen = HashMap::new();
    for name in definitions.all().filter_map(|webhook| webhook.name.as_ref()) {
        let first = *seen.entry(name.value.trim().to_lowercase()).or_insert(name);
        if !std::ptr::eq(first, name) {
            let message = "another webhook has the same name";
            let finding = Diagnostic::warning(NAME_REPEATED.code, message).help("give each a different name");
            findings.at_both(finding, name.span.clone(), first.span.clone(), "first defined here");
        }
    }
}

fn id_repeated(definitions: &Definitions, findings: &mut Findings<'_>) {
    let mut seen = HashMap::new();
    for id in definitions.all().flat_map(|webhook| &webhook.ids.all) {
        let number = &id.number;
        let first = *seen.entry((id.account.value.as_str(), number.value)).or_insert(number);
        if !std::ptr::eq(first, number) {
            let message = match id.account.value.as_str() {
                DEFAULT_ACCOUNT => "another definition has the same `id`".to_owned(),
                account => {
                    format!("another definition has the same `id` in the account `{}`", one_line(account))
                }
            };
            let finding = Diagnostic::error(ID_REPEATED.code, message).help("remove the `id` from the copy");
            findings.at_both(finding, number.span.clone(), first.span.clone(), "first defined here");
        }
    }
}

fn unknown_account(definitions: &Definitions, findings: &mut Findings<'_>) {
    for id in definitions.all().flat_map(|webhook| &webhook.ids.all) {
        let account = &id.account;
        if !definitions.has_account(&account.value) {
            findings.at(definitions.unknown_account(&account.value), account.span.clone());
        }
    }
}
