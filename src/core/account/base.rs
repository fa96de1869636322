//! The base of comparison: what the account had when it was last pulled, as keyed digests.

use std::collections::BTreeMap;

use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::model::Webhook;
use crate::core::request::Environment;

use super::compare::FieldComparison;
use super::template::resolved;
use super::webhook::AccountWebhook;

/// Makes digests that say nothing without the key, which stays on this machine.
pub struct DigestKey(hmac::Key);

impl DigestKey {
    pub const BYTES: usize = 32;

    pub fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The digest of some parts, in hexadecimal.
    pub fn digest(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DigestKey")
    }
}

/// The bases of the webhooks that one file has in one account, by their number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bases {
    version: u32,
    webhooks: BTreeMap<u64, Base>,
}

/// A digest of the values of each field; null for a field in which file and account differed when this was stored.
type Base = BTreeMap<String, Option<String>>;

impl Bases {
    pub const VERSION: u32 = 1;

    /// Whether this program can read it.
    pub fn is_known(&self) -> bool {
        self.version == Self::VERSION
    }

    /// Whether the values of a field are those of the base; false if they are unknown.
    fn has(&self, key: &DigestKey, id: u64, field: &str, values: &[Value]) -> bool {
        let Some(base) = self.webhooks.get(&id) else { return false };
        let own = digest(key, field, values);
        match base.get(field) {
            Some(known) => *known == Some(own),
            // The account had no such header or body field.
            None => values.is_empty(),
        }
    }

    /// Whether the file still has the values of the base, so that a difference is a change of the account.
    pub fn is_unchanged_in_file(
        &self,
        key: &DigestKey,
        id: u64,
        comparison: &FieldComparison,
        environment: &dyn Environment,
    ) -> bool {
        let text = |written: &String| {
            let text = if comparison.is_template() {
                resolved(written, environment).ok()
            } else {
                Some(written.clone())
            };
            text.map(Value::String)
        };
        let values: Option<Vec<Value>> = comparison.file.iter().map(text).collect();
        values.is_some_and(|values| self.has(key, id, &comparison.field.to_string(), &values))
    }

    /// Whether the account still has the values of the base.
    pub fn is_unchanged_in_account(&self, key: &DigestKey, id: u64, comparison: &FieldComparison) -> bool {
        self.has(key, id, &comparison.field.to_string(), &comparison.account)
    }

    /// Stores the account's version of a webhook. The fields that were `kept` differ in the file: their base stays.
    pub fn store(&mut self, key: &DigestKey, webhook: &Webhook, account: &AccountWebhook, kept: &[String]) {
        let old = self.webhooks.remove(&account.id);
        let mut base = Base::new();
        for (field, values) in account.fields(webhook) {
            base.insert(field.clone(), Some(digest(key, &field, &values)));
        }
        for field in kept {
            match old.as_ref().map(|old| old.get(field)) {
                Some(Some(known)) => drop(base.insert(field.clone(), known.clone())),
                Some(None) => drop(base.remove(field)),
                None => drop(base.insert(field.clone(), None)),
            }
        }
        self.version = Self::VERSION;
        self.webhooks.insert(account.id, base);
    }
}

fn digest(key: &DigestKey, field: &str, values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(Value::to_string).collect();
    let parts: Vec<&str> = std::iter::once(field).chain(values.iter().map(String::as_str)).collect();
    key.digest(&parts)
}
