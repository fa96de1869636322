//! One block of the file: its fields, each with its type and its words.

use std::borrow::Cow;
use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use crate::core::diagnostic::Diagnostic;
use crate::core::model::{Field, Method, Trigger, TriggerElement, Webhook, plain_word};
use crate::core::text::{Span, Spanned, list, nearest};

use super::reader::{Reader, article};

/// Every field of a webhook, named as in the platform's API.
pub const FIELDS: [&str; 10] = [
    "name",
    "id",
    "active",
    "trigger",
    "trigger_element",
    "prokey_filter",
    "method",
    "payload_url",
    "header",
    "body",
];

/// Names that other tools use for the same things.
const SYNONYMS: [(&str, &str); 19] = [
    ("url", "payload_url"),
    ("target", "payload_url"),
    ("endpoint", "payload_url"),
    ("headers", "header"),
    ("fields", "body"),
    ("payload", "body"),
    ("element", "trigger_element"),
    ("type", "trigger_element"),
    ("event", "trigger"),
    ("enabled", "active"),
    ("status", "active"),
    ("title", "name"),
    ("prokey", "prokey_filter"),
    ("ausloeser", "trigger"),
    ("aktion", "trigger"),
    ("methode", "method"),
    ("aktiv", "active"),
    ("ziel", "payload_url"),
    ("adresse", "payload_url"),
];

type Key<'i> = TomlSpanned<Cow<'i, str>>;
type Value<'i> = TomlSpanned<DeValue<'i>>;

/// Reads a block; none when a required field is not there or not understood.
pub(super) fn read_webhook(
    reader: &mut Reader<'_>,
    handle: &Key<'_>,
    fields: &DeTable<'_>,
) -> Option<Webhook> {
    let mut found = Found::default();
    for (key, value) in fields {
        found.read(reader, key, value);
    }
    let handle = Spanned::new(handle.get_ref().clone().into_owned(), reader.span(handle));
    for required in ["trigger", "trigger_element", "payload_url"] {
        // A misspelt key is reported as such.
        let is_meant = found.meant.contains(&required);
        if !is_meant && !fields.keys().any(|key| key.get_ref() == required) {
            let finding = reader
                .error(
                    "missing-field",
                    format!("webhook `{}` has no `{required}`", handle.value),
                    handle.span.clone(),
                )
                .help(required_help(required));
            reader.report_missing(finding);
        }
    }
    found.into_webhook(reader, handle)
}

fn required_help(field: &str) -> String {
    match field {
        "trigger" => format!("add `trigger = \"…\"`: {}", list(&Trigger::ALL.map(Trigger::as_str), "or")),
        "trigger_element" => {
            format!(
                "add `trigger_element = \"…\"`: {}",
                list(&TriggerElement::ALL.map(TriggerElement::as_str), "or")
            )
        }
        _ => "add `payload_url = \"https://…\"`: the address that the platform sends to".to_owned(),
    }
}

/// The fields of a block as far as they were understood.
#[derive(Default)]
struct Found {
    name: Option<Spanned<String>>,
    id: Option<Spanned<u64>>,
    active: Option<Spanned<bool>>,
    trigger: Option<Spanned<Trigger>>,
    trigger_element: Option<Spanned<TriggerElement>>,
    prokey_filter: Option<(Span, Spanned<String>)>,
    method: Option<Spanned<Method>>,
    payload_url: Option<Spanned<String>>,
    header: Vec<Field>,
    body: Vec<Field>,
    /// The fields that unknown keys probably mean.
    meant: Vec<&'static str>,
}

impl Found {
    fn read(&mut self, reader: &mut Reader<'_>, key: &Key<'_>, value: &Value<'_>) {
        let name = key.get_ref().as_ref();
        match name {
            "name" => self.name = text(reader, name, value),
            "id" => self.id = id(reader, value),
            "active" => self.active = active(reader, value),
            "trigger" => {
                self.trigger = word(reader, name, value, Trigger::parse, &Trigger::ALL.map(Trigger::as_str));
            }
            "trigger_element" => {
                let words = TriggerElement::ALL.map(TriggerElement::as_str);
                self.trigger_element = word(reader, name, value, TriggerElement::parse, &words);
            }
            "prokey_filter" => {
                self.prokey_filter = text(reader, name, value).map(|filter| (reader.span(key), filter));
            }
            "method" => {
                self.method = word(reader, name, value, Method::parse, &Method::ALL.map(Method::as_str));
            }
            "payload_url" => self.payload_url = text(reader, name, value),
            "header" => self.header = pairs(reader, name, value),
            "body" => self.body = pairs(reader, name, value),
            unknown => self.meant.extend(unknown_key(reader, unknown, reader.span(key))),
        }
    }

    fn into_webhook(self, reader: &mut Reader<'_>, handle: Spanned<String>) -> Option<Webhook> {
        let at_handle = handle.span.clone();
        let trigger_element = self.trigger_element?;
        if let Some((key, _)) = &self.prokey_filter
            && trigger_element.value != TriggerElement::RsvpAnswer
        {
            let message = format!(
                "`prokey_filter` works for `rsvp_answer` only, and this is `{}`",
                trigger_element.value
            );
            let finding = reader
                .error("misplaced-prokey-filter", message, key.clone())
                .also(reader.source, trigger_element.span.clone(), "")
                .help("take it out: the platform filters nothing but RSVP answers by their event");
            reader.report(finding);
        }
        Some(Webhook {
            source: Arc::clone(reader.source),
            levels: Arc::clone(&reader.levels),
            name: self.name,
            id: self.id,
            active: self.active.unwrap_or(Spanned::new(true, at_handle.clone())),
            trigger: self.trigger?,
            trigger_element,
            prokey_filter: self.prokey_filter.map(|(_, filter)| filter),
            method: self.method.unwrap_or(Spanned::new(Method::Post, at_handle)),
            payload_url: self.payload_url?,
            header: self.header,
            body: self.body,
            handle,
        })
    }
}

/// Reports a key that no field has; returns the field that it probably means.
fn unknown_key(reader: &mut Reader<'_>, name: &str, span: Span) -> Option<&'static str> {
    let word = plain_word(name);
    let synonym = SYNONYMS.iter().find(|(other, _)| word == *other).map(|(_, field)| *field);
    let meant = synonym.or_else(|| nearest(name, FIELDS));
    let help = match meant {
        Some(field) => format!("did you mean `{field}`?"),
        None => format!("a webhook has {}", list(&FIELDS, "and")),
    };
    let finding =
        reader.error("unknown-key", format!("`{name}` is not a field of a webhook"), span).help(help);
    reader.report(finding);
    meant
}

fn wrong_type(reader: &Reader<'_>, what: &str, value: &Value<'_>) -> Diagnostic {
    let kind = article(value.get_ref().type_str());
    reader.error("wrong-type", format!("{what}, not {kind}"), reader.span(value))
}

fn text(reader: &mut Reader<'_>, field: &str, value: &Value<'_>) -> Option<Spanned<String>> {
    if let DeValue::String(text) = value.get_ref() {
        let literal = reader.source.text().get(reader.span(value)).unwrap_or_default();
        let text = with_line_feeds(literal).unwrap_or_else(|| text.clone().into_owned());
        return Some(Spanned::new(text, reader.span(value)));
    }
    let written = reader.source.text().get(reader.span(value)).unwrap_or_default();
    let finding = wrong_type(reader, &format!("`{field}` is text"), value);
    let is_scalar = !written.contains('\n') && !value.get_ref().is_table() && !value.get_ref().is_array();
    // The value of a header may be a credential.
    let shown = if field.starts_with("header.") { "…" } else { written };
    let help = is_scalar.then(|| format!("put it in quotes: `\"{shown}\"`"));
    reader.report(finding.maybe_help(help));
    None
}

/// The text of a literal over several lines of a file with Windows line endings: a line break in it is a line
/// feed, so that the same definition sends the same on every system. What is written as `\r` stays.
fn with_line_feeds(literal: &str) -> Option<String> {
    let literal = literal.contains("\r\n").then(|| literal.replace("\r\n", "\n"))?;
    let value = DeValue::parse(&literal).ok()?;
    value.get_ref().as_str().map(str::to_owned)
}

fn word<T>(
    reader: &mut Reader<'_>,
    field: &str,
    value: &Value<'_>,
    parse: impl Fn(&str) -> Option<T>,
    words: &[&'static str],
) -> Option<Spanned<T>> {
    let written = text(reader, field, value)?;
    if let Some(meant) = parse(&written.value) {
        return Some(Spanned::new(meant, written.span));
    }
    let help = match nearest(&written.value, words.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("`{field}` is {}", list(words, "or")),
    };
    let message = format!("unknown {} `{}`", field.replace('_', " "), written.value);
    let finding = reader.error("unknown-value", message, written.span).help(help);
    reader.report(finding);
    None
}

fn active(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Spanned<bool>> {
    if let DeValue::Boolean(active) = value.get_ref() {
        return Some(Spanned::new(*active, reader.span(value)));
    }
    let finding = wrong_type(reader, "`active` is `true` or `false`", value);
    reader.report(finding.help("write it without quotes: `active = true`"));
    None
}

fn id(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Spanned<u64>> {
    let number = match value.get_ref() {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    if number.is_none() {
        let finding = if value.get_ref().is_integer() {
            reader.error("unknown-value", "`id` is a whole number from 0", reader.span(value))
        } else {
            wrong_type(reader, "`id` is a whole number", value)
        };
        reader.report(finding.help("the number that the account shows for the webhook: `id = 67`"));
    }
    number.map(|number| Spanned::new(number, reader.span(value)))
}

fn pairs(reader: &mut Reader<'_>, field: &str, value: &Value<'_>) -> Vec<Field> {
    if let Some(items) = value.get_ref().as_array() {
        return items.iter().filter_map(|value| item(reader, field, value)).collect();
    }
    let Some(table) = value.get_ref().as_table() else {
        let finding = wrong_type(reader, &format!("`{field}` is a table of names and texts"), value)
            .help(format!("write `[webhooks.HANDLE.{field}]` and below it lines such as `Name = \"value\"`"));
        reader.report(finding);
        return Vec::new();
    };
    let pair = |(key, value): (&Key<'_>, &Value<'_>)| {
        let name = format!("{field}.{}", key.get_ref());
        let value = text(reader, &name, value)?;
        let key = Spanned::new(key.get_ref().clone().into_owned(), reader.span(key));
        Some(Field { key, value, is_item: false })
    };
    table.iter().filter_map(pair).collect()
}

/// An item of the list form, in which a key may be repeated: `{ key = "…", value = "…" }`.
fn item(reader: &mut Reader<'_>, field: &str, value: &Value<'_>) -> Option<Field> {
    const KEYS: [&str; 2] = ["key", "value"];
    let Some(table) = value.get_ref().as_table() else {
        let finding = wrong_type(reader, &format!("an item of `{field}` must be a table"), value);
        reader.report(finding.help("write `{ key = \"…\", value = \"…\" }`"));
        return None;
    };
    let mut meant = Vec::new();
    for (key, _) in table.iter().filter(|(key, _)| !KEYS.contains(&&**key.get_ref())) {
        let message = format!("unknown key `{}` in an item of `{field}`", key.get_ref());
        let near = nearest(key.get_ref(), KEYS).filter(|near| !table.contains_key(*near));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "an item has `key` and `value`".to_owned(),
        };
        let finding = reader.error("unknown-key", message, reader.span(key)).help(help);
        reader.report(finding);
        meant.extend(near);
    }
    // A misspelt key is reported as such.
    if let Some(missing) = KEYS.iter().find(|key| !table.contains_key(**key) && !meant.contains(*key)) {
        let message = format!("an item of `{field}` has no `{missing}`");
        let finding = reader.error("missing-field", message, reader.span(value));
        reader.report_missing(finding.help("write `{ key = \"…\", value = \"…\" }`"));
        return None;
    }
    let key = text(reader, &format!("{field}.key"), table.get("key")?);
    let value = text(reader, &format!("{field}.value"), table.get("value")?);
    Some(Field { key: key?, value: value?, is_item: true })
}
