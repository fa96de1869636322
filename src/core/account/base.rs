//! The base of comparison: what the account had when it was last pulled, as keyed digests.

use std::collections::BTreeMap;

use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::model::{FieldValue, Webhook};
use crate::core::request::Environment;

use super::compare::FieldComparison;
use super::field_values::{normal_text, to_json};
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
        self.bytes(parts).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The digest of some parts.
    pub(super) fn bytes(&self, parts: &[&str]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign()
    }

    /// The digest of the values of a field.
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

/// The bases of the webhooks that one file has in one account, by their number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bases {
    version: u32,
    webhooks: BTreeMap<u64, Base>,
}

/// Where the value of a field was changed since file and account were last known to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedIn {
    File,
    Account,
    Both,
    /// There is no base to compare with.
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
        let own = key.values(field, values);
        match base.get(field) {
            Some(known) => *known == Some(own),
            // The account had no such header or body field.
            None => values.is_empty(),
        }
    }

    /// Where a field that differs was changed since the base was stored.
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

    /// Forgets a webhook that was deleted.
    pub fn remove(&mut self, id: u64) {
        self.webhooks.remove(&id);
    }

    /// Stores the account's version of a webhook. The fields that were `kept` differ in the file: their base stays.
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
