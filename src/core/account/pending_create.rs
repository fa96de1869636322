//! A create whose result may be unknown. It is stored before the request, so that the new webhook can be found afterwards.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::base::DigestKey;
use super::webhook::AccountWebhook;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCreate {
    pub handle: String,
    label: String,
    /// A digest of all compared fields.
    digest: String,
    /// A digest of the URL, the trigger and the element.
    firing: String,
    /// The ids in the account before the create.
    known: BTreeSet<u64>,
}

/// The result of looking for the webhook that a create made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundCreate {
    Nothing,
    Created(u64),
    /// Any of these may be the created webhook, or none of them.
    Unclear(Vec<u64>),
}

impl PendingCreate {
    pub fn new(key: &DigestKey, handle: &str, webhook: &AccountWebhook, known: BTreeSet<u64>) -> Self {
        let label = webhook.name.clone();
        let (digest, firing) = (whole_digest(key, &label, webhook), firing_digest(key, webhook));
        Self { handle: handle.to_owned(), label, digest, firing, known }
    }

    /// The listed ids that were not in the account before the create.
    pub fn new_ids(&self, listed: &BTreeSet<u64>) -> Vec<u64> {
        listed.difference(&self.known).copied().collect()
    }

    /// Finds the created webhook among the new ones.
    pub fn find(&self, key: &DigestKey, new: &[AccountWebhook]) -> FoundCreate {
        let ids = |is_wanted: &dyn Fn(&&AccountWebhook) -> bool| -> Vec<u64> {
            new.iter().filter(is_wanted).map(|own| own.id).collect()
        };
        let same = ids(&|own| whole_digest(key, &self.label, own) == self.digest);
        let alike = ids(&|own| firing_digest(key, own) == self.firing);
        match (same.as_slice(), alike.as_slice()) {
            ([only], _) => FoundCreate::Created(*only),
            ([], []) => FoundCreate::Nothing,
            ([], _) => FoundCreate::Unclear(alike),
            _ => FoundCreate::Unclear(same),
        }
    }
}

fn whole_digest(key: &DigestKey, label: &str, webhook: &AccountWebhook) -> String {
    let fields = webhook.digests(key, label);
    let parts: Vec<&str> = fields.iter().flat_map(|(field, digest)| [field.as_str(), digest]).collect();
    key.digest(&parts)
}

fn firing_digest(key: &DigestKey, webhook: &AccountWebhook) -> String {
    key.digest(&[&webhook.payload_url, &webhook.trigger, &webhook.trigger_element])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn webhook(id: u64, name: &str, url: &str) -> AccountWebhook {
        let json = json!({
            "id": id, "name": name, "trigger": "create", "trigger_element": "event", "payload_url": url,
            "header": [{"key": "B", "value": "1"}, {"key": "A", "value": "hunter2"}],
        });
        AccountWebhook::read(id, &json).unwrap()
    }

    #[test]
    fn a_created_webhook_is_found_only_if_no_other_new_one_is_identical() {
        let key = DigestKey::new(&[1; 32]);
        let pending = PendingCreate::new(&key, "a", &webhook(0, "n", "https://a"), BTreeSet::from([1, 2]));
        assert_eq!(pending.new_ids(&BTreeSet::from([1, 3, 4])), [3, 4]);
        let same = |id| {
            let mut own = webhook(id, "n", "https://a");
            own.header.reverse();
            own
        };
        let (changed, other) = (webhook(5, "m", "https://a"), webhook(6, "n", "https://b"));
        for (new, found) in [
            (vec![], FoundCreate::Nothing),
            (vec![other.clone()], FoundCreate::Nothing),
            (vec![same(3), changed.clone(), other], FoundCreate::Created(3)),
            (vec![same(3), same(4)], FoundCreate::Unclear(vec![3, 4])),
            (vec![changed], FoundCreate::Unclear(vec![5])),
        ] {
            assert_eq!(pending.find(&key, &new), found);
        }
        let stored = serde_json::to_string(&pending).unwrap();
        assert!(!stored.contains("hunter2") && !stored.contains("https://a"), "{stored}");
        assert_eq!(serde_json::from_str::<PendingCreate>(&stored).unwrap(), pending);
    }
}
