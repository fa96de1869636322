//! The webhooks that a command for the account is about, and reading them.

use std::collections::{HashMap, HashSet};

use crate::core::account::{AccountFailure, AccountWebhook, ListEntry};
use crate::core::definitions::Definitions;
use crate::core::model::Webhook;
use crate::io::account::AccountClient;

use super::context::unknown_webhook;
use super::error::Result;

/// What is named on the command line, or else everything.
#[derive(Debug)]
pub struct ChosenWebhooks<'d> {
    /// In the order of the command line, or of the file.
    pub defined: Vec<&'d Webhook>,
    /// Numbers of the account that no definition has.
    pub numbers: Vec<u64>,
    pub is_named: bool,
    /// The numbers of all definitions.
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
    pub fn new(definitions: &'d Definitions, names: &[String]) -> Result<Self> {
        let own_id = |webhook: &Webhook| webhook.id.as_ref().map(|id| id.value);
        let tied = definitions.webhooks.iter().filter_map(own_id).collect();
        let mut chosen = Self { defined: Vec::new(), numbers: Vec::new(), is_named: !names.is_empty(), tied };
        if names.is_empty() {
            chosen.defined = definitions.webhooks.iter().collect();
        }
        for name in names {
            let number = name.parse().ok();
            let by_number =
                || definitions.webhooks.iter().find(|own| number.is_some() && own_id(own) == number);
            match (definitions.get(name).or_else(by_number), number) {
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
        let own = self.defined.iter().filter_map(|webhook| webhook.id.as_ref()).map(|id| id.value);
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

impl AccountWebhooks {
    pub fn get(&self, id: u64) -> Option<&AccountWebhook> {
        self.by_id.get(&id)
    }
}
