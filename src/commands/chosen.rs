//! The webhooks that a command for the account is about, and reading them.

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

/// What is named on the command line, or else everything.
#[derive(Debug)]
pub struct ChosenWebhooks<'d> {
    /// In the order of the command line, or of the file.
    pub defined: Vec<&'d Webhook>,
    /// Numbers of the account that no definition has.
    pub numbers: Vec<u64>,
    pub is_named: bool,
    pub account: AccountSettings,
    /// The numbers of all definitions in this account.
    tied: HashSet<u64>,
}

/// The webhooks of the account that were read.
#[derive(Debug)]
pub struct AccountWebhooks {
    by_id: HashMap<u64, AccountWebhook>,
    /// The listed ones that no definition is tied to.
    pub only_listed: Vec<ListEntry>,
}

impl<'d> ChosenWebhooks<'d> {
    /// A name is a handle or a number of the account.
    pub fn new(definitions: &'d Definitions, account: AccountSettings, names: &[String]) -> Result<Self> {
        let tied = definitions.all().filter_map(|own| own.id_in(&account.name)).collect();
        let (defined, numbers, is_named) = (Vec::new(), Vec::new(), !names.is_empty());
        let mut chosen = Self { defined, numbers, is_named, account, tied };
        if names.is_empty() {
            chosen.defined = definitions.all().collect();
        }
        for name in names {
            let number = name.parse().ok();
            let by_number = || {
                let has_number = |own: &&Webhook| number.is_some() && chosen.id_of(own) == number;
                definitions.all().find(has_number)
            };
            match (definitions.find(name).or_else(by_number), number) {
                (Some(webhook), _) => {
                    if !chosen.defined.iter().any(|own| own.handle.value == webhook.handle.value) {
                        chosen.defined.push(webhook);
                    }
                }
                (None, Some(number)) if !chosen.numbers.contains(&number) => chosen.numbers.push(number),
                (None, Some(_)) => {}
                (None, None) => return Err(unknown_webhook(definitions, name)),
            }
        }
        Ok(chosen)
    }

    /// Reads what is named by its number; else lists all, and reads what is tied, or everything with `unlisted`.
    pub async fn read(
        &self,
        client: &AccountClient<'_>,
        untied: bool,
    ) -> std::result::Result<AccountWebhooks, AccountFailure> {
        let own = self.defined.iter().filter_map(|webhook| self.id_of(webhook));
        let mut ids: Vec<u64> = own.chain(self.numbers.iter().copied()).collect();
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
    /// The number of a webhook in the account.
    pub fn id_of(&self, webhook: &Webhook) -> Option<u64> {
        webhook.id_in(&self.account.name)
    }

    /// The environment with the names of the account and of the chosen definitions. Their values are masked in all output.
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

    /// What a pull adds: the numbers that are named, or all that are only in the account, except those of integrations.
    pub fn untied(&self, account: &AccountWebhooks) -> Vec<u64> {
        let is_own = |id: &u64| account.get(*id).is_some_and(|own| own.integration().is_none());
        let listed = account.only_listed.iter().map(|entry| entry.id).filter(is_own);
        self.numbers.iter().copied().chain(listed).collect()
    }

    /// What a pull leaves out.
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
