//! The webhooks that an account command works on, and reading them from the account.

use std::collections::{HashMap, HashSet};

use crate::core::account::{AccountFailure, AccountWebhook, ListEntry};
use crate::core::definitions::{AccountSettings, Definitions};
use crate::core::model::Webhook;
use crate::core::request::{Destination, Environment as _, environment_names};
use crate::core::secrets::Redactor;
use crate::io::account::AccountClient;
use crate::io::env::Environment;
use crate::output::json::DiffNote;

use super::api;
use super::args::AccountArgs;
use super::context::{Context, unknown_webhook};
use super::error::Result;

/// The webhooks named on the command line, or all.
#[derive(Debug)]
pub struct ChosenWebhooks<'d> {
    /// In the order of the command line, or of the file.
    pub defined: Vec<&'d Webhook>,
    /// Named ids that no definition has.
    pub undefined_ids: Vec<u64>,
    pub is_named: bool,
    pub account: AccountSettings,
    /// The ids of all definitions in this account.
    tied: HashSet<u64>,
}

/// The webhooks read from the account.
#[derive(Debug)]
pub struct AccountWebhooks {
    by_id: HashMap<u64, AccountWebhook>,
    /// Those in the list that no definition is tied to.
    pub only_listed: Vec<ListEntry>,
}

impl<'d> ChosenWebhooks<'d> {
    /// A name is a handle or an id in the account.
    pub fn new(definitions: &'d Definitions, account: AccountSettings, names: &[String]) -> Result<Self> {
        let tied = definitions.all().filter_map(|own| own.id_in(&account.name)).collect();
        let (defined, undefined_ids, is_named) = (Vec::new(), Vec::new(), !names.is_empty());
        let mut chosen = Self { defined, undefined_ids, is_named, account, tied };
        if names.is_empty() {
            chosen.defined = definitions.all().collect();
        }
        for name in names {
            let id = name.parse().ok();
            let by_id = || definitions.all().find(|own| id.is_some() && chosen.id_of(own) == id);
            match (definitions.find(name).or_else(by_id), id) {
                (Some(webhook), _) => {
                    if !chosen.defined.iter().any(|own| own.handle.value == webhook.handle.value) {
                        chosen.defined.push(webhook);
                    }
                }
                (None, Some(id)) if !chosen.undefined_ids.contains(&id) => chosen.undefined_ids.push(id),
                (None, Some(_)) => {}
                (None, None) => return Err(unknown_webhook(definitions, name)),
            }
        }
        Ok(chosen)
    }

    /// Reads the named webhooks. If none is named, lists all and reads the tied ones; with `untied`, the others, too.
    pub async fn read(
        &self,
        client: &AccountClient<'_>,
        untied: bool,
    ) -> std::result::Result<AccountWebhooks, AccountFailure> {
        let own = self.defined.iter().filter_map(|webhook| self.id_of(webhook));
        let mut ids: Vec<u64> = own.chain(self.undefined_ids.iter().copied()).collect();
        let mut only_listed = Vec::new();
        if !self.is_named {
            let listed = client.list().await?;
            let exists: HashSet<u64> = listed.iter().map(|entry| entry.id).collect();
            ids.retain(|id| exists.contains(id));
            only_listed = listed.into_iter().filter(|entry| !self.tied.contains(&entry.id)).collect();
            if untied {
                ids.extend(only_listed.iter().map(|entry| entry.id));
            }
        }
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let read = client.webhooks(&ids).await?;
        Ok(AccountWebhooks { by_id: read.into_iter().map(|own| (own.id, own)).collect(), only_listed })
    }
}

impl ChosenWebhooks<'_> {
    pub fn id_of(&self, webhook: &Webhook) -> Option<u64> {
        webhook.id_in(&self.account.name)
    }

    /// The environment with the variables of the account and of the chosen definitions, whose values are masked in all output.
    pub fn environment(
        &self,
        cx: &mut Context,
        definitions: &Definitions,
        args: &AccountArgs,
    ) -> Result<Environment> {
        let own = self.defined.iter().flat_map(|webhook| environment_names(webhook, &Destination::Defined));
        let mut names: Vec<String> = own.collect();
        let secrets = names.len() + 1;
        names.insert(0, api::key_name(&self.account).to_owned());
        names.push(api::API.to_owned());
        let environment = cx.environment(definitions, &args.environment, &names)?;
        let values = names[..secrets].iter().filter_map(|name| environment.get(name));
        cx.printer.hide(&Redactor::new(&values.map(|found| found.value).collect::<Vec<_>>()));
        Ok(environment)
    }

    /// The webhooks that a pull adds: the named ids, or all that are only in the account and not managed by an integration.
    pub fn untied(&self, account: &AccountWebhooks) -> Vec<u64> {
        let is_own = |id: &u64| account.get(*id).is_some_and(|own| own.integration().is_none());
        let listed = account.only_listed.iter().map(|entry| entry.id).filter(is_own);
        self.undefined_ids.iter().copied().chain(listed).collect()
    }

    /// The webhooks that a pull leaves out.
    pub fn notes(&self, account: &AccountWebhooks) -> Vec<DiffNote> {
        let defined = self.defined.iter().filter(|webhook| self.id_of(webhook).is_none());
        let listed = account.only_listed.iter().filter_map(|entry| account.get(entry.id));
        let integrations = listed.filter(|own| own.integration().is_some()).map(|own| DiffNote {
            kind: "integration",
            handle: None,
            id: Some(own.id),
            name: Some(own.name.clone()),
        });
        defined.map(|webhook| DiffNote::not_tied(webhook)).chain(integrations).collect()
    }
}

impl AccountWebhooks {
    pub fn get(&self, id: u64) -> Option<&AccountWebhook> {
        self.by_id.get(&id)
    }
}
