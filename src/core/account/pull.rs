//! What a pull changes: the draft of a definition with the account's values, and the values that a file cannot contain.

use crate::core::definitions::edit::{Change, FieldPath, Scalar};
use crate::core::definitions::{Draft, DraftPair};
use crate::core::model::{FieldValue, Method, Trigger, TriggerElement, plain_word};
use crate::core::request::Environment;
use crate::core::template::{Segment, parse, reference};
use crate::core::text::one_line;

use super::compare::FieldComparison;
use super::field_values::{is_from_environment, is_same, to_json, to_written};
use super::template::escaped;
use super::webhook::{AccountPair, AccountWebhook};

/// A value that the file takes from the environment and that differs in the account.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "the value is a secret")]
pub struct ChangedSecret {
    place: Place,
    /// For messages, such as ``the value of the header `X-Key` ``.
    pub what: String,
    /// The environment variable; none if the whole value must be replaced.
    pub name: Option<String>,
    /// The header or body field.
    pub field: String,
    before: String,
    pub value: String,
    after: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Url,
    Header(usize),
    Body(usize),
}

impl ChangedSecret {
    /// The secrets that `after` contains in clear text where `before` has `${NAME}`.
    pub fn find(before: &Draft, after: &Draft) -> Vec<Self> {
        let mut found = Vec::new();
        if let (Some(old), Some(new)) = (&before.payload_url, &after.payload_url) {
            // The URL as a whole is not a secret.
            let (old, new) = (old.as_str().into(), new.as_str().into());
            found.extend(Self::new(Place::Url, "payload_url", &old, &new).filter(|own| own.name.is_some()));
        }
        found.extend(Self::find_in(&before.header, &after.header, Place::Header));
        found.extend(Self::find_in(&before.body, &after.body, Place::Body));
        found
    }

    fn find_in(before: &[DraftPair], after: &[DraftPair], place: fn(usize) -> Place) -> Vec<Self> {
        let changed = |(index, (key, new)): (usize, &DraftPair)| {
            let nth = after[..index].iter().filter(|(own, _)| own == key).count();
            let (_, old) = before.iter().filter(|(own, _)| own == key).nth(nth)?;
            Self::new(place(index), key, old, new)
        };
        after.iter().enumerate().filter_map(changed).collect()
    }

    fn new(place: Place, field: &str, old: &FieldValue, new: &FieldValue) -> Option<Self> {
        if old == new || !is_from_environment(old) {
            return None;
        }
        let text = match new {
            FieldValue::Text(text) => text.replace("$${", "${"),
            FieldValue::Json(json) => json.clone(),
        };
        let what = match place {
            Place::Url => "the changed part of the payload URL".to_owned(),
            Place::Header(_) => format!("the changed value of the header `{}`", one_line(field)),
            Place::Body(_) => format!("the changed value of the body field `{}`", one_line(field)),
        };
        let parts = match (old, new) {
            (FieldValue::Text(old), FieldValue::Text(_)) => aligned(old, &text),
            (FieldValue::Json(old), FieldValue::Json(_)) => {
                Some((reference(old), String::new(), text.clone(), String::new()))
            }
            _ => None,
        };
        let (name, before, value, after) =
            parts.unwrap_or_else(|| (None, String::new(), text, String::new()));
        Some(Self { place, what, name, field: field.to_owned(), before, value, after })
    }

    /// Replaces the secret with `${NAME}`.
    pub fn replace(&self, draft: &mut Draft, name: &str) {
        let written = format!("{}${{{name}}}{}", escaped(&self.before), escaped(&self.after));
        let pair = match self.place {
            Place::Url => {
                draft.payload_url = Some(written);
                return;
            }
            Place::Header(index) => &mut draft.header[index],
            Place::Body(index) => &mut draft.body[index],
        };
        pair.1 = pair.1.with(written);
    }
}

/// The name of the only `${NAME}` in `written`, and the text before, at and after it in `text`; none if the literal parts differ.
fn aligned(written: &str, text: &str) -> Option<(Option<String>, String, String, String)> {
    let (mut before, mut after, mut name) = (String::new(), String::new(), None);
    for segment in parse(written).ok()?.segments {
        let part = if name.is_none() { &mut before } else { &mut after };
        match segment {
            Segment::Literal(literal) => part.push_str(&literal),
            Segment::Variable(own) => part.push_str(&written[own.span]),
            Segment::Environment(own) if name.is_none() => name = Some(own.value),
            Segment::Environment(_) => return None,
        }
    }
    let value = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
    (name.is_some() && !value.is_empty()).then(|| (name, before.clone(), value.to_owned(), after.clone()))
}

/// The definition for a webhook that is only in the account. A name equal to the handle is left out, because a definition without
/// a name is named after its handle.
pub fn new_draft(account: &AccountWebhook, handle: &str, account_name: &str) -> Result<Draft, String> {
    let mut draft = Draft {
        name: Some(account.name.clone()).filter(|name| !name.is_empty() && name != handle),
        active: (!account.active).then_some(false),
        prokey_filter: Some(account.effective_filter().to_owned()).filter(|filter| !filter.is_empty()),
        payload_url: Some(escaped(&account.payload_url)),
        header: written(&account.header),
        body: written(&account.body),
        ..Draft::default()
    };
    draft.ids.set(account_name, account.id);
    terms(&mut draft, account)?;
    draft.method = draft.method.filter(|method| *method != Method::Post);
    Ok(draft)
}

/// The definition with the account's values in these fields.
pub fn changed_draft(
    before: &Draft,
    account: &AccountWebhook,
    fields: &[&FieldComparison],
    environment: &dyn Environment,
) -> Result<Draft, String> {
    let mut draft = before.clone();
    let mut own = before.clone();
    terms(&mut own, account)?;
    for comparison in fields {
        match &comparison.field {
            FieldPath::Field(name) => match name.as_str() {
                "name" => draft.name = Some(account.name.clone()),
                "active" => draft.active = Some(account.active),
                "trigger" => {
                    (draft.trigger, draft.unknown.trigger) = (own.trigger, own.unknown.trigger.clone());
                }
                "trigger_element" => {
                    draft.trigger_element = own.trigger_element;
                    draft.unknown.trigger_element.clone_from(&own.unknown.trigger_element);
                }
                "prokey_filter" => {
                    draft.prokey_filter =
                        Some(account.effective_filter().to_owned()).filter(|filter| !filter.is_empty());
                }
                "method" => (draft.method, draft.unknown.method) = (own.method, own.unknown.method.clone()),
                _ => draft.payload_url = Some(escaped(&account.payload_url)),
            },
            FieldPath::Header(key) => set(&mut draft.header, key, &account.header, environment),
            FieldPath::Body(key) => set(&mut draft.body, key, &account.body, environment),
            // An `id` is not compared.
            FieldPath::Id(_) => {}
        }
    }
    Ok(draft)
}

/// Reads trigger, trigger element and method. The error names one that a file cannot contain, because it is an alias for another.
fn terms(draft: &mut Draft, account: &AccountWebhook) -> Result<(), String> {
    fn read<T: Copy>(
        what: &str,
        word: &str,
        parsed: Option<T>,
        name: fn(T) -> &'static str,
    ) -> Result<(Option<T>, Option<String>), String> {
        match parsed {
            Some(term) if name(term).eq_ignore_ascii_case(word) => Ok((Some(term), None)),
            Some(term) => Err(format!("its {what} `{word}` would be read as `{}`", name(term))),
            None => Ok((None, Some(word.to_owned()))),
        }
    }
    let AccountWebhook { trigger, trigger_element: element, method, .. } = account;
    (draft.trigger, draft.unknown.trigger) =
        read("trigger", trigger, Trigger::parse(trigger), Trigger::as_str)?;
    (draft.trigger_element, draft.unknown.trigger_element) =
        read("trigger element", element, TriggerElement::parse(element), TriggerElement::as_str)?;
    (draft.method, draft.unknown.method) = read("method", method, Method::parse(method), Method::as_str)?;
    Ok(())
}

/// Sets all values of a key as in the account. Equal values stay as written, in place.
fn set(pairs: &mut Vec<DraftPair>, key: &str, account: &[AccountPair], environment: &dyn Environment) {
    let mut values = account.iter().filter(|own| own.key == key).map(|own| &own.value);
    pairs.retain_mut(|(name, old)| {
        if name != key {
            return true;
        }
        let Some(new) = values.next() else { return false };
        if !to_json(old, environment).is_ok_and(|own| is_same(&own, new)) {
            *old = to_written(new);
        }
        true
    });
    pairs.extend(values.map(|value| (key.to_owned(), to_written(value))));
}

/// The account's pairs as a definition writes them.
fn written(account: &[AccountPair]) -> Vec<DraftPair> {
    account.iter().map(|own| (own.key.clone(), to_written(&own.value))).collect()
}

/// The changes that turn a definition into a draft. A header or body with repeated keys is written as a list.
pub fn changes(before: &Draft, after: &Draft, handle: &str) -> Vec<Change> {
    let mut plain = after.clone();
    let mut lists = Vec::new();
    for (group, old, new) in
        [("header", &before.header, &mut plain.header), ("body", &before.body, &mut plain.body)]
    {
        if old != new && (is_repeated(old) || is_repeated(new)) {
            let (handle, field) = (handle.to_owned(), FieldPath::Field(group.to_owned()));
            lists.push(Change::Clear { handle: handle.clone(), field: field.clone() });
            if !new.is_empty() {
                lists.push(Change::Set { handle, field, value: Scalar::Pairs(std::mem::take(new)) });
            }
            new.clone_from(old);
        }
    }
    let mut changes = plain.changes_from(before, handle);
    changes.extend(lists);
    changes
}

/// The fields of a new definition.
pub fn new_fields(draft: &Draft) -> Vec<(FieldPath, Scalar)> {
    let mut plain = draft.clone();
    let mut lists = Vec::new();
    for (group, pairs) in [("header", &mut plain.header), ("body", &mut plain.body)] {
        if is_repeated(pairs) {
            lists.push((FieldPath::Field(group.to_owned()), Scalar::Pairs(std::mem::take(pairs))));
        }
    }
    let mut fields = plain.fields();
    fields.extend(lists);
    fields
}

fn is_repeated(pairs: &[DraftPair]) -> bool {
    pairs.iter().enumerate().any(|(index, (key, _))| pairs[..index].iter().any(|(own, _)| own == key))
}

/// A handle for a webhook: its name in ASCII letters, digits and `-`, with a number if `is_taken`.
pub fn new_handle(account: &AccountWebhook, is_taken: impl Fn(&str) -> bool) -> String {
    const MAX_LENGTH: usize = 40;
    let mut handle = String::new();
    for c in plain_word(&account.name).chars() {
        if c.is_ascii_alphanumeric() {
            handle.push(c);
        } else if !handle.is_empty()
            && !handle.ends_with('-')
            && (c.is_whitespace() || c.is_ascii_punctuation())
        {
            handle.push('-');
        }
        if handle.len() >= MAX_LENGTH {
            break;
        }
    }
    let base = match handle.trim_end_matches('-') {
        // A number as an argument means an id in the account.
        own if own.is_empty() || own.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("webhook-{}", account.id)
        }
        own => own.to_owned(),
    };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|own| !is_taken(own)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(name: &str) -> AccountWebhook {
        let json = json!({"id": 311, "name": name, "trigger": "create", "trigger_element": "event", "payload_url": "https://a"});
        AccountWebhook::read(311, &json).unwrap()
    }

    #[test]
    fn new_handles_are_readable_and_unused() {
        for (name, handle) in [
            ("Guests to CRM", "guests-to-crm"),
            ("  Gäste → CRM (neu)  ", "gaeste-crm-neu"),
            ("a_b.c", "a-b-c"),
            ("2026", "webhook-311"),
            ("日本", "webhook-311"),
            ("", "webhook-311"),
        ] {
            assert_eq!(new_handle(&account(name), |_| false), handle, "{name}");
        }
        let long = new_handle(&account(&"word ".repeat(30)), |_| false);
        assert!(long.len() <= 40 && !long.ends_with('-'), "{long}");
        assert_eq!(new_handle(&account("a"), |own| matches!(own, "a" | "a-2")), "a-3");
    }

    #[test]
    fn only_the_part_of_a_value_that_comes_from_the_environment_is_a_changed_secret() {
        let draft = |url: &str, value: &str| Draft {
            payload_url: Some(url.to_owned()),
            header: vec![("X-Key".to_owned(), value.into())],
            ..Draft::default()
        };
        let before = draft("https://${HOST}/in", "Bearer ${TOKEN} {{id}}");
        let mut after = draft("https://other.example.com/in", "Bearer new$${ {{id}}");
        let found = ChangedSecret::find(&before, &after);
        let values: Vec<_> = found.iter().map(|own| (own.name.as_deref(), own.value.as_str())).collect();
        assert_eq!(values, [(Some("HOST"), "other.example.com"), (Some("TOKEN"), "new${")]);
        found[1].replace(&mut after, "TOKEN_2");
        assert_eq!(after.header[0].1.as_str(), "Bearer ${TOKEN_2} {{id}}");
        let after = draft("https://other.example.com/out", "Basic abc");
        let whole = ChangedSecret::find(&before, &after);
        assert_eq!((whole.len(), whole[0].name.as_deref(), whole[0].value.as_str()), (1, None, "Basic abc"));
        assert!(ChangedSecret::find(&before, &before).is_empty());
    }

    #[test]
    fn repeated_keys_are_written_as_a_list() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.into());
        let before = Draft { header: vec![pair("A", "1"), pair("B", "2")], ..Draft::default() };
        let after =
            Draft { header: vec![pair("A", "1"), pair("B", "2"), pair("A", "3")], ..Draft::default() };
        let changes = changes(&before, &after, "x");
        assert!(
            matches!(&changes[..], [Change::Clear { .. }, Change::Set { value: Scalar::Pairs(all), .. }] if all.len() == 3)
        );
        let fields = new_fields(&after);
        assert!(matches!(&fields[..], [(FieldPath::Field(name), Scalar::Pairs(_))] if name == "header"));
    }
}
