//! Checks of answers, and of the same values given as options.

use crate::commands::args::checked_json;
use crate::commands::error::{Error, usage};
use crate::core::catalog::{self, LearnedFields};
use crate::core::definitions::{Definitions, Draft, DraftPair, is_handle};
use crate::core::diagnostic::Diagnostic;
use crate::core::model::{FieldValue, Trigger, TriggerElement};
use crate::core::request::{parse_target, validate};
use crate::core::template::{self, Segment};
use crate::core::text::one_line;

/// The error is the reason why an answer is refused.
pub(super) type Checked = Result<(), String>;
/// A check of a name, given the names that are already in use.
type NameCheck = fn(&str, &[DraftPair]) -> Checked;

pub(super) fn handle(text: &str, definitions: &Definitions) -> Checked {
    let text = text.trim();
    if !is_handle(text) {
        return Err("use the letters a-z, digits, `-` and `_`, e.g. `rsvp-to-cms`".to_owned());
    }
    match definitions.find(text) {
        Some(_) => Err(format!("the webhook `{text}` already exists")),
        None => Ok(()),
    }
}

pub(super) fn prokey(text: &str) -> Checked {
    let text = text.trim();
    if text.is_empty() || validate::is_prokey(text) {
        return Ok(());
    }
    Err(format!(
        "expected a prokey, e.g. `{}`; without one, the webhook fires for all events",
        catalog::SAMPLE_PROKEY
    ))
}

pub(super) fn payload_url(text: &str) -> Checked {
    let template = parsed(text.trim())?;
    if template.variables().next().is_some() {
        return valid(Some(validate::variable_in_url()));
    }
    let is_literal = template.segments.iter().all(|segment| matches!(segment, Segment::Literal(_)));
    if !is_literal {
        return Ok(());
    }
    parse_target(text.trim()).map(drop).map_err(|error| error.value.on_one_line())
}

/// An empty name ends the questions about headers.
pub(super) fn header_name(text: &str, taken: &[DraftPair]) -> Checked {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    if taken.iter().any(|(own, _)| own.eq_ignore_ascii_case(text)) {
        return Err(format!("the header `{text}` already exists"));
    }
    valid(validate::header_name(text))
}

pub(super) fn body_key(text: &str, taken: &[DraftPair]) -> Checked {
    let text = text.trim();
    if taken.iter().any(|(own, _)| own == text) {
        return Err(format!("the body field `{text}` already exists"));
    }
    valid(validate::body_key(text))
}

fn valid(finding: Option<Diagnostic>) -> Checked {
    finding.map_or(Ok(()), |finding| Err(finding.on_one_line()))
}

pub(super) fn field_value(
    own: &FieldValue,
    trigger: Trigger,
    element: TriggerElement,
    learned: &LearnedFields,
) -> Checked {
    match own {
        FieldValue::Text(text) => value(text, trigger, element, learned),
        FieldValue::Json(json) => checked_json(json).map(drop),
    }
}

/// Checks that the element has the variables in a value.
pub(super) fn value(
    text: &str,
    trigger: Trigger,
    element: TriggerElement,
    learned: &LearnedFields,
) -> Checked {
    for name in parsed(text)?.variables() {
        let name = name.value.as_str();
        if trigger == Trigger::Delete && name != "id" {
            return valid(Some(validate::variable_on_delete(name)));
        }
        if learned.may_have(element, name) {
            continue;
        }
        let near = learned.suggest(element, name);
        if !catalog::may_be_new(element, name, near.as_ref()) {
            let near = near.map(|near| format!("; {}", near.as_variable())).unwrap_or_default();
            return Err(format!("{element} has no variable `{{{{{name}}}}}`{near}"));
        }
    }
    Ok(())
}

/// Checks the fields that differ from `before` as answers are checked.
pub fn require_valid(draft: &Draft, before: &Draft, learned: &LearnedFields) -> Result<(), Error> {
    let require = |option: &str, checked: Checked| {
        checked.map_err(|reason| {
            let (message, help) = reason
                .split_once("; ")
                .unwrap_or((&reason, "run `hooks vars ELEMENT` for the variables of an element"));
            usage(format!("{option}: {message}")).help(help)
        })
    };
    if let Some(url) = draft.payload_url.as_ref().filter(|_| draft.payload_url != before.payload_url) {
        require("--payload-url", payload_url(url))?;
    }
    if let Some(filter) = draft.prokey_filter.as_ref().filter(|_| draft.prokey_filter != before.prokey_filter)
    {
        require("--prokey-filter", prokey(filter))?;
    }
    let kind = draft.trigger.zip(draft.trigger_element);
    let is_same_kind = kind == before.trigger.zip(before.trigger_element);
    for (option, check_name, pairs, old) in [
        ("--header", header_name as NameCheck, &draft.header, &before.header),
        ("--body", body_key, &draft.body, &before.body),
    ] {
        for (name, own) in pairs.iter().filter(|pair| !is_same_kind || !old.contains(pair)) {
            let option = format!("{option} `{}`", one_line(name));
            require(&option, check_name(name, &[]))?;
            require(
                &option,
                kind.map_or(Ok(()), |(trigger, element)| field_value(own, trigger, element, learned)),
            )?;
        }
    }
    Ok(())
}

fn parsed(text: &str) -> Result<template::Template, String> {
    template::parse(text)
        .map_err(|problems| problems.first().map_or(String::new(), |problem| problem.value.on_one_line()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_uses_only_variables_of_the_element() {
        let none = LearnedFields::default();
        let check = |text| value(text, Trigger::Create, TriggerElement::RsvpAnswer, &none);
        for good in ["", "x", "{{email}}", "{{payload.anything}}", "Bearer ${TOKEN}"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(
            check("{{emial}}").unwrap_err(),
            "rsvp_answer has no variable `{{emial}}`; did you mean `{{email}}`?"
        );
        assert!(check("{{email").is_err());
        assert!(value("{{email}}", Trigger::Delete, TriggerElement::RsvpAnswer, &none).is_err());
        assert_eq!(value("{{id}}", Trigger::Delete, TriggerElement::RsvpAnswer, &none), Ok(()));
    }

    #[test]
    fn urls_prokeys_and_names_are_checked() {
        assert_eq!(payload_url("https://example.com/x"), Ok(()));
        assert_eq!(payload_url("${BASE}/x"), Ok(()));
        for bad in ["", "example.com", "https://example.com/{{id}}", "ftp://example.com", "${X"] {
            assert!(payload_url(bad).is_err(), "{bad}");
        }
        assert_eq!(prokey(""), Ok(()));
        assert_eq!(prokey(" c6510c06-a277-4e1c-9baf-deec9c5507c7 "), Ok(()));
        assert!(prokey("c6510c06").is_err());
        let taken = [("X-A".to_owned(), "".into())];
        assert!(header_name("x-a", &taken).is_err());
        assert!(header_name("Content-Length", &taken).is_err());
        assert_eq!(header_name("", &taken), Ok(()));
        assert!(body_key("element_data", &taken).is_err());
    }
}
