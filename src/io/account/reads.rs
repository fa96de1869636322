//! Reads entries from the account, and lists page by page.

use std::collections::HashSet;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use crate::core::account::{
    AccountElement, AccountFailure, AccountWebhook, ElementAddress, ListEntry, entries, list_items, sole_item,
};
use crate::core::catalog::PAGE_SIZE;
use crate::core::model::Trigger;

use super::client::{AccountClient, CONCURRENT_READS};

impl AccountClient<'_> {
    /// All webhooks in the account, by id.
    pub async fn list(&self) -> Result<Vec<ListEntry>, AccountFailure> {
        let (mut all, mut ids) = (Vec::new(), HashSet::new());
        let mut pages = Pages::new(self, "/webhook/all", PAGE_SIZE);
        while let Some(items) = pages.next().await? {
            all.extend(entries(&items)?.into_iter().filter(|entry: &ListEntry| ids.insert(entry.id)));
        }
        all.sort_by_key(|entry| entry.id);
        Ok(all)
    }

    /// The webhooks with these ids that still exist, in the same order.
    pub async fn webhooks(&self, ids: &[u64]) -> Result<Vec<AccountWebhook>, AccountFailure> {
        let reads = stream::iter(ids).map(|id| self.webhook(*id)).buffered(CONCURRENT_READS);
        let found: Vec<Option<AccountWebhook>> = reads.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The webhook with this id; none if the account has no such webhook.
    pub async fn webhook(&self, id: u64) -> Result<Option<AccountWebhook>, AccountFailure> {
        let json = self.entry(&format!("/webhook/{id}")).await?;
        json.map(|json| AccountWebhook::read(id, &json)).transpose()
    }

    /// The element at this address in the shape of a delivery for the trigger; none if the account has no such element.
    pub async fn element(
        &self,
        address: &ElementAddress,
        trigger: Trigger,
    ) -> Result<Option<AccountElement>, AccountFailure> {
        let json = match address {
            ElementAddress::Answer { id: Some(_), .. } => self.listed_answer(address).await?,
            _ => self.entry(&address.path()).await?,
        };
        json.map(|json| AccountElement::read(address, trigger, json)).transpose()
    }

    /// Finds an answer in the list, because the API cannot read it by its id.
    async fn listed_answer(&self, address: &ElementAddress) -> Result<Option<Value>, AccountFailure> {
        // A short page may not be the last: the page size may differ from the documented one.
        let mut pages = Pages::new(self, &address.path(), 1);
        while let Some(items) = pages.next().await? {
            if let Some(found) = address.find_in(items) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The entry at a path such as `/event/PROKEY`; none if the account has no such entry.
    pub async fn entry(&self, path: &str) -> Result<Option<Value>, AccountFailure> {
        Ok(self.get(path, true).await?.map(sole_item))
    }
}

/// A list that is read page by page. It ends with a page that is not full, or before one that does not exist.
#[derive(Debug)]
pub struct Pages<'c, 'r> {
    client: &'c AccountClient<'r>,
    path: String,
    /// The number of entries on a full page.
    size: usize,
    /// The number of the next page; none after the last one.
    number: Option<u32>,
    /// To stop at a page that is returned twice: a server that ignores `page` would return the first one forever.
    last: Vec<Value>,
}

impl<'c, 'r> Pages<'c, 'r> {
    pub fn new(client: &'c AccountClient<'r>, path: &str, size: usize) -> Self {
        Self { client, path: path.to_owned(), size, number: Some(1), last: Vec::new() }
    }

    /// The entries on the next page; none after the last one.
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>, AccountFailure> {
        let Some(number) = self.number.take() else { return Ok(None) };
        // The path `/rsvp-answers/PROKEY` names an event, which may be missing. After the last page, any 404 means the end.
        let is_entry = number > 1 || !self.path.ends_with("/all");
        let path = if number == 1 { self.path.clone() } else { format!("{}?page={number}", self.path) };
        let Some(json) = self.client.get(&path, is_entry).await? else { return Ok(None) };
        let items = list_items(json)?;
        if items.is_empty() || items == self.last {
            return Ok(None);
        }
        if items.len() >= self.size {
            self.number = Some(number + 1);
            self.last.clone_from(&items);
        }
        Ok(Some(items))
    }
}
