//! Compares a definition with its webhook in the account, field by field.

use serde_json::Value;

use crate::core::definitions::edit::FieldPath;
use crate::core::model::{Field, FieldValue, TriggerElement, Webhook};
use crate::core::request::Environment;
use crate::core::secrets::{MASK, shown_field, shown_header, shown_url};

use super::field_values::{is_from_environment, is_same, to_json};
use super::webhook::{AccountPair, AccountWebhook};

/// A field that differs between a definition and its webhook in the account, or that cannot be compared.
///
/// Headers and body fields are compared by key. If a key has several values, their order counts; the order of different keys
/// does not, because neither HTTP nor JSON gives it a meaning.
#[derive(Clone, PartialEq)]
#[expect(missing_debug_implementations, reason = "the values may be secrets")]
pub struct FieldComparison {
    pub field: FieldPath,
    /// As written in the file.
    pub file: Vec<FieldValue>,
    pub account: Vec<Value>,
    /// Environment variables that are not set, if the field therefore cannot be compared.
    pub unset: Vec<String>,
}

/// A comparison for people and scripts, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownComparison {
    pub file: Vec<String>,
    pub account: Vec<String>,
    /// Whether part of a value is secret and therefore masked.
    pub is_secret: bool,
}

impl FieldComparison {
    /// Whether the values differ; if not, they cannot be compared.
    pub fn differs(&self) -> bool {
        self.unset.is_empty()
    }

    /// Whether `${NAME}` is replaced in this field.
    pub(super) fn is_template(&self) -> bool {
        !matches!(&self.field, FieldPath::Field(name) if name != "payload_url")
    }

    /// The values with secrets masked. If the file refers to the environment, the account's whole value is a secret.
    pub fn shown(&self) -> ShownComparison {
        let mask = |text: &str| match &self.field {
            FieldPath::Header(name) => shown_header(name, text, false),
            FieldPath::Body(key) => shown_field(key, text, false),
            FieldPath::Field(name) if name == "payload_url" => shown_url(text, false),
            FieldPath::Field(_) | FieldPath::Id(_) => text.to_owned(),
        };
        let is_from_environment = self.file.iter().any(is_from_environment);
        // If a value is not text, all are shown as JSON.
        let is_json =
            self.file.iter().any(FieldValue::is_json) || self.account.iter().any(|own| !own.is_string());
        let text = |text: &str| match mask(text) {
            shown if is_json && shown != MASK => Value::String(shown).to_string(),
            shown => shown,
        };
        let account = |value: &Value| match value {
            _ if is_from_environment => MASK.to_owned(),
            Value::String(own) => text(own),
            other => mask(&other.to_string()),
        };
        let file = |written: &FieldValue| match written {
            FieldValue::Text(own) => text(own),
            FieldValue::Json(json) => mask(json),
        };
        let file: Vec<String> = self.file.iter().map(file).collect();
        let account: Vec<String> = self.account.iter().map(account).collect();
        let is_secret = is_from_environment || file.iter().chain(&account).any(|text| text.contains(MASK));
        ShownComparison { file, account, is_secret }
    }
}

/// The fields that differ or cannot be compared.
pub fn compare(
    webhook: &Webhook,
    account: &AccountWebhook,
    environment: &dyn Environment,
) -> Vec<FieldComparison> {
    let text = |name: &str, file: &str, account: &str| {
        comparison(
            FieldPath::Field(name.to_owned()),
            vec![file.into()],
            vec![Value::String(account.to_owned())],
            environment,
        )
    };
    // Not templates: `${NAME}` in these fields is literal text.
    let literal = |name: &str, file: &str, account: &str| {
        (file != account).then(|| FieldComparison {
            field: FieldPath::Field(name.to_owned()),
            file: vec![file.into()],
            account: vec![Value::String(account.to_owned())],
            unset: Vec::new(),
        })
    };
    let method = account.method.to_ascii_uppercase();
    let filter = webhook.prokey_filter.as_ref().map_or("", |filter| &filter.value);
    let mut found: Vec<FieldComparison> = [
        literal("name", webhook.label(), account.label(webhook.label())),
        literal("active", as_text(webhook.active.value), as_text(account.active)),
        literal("trigger", webhook.trigger_word(), &account.trigger),
        literal("trigger_element", webhook.trigger_element_word(), &account.trigger_element),
        literal("prokey_filter", filter, account.effective_filter()),
        literal("method", &webhook.method_word().to_ascii_uppercase(), &method),
        text("payload_url", &webhook.payload_url.value, &account.payload_url),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.extend(pairs(&webhook.header, &account.header, FieldPath::Header, environment));
    found.extend(pairs(&webhook.body, &account.body, FieldPath::Body, environment));
    found
}

impl AccountWebhook {
    /// The name; if it is empty, the label of the definition.
    fn label<'a>(&'a self, of_definition: &'a str) -> &'a str {
        if self.name.is_empty() { of_definition } else { &self.name }
    }

    /// All compared fields with their values, for a comparison with a definition that has this label.
    pub(super) fn fields(&self, label: &str) -> Vec<(String, Vec<Value>)> {
        let method = self.method.to_ascii_uppercase();
        let own = [
            ("name", self.label(label)),
            ("active", as_text(self.active)),
            ("trigger", &self.trigger),
            ("trigger_element", &self.trigger_element),
            ("prokey_filter", self.effective_filter()),
            ("method", &method),
            ("payload_url", &self.payload_url),
        ];
        let own = own.map(|(name, text)| (name.to_owned(), vec![Value::String(text.to_owned())]));
        let mut fields = Vec::from(own);
        let header = self.header.iter().map(|pair| (FieldPath::Header(pair.key.clone()), &pair.value));
        let body = self.body.iter().map(|pair| (FieldPath::Body(pair.key.clone()), &pair.value));
        for (field, value) in header.chain(body) {
            let name = field.to_string();
            match fields.iter_mut().find(|(own, _)| *own == name) {
                Some((_, values)) => values.push(value.clone()),
                None => fields.push((name, vec![value.clone()])),
            }
        }
        fields
    }

    /// The prokey filter; empty for elements other than RSVP answers, where it has no effect.
    pub fn effective_filter(&self) -> &str {
        let is_used = self.trigger_element == TriggerElement::RsvpAnswer.as_str();
        self.prokey_filter.as_deref().filter(|_| is_used).unwrap_or_default()
    }
}

fn as_text(active: bool) -> &'static str {
    if active { "true" } else { "false" }
}

/// Compares headers or body fields by key.
fn pairs(
    file: &[Field],
    account: &[AccountPair],
    field: fn(String) -> FieldPath,
    environment: &dyn Environment,
) -> Vec<FieldComparison> {
    let mut keys: Vec<&str> = Vec::new();
    for key in file.iter().map(|own| &own.key.value).chain(account.iter().map(|own| &own.key)) {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let compared = |key: &str| {
        let file = file.iter().filter(|own| own.key.value == key).map(|own| own.value.value.clone());
        let account = account.iter().filter(|own| own.key == key).map(|own| own.value.clone());
        comparison(field(key.to_owned()), file.collect(), account.collect(), environment)
    };
    keys.into_iter().filter_map(compared).collect()
}

/// Compares the values of one field; none if they are equal.
fn comparison(
    field: FieldPath,
    file: Vec<FieldValue>,
    account: Vec<Value>,
    environment: &dyn Environment,
) -> Option<FieldComparison> {
    let mut unset = Vec::new();
    let mut differs = file.len() != account.len();
    for (written, value) in file.iter().zip(&account) {
        match to_json(written, environment) {
            Ok(own) => differs |= !is_same(&own, value),
            Err(names) => unset.extend(names),
        }
    }
    if differs {
        unset.clear();
    } else if unset.is_empty() {
        return None;
    }
    unset.sort_unstable();
    unset.dedup();
    Some(FieldComparison { field, file, account, unset })
}

/// The fields of a definition from which a webhook is created, with their values as written.
pub(super) fn written_fields(webhook: &Webhook) -> Vec<FieldComparison> {
    let filter = webhook.prokey_filter.as_ref().map_or("", |filter| &filter.value);
    let own = [
        ("name", webhook.label()),
        ("active", if webhook.active.value { "true" } else { "false" }),
        ("trigger", webhook.trigger.value.as_str()),
        ("trigger_element", webhook.trigger_element.value.as_str()),
        ("prokey_filter", filter),
        ("method", webhook.method.value.as_str()),
        ("payload_url", &webhook.payload_url.value),
    ];
    let own = own.into_iter().filter(|(_, value)| !value.is_empty());
    let own = own.map(|(name, value)| (FieldPath::Field(name.to_owned()), FieldValue::from(value)));
    let header =
        webhook.header.iter().map(|own| (FieldPath::Header(own.key.value.clone()), own.value.value.clone()));
    let body =
        webhook.body.iter().map(|own| (FieldPath::Body(own.key.value.clone()), own.value.value.clone()));
    let mut fields: Vec<FieldComparison> = Vec::new();
    for (field, value) in own.chain(header).chain(body) {
        match fields.iter_mut().find(|own| own.field == field) {
            Some(own) => own.file.push(value),
            None => fields.push(FieldComparison {
                field,
                file: vec![value],
                account: Vec::new(),
                unset: Vec::new(),
            }),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use crate::core::definitions::read;
    use crate::core::request::EmptyEnvironment;
    use crate::core::text::Source;

    use super::*;

    const FILE: &str = "[webhooks.a]\nname = \"A\"\nid = 1\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\n\
        payload_url = \"https://example.com/{{id}}?token=abc\"\n[webhooks.a.header]\nX-A = \"1\"\nX-Key = \"${KEY}\"\n\
        [webhooks.a.body]\nseats = \"{{amount}}\"\n";

    fn webhook(text: &str) -> Webhook {
        read(&Arc::new(Source::new("x", text))).0.webhooks.remove(0)
    }

    fn account() -> serde_json::Value {
        json!({
            "id": 1, "name": "A", "active": true, "trigger": "create", "trigger_element": "rsvp_answer",
            "payload_url": "https://example.com/{{id}}?token=abc", "prokey_filter": "", "method": "post",
            "header": [{"key": "X-Key", "value": "k"}, {"key": "X-A", "value": "1"}],
            "body": [{"key": "seats", "value": "{{amount}}"}],
        })
    }

    fn found(file: &str, name: &str, value: serde_json::Value) -> Vec<FieldComparison> {
        let mut account = account();
        account[name] = value;
        let account = AccountWebhook::read(1, &account).unwrap();
        compare(&webhook(file), &account, &EmptyEnvironment)
    }

    fn fields(found: &[FieldComparison]) -> Vec<(String, bool)> {
        found.iter().map(|own| (own.field.to_string(), own.differs())).collect()
    }

    #[test]
    fn an_unset_environment_variable_makes_only_its_field_impossible_to_compare() {
        let found = found(FILE, "prokey_filter", serde_json::Value::Null);
        assert_eq!(fields(&found), [("header.X-Key".to_owned(), false)]);
        assert_eq!(found[0].unset, ["KEY"]);
    }

    #[test]
    fn every_field_is_compared() {
        let file = FILE.replace("X-Key = \"${KEY}\"\n", "X-Key = \"k\"\n");
        assert!(found(&file, "method", json!("POST")).is_empty());
        for (name, value, field) in [
            ("name", json!("B"), "name"),
            ("active", json!(false), "active"),
            ("trigger", json!("archive"), "trigger"),
            ("trigger_element", json!("badge"), "trigger_element"),
            ("prokey_filter", json!("p"), "prokey_filter"),
            ("method", json!("PUT"), "method"),
            ("payload_url", json!("https://example.com/"), "payload_url"),
            ("header", json!([{"key": "X-A", "value": "1"}]), "header.X-Key"),
            ("body", json!([{"key": "seats", "value": 2}]), "body.seats"),
        ] {
            assert_eq!(fields(&found(&file, name, value)), [(field.to_owned(), true)], "{name}");
        }
        let twice = json!([{"key": "X-A", "value": "1"}, {"key": "X-Key", "value": "k"}, {"key": "X-A", "value": "2"}]);
        let repeated = found(&file, "header", twice);
        assert_eq!(
            (fields(&repeated), repeated[0].account.len()),
            (vec![("header.X-A".to_owned(), true)], 2)
        );
    }

    #[test]
    fn a_prokey_filter_is_compared_only_for_rsvp_answers() {
        let mut account = account();
        account["trigger_element"] = json!("event");
        account["prokey_filter"] = json!("p");
        let file = FILE.replace("rsvp_answer", "event").replace("X-Key = \"${KEY}\"\n", "X-Key = \"k\"\n");
        let account = AccountWebhook::read(1, &account).unwrap();
        assert!(compare(&webhook(&file), &account, &EmptyEnvironment).is_empty());
    }

    #[test]
    fn secrets_are_never_shown() {
        let shown = |name, value| found(FILE, name, value)[0].shown();
        let url = shown("payload_url", json!("https://example.com/x?token=def"));
        assert_eq!(url.file, ["https://example.com/{{id}}?token=***"]);
        assert_eq!((url.account, url.is_secret), (vec!["https://example.com/x?token=***".to_owned()], true));
        let header =
            shown("header", json!([{"key": "X-A", "value": "1"}, {"key": "X-Key", "value": "other"}]));
        assert_eq!((header.file, header.account), (vec!["${KEY}".to_owned()], vec!["***".to_owned()]));
        let plain = shown("name", json!("B"));
        assert_eq!((plain.account, plain.is_secret), (vec!["B".to_owned()], false));
    }
}
