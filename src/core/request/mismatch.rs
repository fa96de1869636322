//! Which webhooks the platform would fire, and why not the others.

use std::fmt;

use crate::core::catalog;
use crate::core::model::{Trigger, TriggerElement, Webhook};
use crate::core::text::one_line;

use super::element::Element;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    Inactive,
    OtherTrigger(Trigger),
    OtherElement(TriggerElement),
    Prokey { filter: String, actual: Option<String> },
}

impl Mismatch {
    /// The stable name in JSON output.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::OtherTrigger(_) => "other-trigger",
            Self::OtherElement(_) => "other-element",
            Self::Prokey { .. } => "prokey-filter",
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inactive => f.write_str("inactive"),
            Self::OtherTrigger(own) => write!(f, "its trigger is `{own}`"),
            Self::OtherElement(own) => write!(f, "its trigger element is `{own}`"),
            Self::Prokey { filter, actual: Some(actual) } => {
                write!(f, "its prokey filter `{}` does not match `{}`", one_line(filter), one_line(actual))
            }
            Self::Prokey { filter, actual: None } => {
                write!(f, "its prokey filter is `{}`, and the element has no prokey", one_line(filter))
            }
        }
    }
}

/// Why the platform would not fire a webhook for this trigger and element. The prokey of the built-in sample matches every
/// prokey filter.
pub fn mismatches(
    webhook: &Webhook,
    trigger: Trigger,
    kind: TriggerElement,
    element: &Element,
) -> Vec<Mismatch> {
    mismatches_unless(webhook, trigger, kind, element, |actual| actual == catalog::SAMPLE_PROKEY)
}

/// Like [`mismatches`], but the prokey of the built-in sample matches only its own filter.
pub fn exact_mismatches(
    webhook: &Webhook,
    trigger: Trigger,
    kind: TriggerElement,
    element: &Element,
) -> Vec<Mismatch> {
    mismatches_unless(webhook, trigger, kind, element, |_| false)
}

fn mismatches_unless(
    webhook: &Webhook,
    trigger: Trigger,
    kind: TriggerElement,
    element: &Element,
    matches_every_filter: impl Fn(&str) -> bool,
) -> Vec<Mismatch> {
    let inactive = (!webhook.active.value).then_some(Mismatch::Inactive);
    let other_trigger =
        (webhook.trigger.value != trigger).then_some(Mismatch::OtherTrigger(webhook.trigger.value));
    let own_kind = webhook.trigger_element.value;
    let other_element = (own_kind != kind).then_some(Mismatch::OtherElement(own_kind));
    let filter = webhook.prokey_filter.as_ref().filter(|_| own_kind == kind);
    let prokey = filter.and_then(|filter| {
        let actual = element.prokey();
        let is_same = actual.as_deref().is_some_and(|actual| {
            actual.eq_ignore_ascii_case(filter.value.trim()) || matches_every_filter(actual)
        });
        (!is_same).then(|| Mismatch::Prokey {
            filter: filter.value.clone(),
            actual: actual.map(std::borrow::Cow::into_owned),
        })
    });
    [inactive, other_trigger, other_element, prokey].into_iter().flatten().collect()
}
