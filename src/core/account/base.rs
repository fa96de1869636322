//! The base of comparison: keyed digests of the account's values after the last pull or push.

use std::collections::BTreeMap;

use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::model::{FieldValue, Webhook};
use crate::core::request::Environment;

use super::compare::FieldComparison;
use super::field_values::{normal_text, to_json};
use super::webhook::AccountWebhook;

/// The key for digests. It stays on this machine, so that digests stored elsewhere reveal nothing.
pub struct DigestKey(hmac::Key);

impl DigestKey {
    pub const BYTES: usize = 32;

    pub fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The digest of `parts` in hexadecimal. Each part is prefixed with its length, so that `ab`, `c` differs from `a`, `bc`.
    pub fn digest(&self, parts: &[&str]) -> String {
        self.bytes(parts).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn bytes(&self, parts: &[&str]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign()
    }

    /// The digest of a field's values.
    pub(super) fn values(&self, field: &str, values: &[Value]) -> String {
        let values: Vec<String> = values.iter().map(normal_text).collect();
        let parts: Vec<&str> = std::iter::once(field).chain(values.iter().map(String::as_str)).collect();
        self.digest(&parts)
    }
}

impl std::fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DigestKey")
    }
}

/// The bases of the webhooks in one file and one account, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bases {
    version: u32,
    webhooks: BTreeMap<u64, Base>,
}

/// Where a field was changed since its base was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedIn {
    File,
    Account,
    Both,
    /// The base is missing.
    Unknown,
}

impl ChangedIn {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Account => "account",
            Self::Both => "both",
            Self::Unknown => "unknown",
        }
    }
}

/// A digest per field; null for a field in which file and account already differed when this was stored.
type Base = BTreeMap<String, Option<String>>;

impl Bases {
    pub const VERSION: u32 = 1;

    /// Whether this version can read it.
    pub fn is_known(&self) -> bool {
        self.version == Self::VERSION
    }

    /// Whether a field has the values of the base; false if they are unknown.
    fn has(&self, key: &DigestKey, id: u64, field: &str, values: &[Value]) -> bool {
        let Some(base) = self.webhooks.get(&id) else { return false };
        let own = key.values(field, values);
        match base.get(field) {
            Some(known) => *known == Some(own),
            // A header or body field that the account did not have.
            None => values.is_empty(),
        }
    }

    /// Where a field that differs was changed.
    pub fn changed_in(
        &self,
        key: &DigestKey,
        id: u64,
        comparison: &FieldComparison,
        environment: &dyn Environment,
    ) -> ChangedIn {
        let field = comparison.field.to_string();
        let is_known = self.webhooks.get(&id).is_some_and(|base| base.get(&field) != Some(&None));
        if !is_known {
            return ChangedIn::Unknown;
        }
        let value = |written: &FieldValue| match written {
            FieldValue::Text(text) if !comparison.is_template() => Some(Value::String(text.clone())),
            written => to_json(written, environment).ok(),
        };
        let values: Option<Vec<Value>> = comparison.file.iter().map(value).collect();
        let is_in_file = values.is_some_and(|values| self.has(key, id, &field, &values));
        let is_in_account = self.has(key, id, &field, &comparison.account);
        match (is_in_file, is_in_account) {
            (true, _) => ChangedIn::Account,
            (false, true) => ChangedIn::File,
            (false, false) => ChangedIn::Both,
        }
    }

    pub fn remove(&mut self, id: u64) {
        self.webhooks.remove(&id);
    }

    /// Stores the account's version of a webhook. The `kept` fields still differ from the file, so their base is not replaced.
    pub fn store(&mut self, key: &DigestKey, webhook: &Webhook, account: &AccountWebhook, kept: &[String]) {
        let old = self.webhooks.remove(&account.id);
        let mut base = Base::new();
        for (field, digest) in account.digests(key, webhook.label()) {
            base.insert(field, Some(digest));
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
