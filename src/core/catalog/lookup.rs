//! The variables and the sample of an element, and variables by name.

use std::borrow::Cow;

use crate::core::model::{Trigger, TriggerElement};

use super::tables;
use super::variable::Variable;

/// The variables of an element, in the platform's order, each container before its fields.
pub fn variables(element: TriggerElement) -> &'static [Variable] {
    match element {
        TriggerElement::RsvpAnswer => tables::RSVP_ANSWER,
        TriggerElement::Event => tables::EVENT,
        TriggerElement::EventGroup => tables::EVENT_GROUP,
        TriggerElement::Style => tables::STYLE,
        TriggerElement::RsvpTemplate => tables::RSVP_TEMPLATE,
        TriggerElement::CtaTemplate => tables::CTA_TEMPLATE,
        TriggerElement::LandingpageTemplate => tables::LANDINGPAGE_TEMPLATE,
    }
}

/// A complete, invented element as indented JSON, as a delivery for this trigger contains it. The samples belong together:
/// the answer is to the event, the event is in the group, and so on.
pub fn sample(element: TriggerElement, trigger: Trigger) -> Cow<'static, str> {
    let text = match element {
        TriggerElement::RsvpAnswer => include_str!("samples/rsvp_answer.json"),
        TriggerElement::Event => include_str!("samples/event.json"),
        TriggerElement::EventGroup => include_str!("samples/event_group.json"),
        TriggerElement::Style => include_str!("samples/style.json"),
        TriggerElement::RsvpTemplate => include_str!("samples/rsvp_template.json"),
        TriggerElement::CtaTemplate => include_str!("samples/cta_template.json"),
        TriggerElement::LandingpageTemplate => include_str!("samples/landingpage_template.json"),
    };
    if has_date_updated(trigger, element) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(without_value(text, "date_updated"))
}

/// Whether `date_updated` of a delivery is set. Recorded: null when an event or a group was created, set when an answer was, and
/// set in every update and delete. Assumed: the same for styles and templates.
pub(super) fn has_date_updated(trigger: Trigger, element: TriggerElement) -> bool {
    trigger != Trigger::Create || element == TriggerElement::RsvpAnswer
}

/// `{{id}}` of the built-in sample as JSON, where a delivered element has no `id` to take it from.
pub fn sample_id(element: TriggerElement) -> Option<&'static str> {
    (element == TriggerElement::RsvpAnswer).then_some(tables::RSVP_ANSWER_ID)
}

/// A sample with `null` for the text of a top-level field.
fn without_value(sample: &str, field: &str) -> String {
    let key = format!("\n  \"{field}\": ");
    let Some((before, after)) = sample.split_once(&key) else { return sample.to_owned() };
    let rest = after.find(['\n', ',']).map_or("", |end| &after[end..]);
    format!("{before}{key}null{rest}")
}

/// Whether an element may have a variable of this name: it is documented, or in a container with other fields in each
/// element.
pub fn may_have(element: TriggerElement, name: &str) -> bool {
    find(element, name).is_some() || is_open(element, name)
}

/// Another element that has a variable of this name, if this one does not.
pub fn other_owner(element: TriggerElement, name: &str) -> Option<TriggerElement> {
    let is_owner = |other: &TriggerElement| find(*other, name).is_some();
    TriggerElement::ALL.into_iter().find(is_owner).filter(|_| !is_owner(&element))
}

/// The variable with this name. For any list position, that of position 0 is found: `dates.0.name` for `dates.3.name`.
pub fn find(element: TriggerElement, name: &str) -> Option<&'static Variable> {
    let variables = variables(element);
    let exactly = variables.iter().find(|variable| variable.name == name);
    exactly.or_else(|| variables.iter().find(|variable| is_same_field(variable.name, name)))
}

/// Whether a name is, or is in, a container whose fields differ from element to element, so that names unknown to [`find`]
/// are valid.
pub fn is_open(element: TriggerElement, name: &str) -> bool {
    let ends_of_ancestors = name.match_indices('.').map(|(dot, _)| dot);
    ends_of_ancestors
        .chain([name.len()])
        .any(|end| find(element, &name[..end]).is_some_and(|variable| variable.open))
}

/// Whether two names are equal apart from positions in lists.
pub(super) fn is_same_field(listed: &str, name: &str) -> bool {
    let is_position = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let (mut listed_steps, mut steps) = (listed.split('.'), name.split('.'));
    loop {
        match (listed_steps.next(), steps.next()) {
            (None, None) => return true,
            (Some(listed), Some(step)) if listed == step || listed == "0" && is_position(step) => {}
            _ => return false,
        }
    }
}
