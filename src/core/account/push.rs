//! The steps of a push: what is done with each webhook.

use crate::core::definitions::Draft;
use crate::core::definitions::edit::{Change, FieldPath};
use crate::core::model::Webhook;
use crate::core::request::Environment;

use super::base::{Bases, ChangedIn, DigestKey};
use super::compare::{FieldComparison, compare, written_fields};
use super::webhook::AccountWebhook;

/// The action for a webhook, or why it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushAction {
    Create,
    Update,
    /// Its id is written into the definition, and fields that differ are updated.
    Adopt,
    Delete,
    /// The definition and the webhook are equal.
    Same,
    /// It differs only in changes that are not pushed.
    Keep,
    /// An integration manages it, and it was not named.
    LeaveOut,
    NotInAccount,
}

impl PushAction {
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Update,
        Self::Adopt,
        Self::Delete,
        Self::Same,
        Self::Keep,
        Self::LeaveOut,
        Self::NotInAccount,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Adopt => "adopt",
            Self::Delete => "delete",
            Self::Same => "same",
            Self::Keep => "keep",
            Self::LeaveOut => "leave_out",
            Self::NotInAccount => "not_in_account",
        }
    }

    /// Whether it changes the account or the file.
    pub fn is_step(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Adopt | Self::Delete)
    }
}

/// A field that differs, and where it was changed.
#[derive(Clone, PartialEq)]
#[expect(missing_debug_implementations, reason = "the values may be secrets")]
pub struct FieldChange {
    pub comparison: FieldComparison,
    pub changed_in: ChangedIn,
}

/// A field that has changed in the account since it was read: its comparison with the file then and now; none if the values are
/// equal.
#[derive(Clone, PartialEq)]
#[expect(missing_debug_implementations, reason = "the values may be secrets")]
pub struct StaleField {
    pub field: String,
    pub before: Option<FieldComparison>,
    pub now: Option<FieldComparison>,
}

/// A webhook with its action.
#[derive(Clone)]
pub struct PushStep<'d> {
    pub action: PushAction,
    /// None for the deletion of a webhook without a definition.
    pub webhook: Option<&'d Webhook>,
    /// None until it is created.
    pub id: Option<u64>,
    /// The fields that are set to the values in the file.
    pub pushed: Vec<FieldChange>,
    /// The fields that differ, but are not changed in the account.
    pub kept: Vec<FieldChange>,
    /// The webhook in the account when the step was planned.
    pub seen: Option<AccountWebhook>,
    /// The definition with its values resolved.
    wanted: Option<AccountWebhook>,
    /// The webhook that the account should have after a create or an update.
    pub target: Option<AccountWebhook>,
    /// For a create: other webhooks in the account with the same URL, trigger and element.
    pub alike: Vec<u64>,
    /// For a deletion: whether the definition is removed from the file.
    pub removes_definition: bool,
    pub is_done: bool,
}

impl std::fmt::Debug for PushStep<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushStep").field("action", &self.action).field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'d> PushStep<'d> {
    fn new(action: PushAction, webhook: Option<&'d Webhook>, id: Option<u64>) -> Self {
        Self {
            action,
            webhook,
            id,
            pushed: Vec::new(),
            kept: Vec::new(),
            seen: None,
            wanted: None,
            target: None,
            alike: Vec::new(),
            removes_definition: false,
            is_done: false,
        }
    }

    /// Creates a webhook from a definition and its `resolved` values.
    pub fn create(webhook: &'d Webhook, resolved: &AccountWebhook, alike: Vec<u64>) -> Self {
        let mut step = Self::new(PushAction::Create, Some(webhook), None);
        let change = |comparison| FieldChange { comparison, changed_in: ChangedIn::File };
        step.pushed = written_fields(webhook).into_iter().map(change).collect();
        step.target = Some(resolved.clone());
        step.alike = alike;
        step
    }

    /// Ties a definition to a webhook in the account, and pushes the fields that differ.
    pub fn adopt(
        webhook: &'d Webhook,
        resolved: &AccountWebhook,
        account: &AccountWebhook,
        environment: &dyn Environment,
    ) -> Self {
        let mut step = Self::new(PushAction::Adopt, Some(webhook), Some(account.id));
        let change = |comparison| FieldChange { comparison, changed_in: ChangedIn::Unknown };
        step.pushed = compare(webhook, account, environment).into_iter().map(change).collect();
        step.seen = Some(account.clone());
        step.wanted = Some(resolved.clone());
        step.retarget();
        step
    }

    /// Updates the webhook that a definition is tied to. A field that was changed only in the account is pushed only with
    /// `force`.
    pub fn update(
        webhook: &'d Webhook,
        resolved: &AccountWebhook,
        account: &AccountWebhook,
        bases: Option<(&DigestKey, &Bases)>,
        environment: &dyn Environment,
        force: bool,
    ) -> Self {
        let mut step = Self::new(PushAction::Same, Some(webhook), Some(account.id));
        for comparison in compare(webhook, account, environment) {
            let changed_in = bases.map_or(ChangedIn::Unknown, |(key, bases)| {
                bases.changed_in(key, account.id, &comparison, environment)
            });
            let is_pushed = force || changed_in != ChangedIn::Account;
            let fields = if is_pushed { &mut step.pushed } else { &mut step.kept };
            fields.push(FieldChange { comparison, changed_in });
        }
        step.seen = Some(account.clone());
        step.wanted = Some(resolved.clone());
        step.retarget();
        step.choose_action();
        step
    }

    /// Deletes a webhook and its definition; only the definition if the account no longer has the webhook.
    pub fn delete(id: u64, webhook: Option<&'d Webhook>, account: Option<&AccountWebhook>) -> Self {
        let action = if webhook.is_none() && account.is_none() {
            PushAction::NotInAccount
        } else {
            PushAction::Delete
        };
        let removes_definition = webhook.is_some();
        Self { seen: account.cloned(), removes_definition, ..Self::new(action, webhook, Some(id)) }
    }

    pub fn not_in_account(webhook: &'d Webhook, id: u64) -> Self {
        Self::new(PushAction::NotInAccount, Some(webhook), Some(id))
    }

    /// Whether a field was changed both in the file and in the account.
    pub fn is_conflict(&self) -> bool {
        self.pushed.iter().any(|change| change.changed_in == ChangedIn::Both)
    }

    /// Keeps the account's values of fields that were changed in both places.
    pub fn keep_conflicts(&mut self) {
        let (kept, pushed) = self.pushed.drain(..).partition(|change| change.changed_in == ChangedIn::Both);
        self.pushed = pushed;
        self.kept.extend::<Vec<_>>(kept);
        self.retarget();
        self.choose_action();
    }

    /// Pushes only these fields.
    pub fn push_only(&mut self, fields: &[String]) {
        let is_wanted = |change: &FieldChange| fields.contains(&change.comparison.field.to_string());
        let (pushed, kept): (Vec<_>, Vec<_>) = self.pushed.drain(..).partition(is_wanted);
        self.pushed = pushed;
        self.kept.extend(kept);
        self.retarget();
        if self.action != PushAction::Adopt {
            self.choose_action();
        }
    }

    pub fn leave_out(&mut self) {
        self.kept.append(&mut self.pushed);
        self.target = None;
        self.action = PushAction::LeaveOut;
    }

    pub fn changes_account(&self) -> bool {
        match self.action {
            PushAction::Create | PushAction::Update => true,
            PushAction::Adopt => !self.pushed.is_empty(),
            PushAction::Delete => self.seen.is_some(),
            _ => false,
        }
    }

    /// Whether it must be confirmed.
    pub fn is_change(&self) -> bool {
        self.changes_account() || self.action == PushAction::Delete
    }

    /// The changes to the definitions file, given the webhook's id in the account.
    pub fn file_changes(&self, account: &str, id: u64) -> Vec<Change> {
        let Some(webhook) = self.webhook else { return Vec::new() };
        let handle = webhook.handle.value.clone();
        let before = Draft::of(webhook);
        let mut after = before.clone();
        match self.action {
            PushAction::Create | PushAction::Adopt => after.ids.set(account, id),
            PushAction::Delete if !self.removes_definition => {}
            // Other accounts still have webhooks with this definition.
            PushAction::Delete if webhook.ids.all.len() > 1 => after.ids.remove(account),
            PushAction::Delete => return vec![Change::Remove { handle }],
            _ => {}
        }
        after.changes_from(&before, &handle)
    }

    /// The fields that have changed in the account since they were read.
    pub fn stale_fields(
        &self,
        now: &AccountWebhook,
        changed: &[String],
        environment: &dyn Environment,
    ) -> Vec<StaleField> {
        let Some(webhook) = self.webhook else { return Vec::new() };
        let compared = |account: &AccountWebhook, field: &String| {
            compare(webhook, account, environment).into_iter().find(|own| own.field.to_string() == *field)
        };
        let stale = |field: &String| StaleField {
            field: field.clone(),
            before: self.seen.as_ref().and_then(|seen| compared(seen, field)),
            now: compared(now, field),
        };
        changed.iter().map(stale).collect()
    }

    pub fn handle(&self) -> Option<&'d str> {
        self.webhook.map(|webhook| webhook.handle.value.as_str())
    }

    pub fn name(&self) -> &str {
        match (&self.webhook, &self.seen) {
            (Some(webhook), _) => webhook.label(),
            (None, Some(account)) => &account.name,
            (None, None) => "",
        }
    }

    fn retarget(&mut self) {
        let fields: Vec<FieldPath> =
            self.pushed.iter().map(|change| change.comparison.field.clone()).collect();
        let both = self.seen.as_ref().zip(self.wanted.as_ref());
        self.target = both.map(|(seen, wanted)| seen.with(wanted, &fields));
    }

    fn choose_action(&mut self) {
        self.action = match (self.pushed.is_empty(), self.kept.is_empty()) {
            (false, _) => PushAction::Update,
            (true, false) => PushAction::Keep,
            (true, true) => PushAction::Same,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use crate::core::definitions::read;
    use crate::core::request::EmptyEnvironment;
    use crate::core::text::Source;

    use super::*;

    fn webhook(text: &str) -> Webhook {
        let text = format!(
            "[webhooks.a]\nid = 1\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"https://a\"\n{text}"
        );
        read(&Arc::new(Source::new("x", text))).0.webhooks.remove(0)
    }

    fn account(changes: &Value) -> AccountWebhook {
        let mut json = json!({
            "id": 1, "name": "a", "trigger": "create", "trigger_element": "rsvp_answer", "payload_url": "https://a",
        });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        AccountWebhook::read(1, &json).unwrap()
    }

    fn step<'d>(
        webhook: &'d Webhook,
        account: &AccountWebhook,
        base: &AccountWebhook,
        force: bool,
    ) -> PushStep<'d> {
        let (key, mut bases) = (DigestKey::new(&[1; 32]), Bases::default());
        bases.store(&key, webhook, base, &[]);
        let resolved = AccountWebhook::resolved(1, webhook, &EmptyEnvironment).unwrap();
        PushStep::update(webhook, &resolved, account, Some((&key, &bases)), &EmptyEnvironment, force)
    }

    fn update_of(step: &PushStep<'_>) -> Value {
        step.target.as_ref().unwrap().update_json(step.seen.as_ref().unwrap())
    }

    #[test]
    fn only_changes_in_the_file_are_pushed() {
        let file = webhook("header = { A = \"new\", B = \"1\" }\nname = \"N\"\n");
        let pair = |key: &str, value: &str| json!({"key": key, "value": value});
        let base = account(&json!({"header": [pair("A", "old"), pair("B", "1"), pair("C", "3")]}));
        let now =
            account(&json!({"header": [pair("B", "2"), pair("A", "old"), pair("C", "3"), pair("D", "4")]}));
        let own = step(&file, &now, &base, false);
        assert_eq!(own.action, PushAction::Update);
        // `B` and `D` were changed in the account; `C` was removed from the file.
        assert_eq!(
            update_of(&own),
            json!({"name": "N", "header": [pair("A", "new"), pair("B", "2"), pair("D", "4")]})
        );
        assert_eq!(own.kept.len(), 2);
        let forced = step(&file, &now, &base, true);
        assert_eq!(update_of(&forced), json!({"name": "N", "header": [pair("A", "new"), pair("B", "1")]}));
    }

    #[test]
    fn a_field_changed_in_both_places_is_a_conflict_until_it_is_resolved() {
        let file = webhook("name = \"File\"\nactive = false\n");
        let (base, now) = (account(&json!({})), account(&json!({"name": "Account"})));
        let mut own = step(&file, &now, &base, false);
        assert!(own.is_conflict());
        own.keep_conflicts();
        assert!(!own.is_conflict());
        assert_eq!((update_of(&own), own.kept.len()), (json!({"active": false}), 1));
        let only = webhook("name = \"File\"\n");
        let mut own = step(&only, &now, &base, false);
        own.keep_conflicts();
        assert_eq!(own.action, PushAction::Keep);
    }

    #[test]
    fn a_prokey_filter_without_effect_is_cleared_when_the_element_changes() {
        let file = webhook("");
        let now = account(&json!({"trigger_element": "event", "prokey_filter": "p"}));
        let own = step(&file, &now, &now, false);
        assert_eq!(update_of(&own), json!({"trigger_element": "rsvp_answer", "prokey_filter": null}));
        let same = account(&json!({"prokey_filter": "", "method": "post"}));
        assert_eq!(step(&file, &same, &same, false).action, PushAction::Same);
    }

    proptest! {
        #[test]
        fn an_update_changes_only_what_is_pushed(
            wanted in prop::collection::vec(("[A-C]", "[12]"), 0..5),
            has in prop::collection::vec(("[A-D]", "[12]"), 0..5),
            pushed in prop::collection::hash_set("[A-D]", 0..4),
        ) {
            let list = |pairs: &[(String, String)]| -> Value {
                pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
            };
            let (wanted, has) = (account(&json!({"body": list(&wanted)})), account(&json!({"body": list(&has)})));
            let fields: Vec<FieldPath> = pushed.iter().map(|key| FieldPath::Body(key.clone())).collect();
            let target = has.with(&wanted, &fields);
            for key in ["A", "B", "C", "D"] {
                let of = |own: &AccountWebhook| -> Vec<Value> {
                    own.body.iter().filter(|pair| pair.key == key).map(|pair| pair.value.clone()).collect()
                };
                prop_assert_eq!(of(&target), if pushed.contains(key) { of(&wanted) } else { of(&has) });
            }
        }
    }
}
