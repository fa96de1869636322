//! One block of the file: the type and the values of each field.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::{
    AccountId, AccountIds, DEFAULT_ACCOUNT, Field, Method, Trigger, TriggerElement, UnknownWords, Webhook,
    plain_word,
};
use crate::core::text::{Span, Spanned, list, nearest};

use super::pairs::{body_value, header_value, pairs};
use super::problems::{Problems, TomlKey, TomlValue};
use super::values::text;

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
const SYNONYMS: [(&str, &[&str]); 8] = [
    ("payload_url", &["url", "target", "endpoint", "ziel", "adresse"]),
    ("header", &["headers"]),
    ("body", &["fields", "payload"]),
    ("trigger_element", &["element", "type"]),
    ("trigger", &["event", "ausloeser", "aktion"]),
    ("active", &["enabled", "status", "aktiv"]),
    ("name", &["title"]),
    ("prokey_filter", &["prokey"]),
];

/// Reads a block; none if a required field is missing or invalid.
pub(super) fn read_webhook(
    problems: &mut Problems<'_>,
    handle: &TomlKey<'_>,
    fields: &DeTable<'_>,
) -> Option<Webhook> {
    let mut found = Found::default();
    for (key, value) in fields {
        found.read(problems, key, value);
    }
    let handle = Spanned::new(handle.get_ref().clone().into_owned(), problems.span(handle));
    for required in ["trigger", "trigger_element", "payload_url"] {
        // A misspelled key is reported as such.
        let is_meant = found.meant.contains(&required);
        if !is_meant && !fields.keys().any(|key| key.get_ref() == required) {
            let message = format!("webhook `{}` has no `{required}`", handle.value);
            let help = match allowed(required) {
                Some(values) => format!("add `{required} = \"…\"`: {}", list(&values, "or")),
                None => "add `payload_url = \"https://…\"`, the URL to send to".to_owned(),
            };
            let finding = Diagnostic::error("missing-field", message);
            problems.report_missing(finding.at(problems.source, handle.span.clone()).help(help));
        }
    }
    found.into_webhook(problems, handle)
}

/// The values of a field that has a fixed list of them.
fn allowed(field: &str) -> Option<Vec<&'static str>> {
    match field {
        "trigger" => Some(Trigger::ALL.map(Trigger::as_str).to_vec()),
        "trigger_element" => Some(TriggerElement::ALL.map(TriggerElement::as_str).to_vec()),
        "method" => Some(Method::ALL.map(Method::as_str).to_vec()),
        _ => None,
    }
}

/// The valid fields of a block.
#[derive(Default)]
struct Found {
    name: Option<Spanned<String>>,
    ids: AccountIds,
    active: Option<Spanned<bool>>,
    trigger: Option<Term<Trigger>>,
    trigger_element: Option<Term<TriggerElement>>,
    prokey_filter: Option<(Span, Spanned<String>)>,
    method: Option<Term<Method>>,
    payload_url: Option<Spanned<String>>,
    header: Vec<Field>,
    body: Vec<Field>,
    /// The fields that unknown keys probably mean.
    meant: Vec<&'static str>,
}

impl Found {
    fn read(&mut self, problems: &mut Problems<'_>, key: &TomlKey<'_>, value: &TomlValue<'_>) {
        let name = key.get_ref().as_ref();
        match name {
            "name" => self.name = text(problems, name, value),
            "id" => self.ids = ids(problems, value),
            "active" => self.active = active(problems, value),
            "trigger" => self.trigger = term(problems, name, value, Trigger::parse),
            "trigger_element" => self.trigger_element = term(problems, name, value, TriggerElement::parse),
            "prokey_filter" => {
                self.prokey_filter = text(problems, name, value).map(|filter| (problems.span(key), filter));
            }
            "method" => self.method = term(problems, name, value, Method::parse),
            "payload_url" => self.payload_url = text(problems, name, value),
            "header" => self.header = pairs(problems, name, value, header_value),
            "body" => self.body = pairs(problems, name, value, body_value),
            unknown => {
                let span = problems.span(key);
                self.meant.extend(unknown_key(problems, unknown, span));
            }
        }
    }

    fn into_webhook(self, problems: &mut Problems<'_>, handle: Spanned<String>) -> Option<Webhook> {
        let at_handle = handle.span.clone();
        let is_tied = !self.ids.all.is_empty();
        let trigger = self.trigger.and_then(|own| own.known(problems, "trigger", is_tied, Trigger::Create));
        let element = self.trigger_element;
        let element =
            element.and_then(|own| own.known(problems, "trigger_element", is_tied, TriggerElement::Event));
        let method = match self.method {
            Some(own) => own.known(problems, "method", is_tied, Method::Post),
            None => Some((Spanned::new(Method::Post, at_handle.clone()), None)),
        };
        let ((trigger, unknown_trigger), (trigger_element, unknown_element)) = (trigger?, element?);
        let (method, unknown_method) = method?;
        let unknown = UnknownWords {
            trigger: unknown_trigger,
            trigger_element: unknown_element,
            method: unknown_method,
        };
        if let Some((key, _)) = &self.prokey_filter
            && unknown.trigger_element.is_none()
            && trigger_element.value != TriggerElement::RsvpAnswer
        {
            let element = trigger_element.value;
            let message =
                format!("`prokey_filter` requires `rsvp_answer`, but the trigger element is `{element}`");
            let finding = Diagnostic::error("misplaced-prokey-filter", message)
                .at(problems.source, key.clone())
                .also(problems.source, trigger_element.span.clone(), "")
                .help("remove it: the platform filters only RSVP answers by their event");
            problems.report(finding);
        }
        Some(Webhook {
            source: Arc::clone(problems.source),
            levels: Arc::clone(&problems.levels),
            name: self.name,
            ids: self.ids,
            active: self.active.unwrap_or(Spanned::new(true, at_handle)),
            trigger,
            trigger_element,
            prokey_filter: self.prokey_filter.map(|(_, filter)| filter),
            method,
            unknown,
            payload_url: self.payload_url?,
            header: self.header,
            body: self.body,
            handle,
        })
    }
}

/// Reports an unknown key; returns the field that it probably means.
fn unknown_key(problems: &mut Problems<'_>, name: &str, span: Span) -> Option<&'static str> {
    let word = plain_word(name);
    let synonym =
        SYNONYMS.iter().find(|(_, others)| others.contains(&word.as_str())).map(|(field, _)| *field);
    let meant = synonym.or_else(|| nearest(name, FIELDS));
    let help = match meant {
        Some(field) => format!("did you mean `{field}`?"),
        None => format!("the fields of a webhook are {}", list(&FIELDS, "and")),
    };
    problems.error("unknown-key", format!("unknown field `{name}`"), span, help);
    meant
}

/// A word of a fixed list; none if it is not in the list.
struct Term<T> {
    written: Spanned<String>,
    known: Option<T>,
}

impl<T> Term<T> {
    /// The value, and the word if it is unknown. If the webhook has an `id`, an unknown word is only a warning, since the
    /// platform may support it; the value is then a placeholder.
    fn known(
        self,
        problems: &mut Problems<'_>,
        field: &str,
        is_tied: bool,
        placeholder: T,
    ) -> Option<(Spanned<T>, Option<String>)> {
        let Self { written, known } = self;
        if let Some(term) = known {
            return Some((Spanned::new(term, written.span), None));
        }
        let allowed = allowed(field).unwrap_or_default();
        let help = match nearest(&written.value, allowed.iter().copied()) {
            Some(term) => format!("did you mean `{term}`?"),
            None => format!("use {}", list(&allowed, "or")),
        };
        let message = format!("unknown {} `{}`", field.replace('_', " "), written.value);
        let level = if is_tied { Level::Warning } else { Level::Error };
        let mut finding = Diagnostic::new(level, "unknown-value", message);
        if is_tied {
            finding = finding.help(
                "if the platform supports it, update hooks; until then, hooks does not send this webhook",
            );
        }
        problems.report(finding.at(problems.source, written.span.clone()).help(help));
        is_tied.then(|| (Spanned::new(placeholder, written.span), Some(written.value)))
    }
}

fn term<T>(
    problems: &mut Problems<'_>,
    field: &str,
    value: &TomlValue<'_>,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<Term<T>> {
    let written = text(problems, field, value)?;
    Some(Term { known: parse(&written.value), written })
}

fn active(problems: &mut Problems<'_>, value: &TomlValue<'_>) -> Option<Spanned<bool>> {
    if let DeValue::Boolean(active) = value.get_ref() {
        return Some(Spanned::new(*active, problems.span(value)));
    }
    let help = "write it without quotes: `active = true`";
    problems.wrong_type("`active` must be `true` or `false`", value, help);
    None
}

/// A number, or a table with a number for each account.
fn ids(problems: &mut Problems<'_>, value: &TomlValue<'_>) -> AccountIds {
    let mut ids = AccountIds::default();
    if let Some(table) = value.get_ref().as_table() {
        ids.is_table = true;
        for (key, value) in table {
            let account = Spanned::new(key.get_ref().clone().into_owned(), problems.span(key));
            ids.all.extend(id(problems, value).map(|number| AccountId { account, number }));
        }
    } else if let Some(number) = id(problems, value) {
        let account = Spanned::new(DEFAULT_ACCOUNT.to_owned(), number.span.clone());
        ids.all.push(AccountId { account, number });
    }
    ids
}

fn id(problems: &mut Problems<'_>, value: &TomlValue<'_>) -> Option<Spanned<u64>> {
    let number = match value.get_ref() {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    if number.is_none() {
        let help = "use the number of the webhook in the account: `id = 67`";
        if value.get_ref().is_integer() {
            let message = "`id` must not be negative or longer than 64 bits";
            problems.error("unknown-value", message, problems.span(value), help);
        } else {
            problems.wrong_type("`id` must be a whole number", value, help);
        }
    }
    number.map(|number| Spanned::new(number, problems.span(value)))
}
