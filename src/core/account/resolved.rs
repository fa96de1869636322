//! What a push sends: a definition with its values resolved, and the JSON of a create or an update.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use crate::core::definitions::edit::FieldPath;
use crate::core::diagnostic::Diagnostic;
use crate::core::model::{Field, Webhook};
use crate::core::request::Environment;
use crate::core::secrets::MASK;
use crate::core::text::{Span, one_line};

use super::base::DigestKey;
use super::field_values::{normal_text, to_json};
use super::template::resolved;
use super::webhook::{AccountPair, AccountWebhook};

impl AccountWebhook {
    /// A definition as the account should have it. The error lists environment variables that are not set or not valid JSON.
    pub fn resolved(id: u64, webhook: &Webhook, environment: &dyn Environment) -> Result<Self, Vec<String>> {
        let pairs = |fields: &[Field]| -> Result<Vec<AccountPair>, Vec<String>> {
            let pair = |own: &Field| {
                let value = to_json(&own.value.value, environment)?;
                Ok(AccountPair { key: own.key.value.clone(), value })
            };
            fields.iter().map(pair).collect()
        };
        Ok(Self {
            id,
            name: webhook.label().to_owned(),
            active: webhook.active.value,
            trigger: webhook.trigger_word().to_owned(),
            trigger_element: webhook.trigger_element_word().to_owned(),
            prokey_filter: webhook.prokey_filter.as_ref().map(|filter| filter.value.clone()),
            method: webhook.method_word().to_owned(),
            payload_url: resolved(&webhook.payload_url.value, environment)?,
            header: pairs(&webhook.header)?,
            body: pairs(&webhook.body)?,
        })
    }

    /// This webhook with the values of `wanted` in the `pushed` fields.
    #[must_use]
    pub fn with(&self, wanted: &Self, pushed: &[FieldPath]) -> Self {
        let mut target = self.clone();
        let (mut headers, mut fields) = (HashSet::new(), HashSet::new());
        for field in pushed {
            match field {
                FieldPath::Header(key) => drop(headers.insert(key.as_str())),
                FieldPath::Body(key) => drop(fields.insert(key.as_str())),
                // Not a field in the account.
                FieldPath::Id(_) => {}
                FieldPath::Field(name) => match name.as_str() {
                    "name" => target.name.clone_from(&wanted.name),
                    "active" => target.active = wanted.active,
                    "trigger" => target.trigger.clone_from(&wanted.trigger),
                    "trigger_element" => {
                        target.trigger_element.clone_from(&wanted.trigger_element);
                        // A filter that had no effect for the previous element could have one now.
                        target.prokey_filter.clone_from(&wanted.prokey_filter);
                    }
                    "prokey_filter" => target.prokey_filter.clone_from(&wanted.prokey_filter),
                    "method" => target.method.clone_from(&wanted.method),
                    _ => target.payload_url.clone_from(&wanted.payload_url),
                },
            }
        }
        if !headers.is_empty() {
            target.header = merged(&wanted.header, &self.header, &headers);
        }
        if !fields.is_empty() {
            target.body = merged(&wanted.body, &self.body, &fields);
        }
        target
    }

    /// The JSON of a create, without empty fields.
    pub fn create_json(&self) -> Value {
        let mut fields = Map::new();
        for name in ["name", "active", "method", "payload_url", "trigger", "trigger_element"] {
            fields.insert(name.to_owned(), self.json(name));
        }
        for name in ["prokey_filter", "header", "body"] {
            let value = self.json(name);
            if !value.is_null() && value != json!([]) {
                fields.insert(name.to_owned(), value);
            }
        }
        Value::Object(fields)
    }

    /// The JSON of an update that turns `before` into this webhook. `header` and `body` are sent as whole lists, and null
    /// clears a filter (`api.md`, 1.8).
    pub fn update_json(&self, before: &Self) -> Value {
        let names = [
            "name",
            "active",
            "method",
            "payload_url",
            "trigger",
            "trigger_element",
            "prokey_filter",
            "header",
            "body",
        ];
        let changed = names.into_iter().filter(|name| self.json(name) != before.json(name));
        Value::Object(changed.map(|name| (name.to_owned(), self.json(name))).collect())
    }

    fn json(&self, name: &str) -> Value {
        let pairs = |pairs: &[AccountPair]| -> Value {
            pairs.iter().map(|pair| json!({"key": pair.key, "value": pair.value})).collect()
        };
        match name {
            "name" => json!(self.name),
            "active" => json!(self.active),
            "method" => json!(self.method),
            "payload_url" => json!(self.payload_url),
            "trigger" => json!(self.trigger),
            "trigger_element" => json!(self.trigger_element),
            "prokey_filter" => json!(self.prokey_filter),
            "header" => pairs(&self.header),
            _ => pairs(&self.body),
        }
    }

    /// The compared fields that differ from `other`. `label` replaces empty names.
    pub fn differing(&self, other: &Self, label: &str) -> Vec<String> {
        let normal = |own: &Self| -> BTreeMap<String, Vec<String>> {
            let fields = own.fields(label).into_iter();
            fields.map(|(field, values)| (field, values.iter().map(normal_text).collect())).collect()
        };
        let (own, other) = (normal(self), normal(other));
        let names: Vec<&String> = own.keys().chain(other.keys()).collect();
        let mut differing: Vec<String> =
            names.into_iter().filter(|name| own.get(*name) != other.get(*name)).cloned().collect();
        differing.sort_unstable();
        differing.dedup();
        differing
    }

    /// Whether URL, trigger and trigger element are the same.
    pub fn fires_like(&self, other: &Self) -> bool {
        let key = |own: &Self| (own.payload_url.clone(), own.trigger.clone(), own.trigger_element.clone());
        key(self) == key(other)
    }

    /// A digest of each compared field.
    pub fn digests(&self, key: &DigestKey, label: &str) -> BTreeMap<String, String> {
        let fields = self.fields(label).into_iter();
        fields
            .map(|(field, values)| {
                let digest = key.values(&field, &values);
                (field, digest)
            })
            .collect()
    }
}

/// An error for each masked value in a definition, such as one copied from the output of hooks.
pub fn masked_values(webhook: &Webhook, environment: &dyn Environment) -> Vec<Diagnostic> {
    let pairs =
        webhook.header.iter().map(|own| ("header", own)).chain(webhook.body.iter().map(|own| ("body", own)));
    let pairs = pairs.map(|(group, own)| {
        (format!("{group}.{}", own.key.value), own.value.value.as_str(), &own.value.span)
    });
    let url = &webhook.payload_url;
    let url = ("payload_url".to_owned(), url.value.as_str(), &url.span);
    let masked = |(field, value, span): (String, &str, &Span)| {
        let is_masked =
            value.contains(MASK) || resolved(value, environment).is_ok_and(|text| text.contains(MASK));
        let message = format!("the value of `{}` is masked: it contains `{MASK}`", one_line(&field));
        is_masked.then(|| {
            Diagnostic::error("masked-value", message)
                .at_hidden(&webhook.source, span.clone())
                .help("write the value itself, or `${NAME}` with the value in `.env`")
        })
    };
    std::iter::once(url).chain(pairs).filter_map(masked).collect()
}

/// The `wanted` pairs for the `pushed` keys, and the account's pairs for all other keys.
fn merged(wanted: &[AccountPair], account: &[AccountPair], pushed: &HashSet<&str>) -> Vec<AccountPair> {
    let mut merged = Vec::new();
    let mut done: HashSet<&str> = HashSet::new();
    for pair in wanted {
        if pushed.contains(pair.key.as_str()) {
            merged.push(pair.clone());
        } else if done.insert(&pair.key) {
            merged.extend(account.iter().filter(|own| own.key == pair.key).cloned());
        }
    }
    let is_left = |own: &&AccountPair| !pushed.contains(own.key.as_str()) && !done.contains(own.key.as_str());
    merged.extend(account.iter().filter(is_left).cloned());
    merged
}
