//! The file of a plan, and the checks that it still applies.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::core::definitions::edit::{self, Change};
use crate::core::definitions::{Definitions, Draft};
use crate::core::text::Source;

use super::base::DigestKey;
use super::push::{PushAction, PushStep};
use super::push_plan::PushPlan;
use super::webhook::AccountWebhook;

/// A stored plan: fields as written in the file with credentials masked, and digests instead of resolved values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFile {
    pub version: u32,
    /// A random id.
    pub plan: String,
    /// The base URL of the API.
    pub api: String,
    /// A digest of the API and the key.
    pub account: String,
    /// The definitions file.
    pub file: String,
    /// A digest of the file before this plan changes it.
    pub file_digest: String,
    pub actions: Vec<PlannedAction>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedAction {
    /// `create`, `update`, `adopt` or `delete`.
    pub action: String,
    /// The handle of the definition.
    pub webhook: Option<String>,
    pub id: Option<u64>,
    pub removes_definition: bool,
    pub fields: Vec<PlannedField>,
    /// A digest of each field in the account.
    pub account_digests: BTreeMap<String, String>,
    /// Other webhooks with the same URL, trigger and element.
    pub alike: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedField {
    pub field: String,
    /// As written in the file, with credentials masked.
    pub file: Vec<String>,
    /// A digest of the value to push.
    pub digest: String,
}

/// Why an action can no longer be carried out as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanDifference {
    /// These fields now resolve to other values, e.g. because `.env` was changed.
    Values(Vec<String>),
    /// These fields were changed in the account.
    Account(Vec<String>),
    /// Webhooks with the same URL, trigger and element were created or deleted.
    Alike,
    /// The webhook itself was created or deleted.
    Existence,
}

impl PlanFile {
    pub const VERSION: u32 = 1;

    pub fn new(
        key: &DigestKey,
        id: String,
        api: String,
        account: String,
        definitions: &Definitions,
        account_name: &str,
        plan: &PushPlan<'_>,
    ) -> Self {
        let steps = plan.steps.iter().filter(|step| step.action.is_step());
        let actions: Vec<PlannedAction> = steps.map(|step| PlannedAction::new(key, step)).collect();
        let file_digest = file_digest(key, definitions, account_name, &actions);
        let file = definitions.source.name().to_owned();
        Self { version: Self::VERSION, plan: id, api, account, file, file_digest, actions }
    }
}

/// A digest of the definitions, without the ids that these actions write and the definitions that they remove. It stays the
/// same while the plan is applied, so that an interrupted plan can be continued.
pub fn file_digest(
    key: &DigestKey,
    definitions: &Definitions,
    account_name: &str,
    actions: &[PlannedAction],
) -> String {
    let changes: Vec<Change> =
        actions.iter().flat_map(|own| own.undo_changes(definitions, account_name)).collect();
    let source: &Arc<Source> = &definitions.source;
    let text = edit::apply(source, &changes).unwrap_or_else(|_| source.whole().to_owned());
    key.digest(&[&text])
}

impl PlannedAction {
    pub fn new(key: &DigestKey, step: &PushStep<'_>) -> Self {
        let label = step.name();
        let digests =
            |own: Option<&AccountWebhook>| own.map(|own| own.digests(key, label)).unwrap_or_default();
        let target = digests(step.target.as_ref());
        let field = |name: String, file: Vec<String>| {
            let digest = target.get(&name).cloned().unwrap_or_default();
            PlannedField { field: name, file, digest }
        };
        let fields = step
            .pushed
            .iter()
            .map(|change| field(change.comparison.field.to_string(), change.comparison.shown().file));
        Self {
            action: step.action.name().to_owned(),
            webhook: step.handle().map(str::to_owned),
            id: step.id,
            removes_definition: step.removes_definition,
            fields: fields.collect(),
            account_digests: digests(step.seen.as_ref()),
            alike: step.alike.clone(),
        }
    }

    pub fn kind(&self) -> Option<PushAction> {
        PushAction::ALL.into_iter().find(|own| own.is_step() && own.name() == self.action)
    }

    /// Compares the action with `now`, the same action planned again.
    pub fn difference(&self, now: &Self) -> Option<PlanDifference> {
        let digests = |own: &Self| -> BTreeMap<String, String> {
            own.fields.iter().map(|field| (field.field.clone(), field.digest.clone())).collect()
        };
        let account = differing(&self.account_digests, &now.account_digests);
        if self.account_digests.is_empty() != now.account_digests.is_empty() {
            return Some(PlanDifference::Existence);
        }
        if !account.is_empty() {
            return Some(PlanDifference::Account(account));
        }
        let values = differing(&digests(self), &digests(now));
        if !values.is_empty() {
            return Some(PlanDifference::Values(values));
        }
        (self.alike != now.alike).then_some(PlanDifference::Alike)
    }

    /// The changes that undo what the action writes into the file.
    fn undo_changes(&self, definitions: &Definitions, account_name: &str) -> Vec<Change> {
        let Some(webhook) = self.webhook.as_ref().and_then(|handle| definitions.get(handle)) else {
            return Vec::new();
        };
        let handle = webhook.handle.value.clone();
        let is_deleted = self.kind() == Some(PushAction::Delete);
        if self.kind() == Some(PushAction::Update) || (is_deleted && !self.removes_definition) {
            return Vec::new();
        }
        if is_deleted && webhook.ids.all.len() <= 1 {
            return vec![Change::Remove { handle }];
        }
        let before = Draft::of(webhook);
        let mut after = before.clone();
        after.ids.remove(account_name);
        after.changes_from(&before, &handle)
    }
}

/// The names whose digests differ.
fn differing(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<String> =
        before.keys().chain(now.keys()).filter(|name| before.get(*name) != now.get(*name)).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::definitions::read;
    use crate::core::request::EmptyEnvironment;

    use super::*;

    fn definitions(text: &str) -> Definitions {
        let text = format!(
            "# c\n[webhooks.a] # d\n{text}trigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://a/?token=hunter2\"\n"
        );
        read(&Arc::new(Source::new("x", text))).0
    }

    fn planned(definitions: &Definitions, name: &str) -> PlannedAction {
        let json = json!({"name": name, "trigger": "create", "trigger_element": "event", "payload_url": "https://a/?token=hunter2"});
        let (webhook, key) = (&definitions.webhooks[0], DigestKey::new(&[1; 32]));
        let resolved = AccountWebhook::resolved(1, webhook, &EmptyEnvironment).unwrap();
        let account = AccountWebhook::read(1, &json).unwrap();
        PlannedAction::new(
            &key,
            &PushStep::update(webhook, &resolved, &account, None, &EmptyEnvironment, true),
        )
    }

    #[test]
    fn a_planned_action_differs_once_the_account_or_a_value_has_changed() {
        let file = definitions("name = \"A\"\n");
        let own = planned(&file, "B");
        assert_eq!(own.difference(&own.clone()), None);
        let account = PlanDifference::Account(vec!["name".to_owned()]);
        assert_eq!(own.difference(&planned(&file, "C")), Some(account));
        let values = PlanDifference::Values(vec!["name".to_owned()]);
        assert_eq!(own.difference(&planned(&definitions("name = \"C\"\n"), "B")), Some(values));
        let text = serde_json::to_string(&own).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn the_digest_of_the_file_ignores_what_the_plan_itself_writes() {
        let key = DigestKey::new(&[1; 32]);
        let untied = definitions("");
        let resolved = AccountWebhook::resolved(0, &untied.webhooks[0], &EmptyEnvironment).unwrap();
        let create = PlannedAction::new(&key, &PushStep::create(&untied.webhooks[0], &resolved, Vec::new()));
        let of = |file: &Definitions| file_digest(&key, file, "default", std::slice::from_ref(&create));
        assert_eq!(of(&untied), of(&definitions("id = 7\n")));
        assert_ne!(of(&untied), of(&definitions("active = false\n")));
    }
}
