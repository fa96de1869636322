//! Requests that change the account. A create is retried only if it certainly had no effect; updates and deletions are idempotent.

use std::cell::Cell;

use http::Method;
use serde_json::Value;

use crate::core::account::{AccountFailure, AccountFailureKind, created_id};

use super::client::{AccountClient, back_off};

/// The result of a create that the API did not refuse.
#[derive(Debug)]
pub enum CreateResult {
    /// The webhook with this id was created.
    Created(u64),
    /// It may have been created: the response is missing or contains no id.
    Unknown(AccountFailure),
}

impl AccountClient<'_> {
    /// Creates a webhook. An error means that none was created.
    pub async fn create(&self, webhook: &Value) -> Result<CreateResult, AccountFailure> {
        let mut attempt = 1;
        loop {
            let sent = self.send(&Method::POST, "/webhook", Some(webhook)).await;
            let result = sent.result(|response| {
                let json = response.written()?;
                Ok(json.as_ref().and_then(created_id).ok_or_else(without_id))
            });
            let failure = match result {
                Ok(Ok(id)) => return Ok(CreateResult::Created(id)),
                Ok(Err(without_id)) => return Ok(CreateResult::Unknown(without_id)),
                Err(failure) if !sent.is_refused() => return Ok(CreateResult::Unknown(failure)),
                Err(failure) => failure,
            };
            self.wait_to_retry(failure, attempt, sent.asked).await?;
            attempt += 1;
        }
    }

    /// Changes these fields of a webhook; false if the account has no such webhook.
    pub async fn update(&self, id: u64, fields: &Value) -> Result<bool, AccountFailure> {
        Ok(self.write(&Method::PATCH, id, Some(fields)).await? == WriteResult::Done)
    }

    /// Deletes a webhook; false if the account has no such webhook. If an earlier attempt may have deleted it, the result is true.
    pub async fn delete(&self, id: u64) -> Result<bool, AccountFailure> {
        Ok(self.write(&Method::DELETE, id, None).await? != WriteResult::NoEntry)
    }

    /// Waits before looking for the result of a create whose response was lost.
    pub async fn wait_for_create(&self, attempt: u32) {
        tokio::time::sleep(back_off(attempt)).await;
    }

    async fn write(
        &self,
        method: &Method,
        id: u64,
        body: Option<&Value>,
    ) -> Result<WriteResult, AccountFailure> {
        let path = format!("/webhook/{id}");
        let attempts = Cell::new(0);
        self.retried(async || {
            attempts.set(attempts.get() + 1);
            let sent = self.send(method, &path, body).await;
            let result = match sent.result(|response| response.written().map(drop)) {
                Ok(()) => Ok(WriteResult::Done),
                Err(failure) if failure.kind != AccountFailureKind::NotFound => Err(failure),
                Err(_) if attempts.get() > 1 => Ok(WriteResult::NoEntryAnyMore),
                Err(_) => Ok(WriteResult::NoEntry),
            };
            (result, sent.asked)
        })
        .await
    }
}

/// The result of a change or a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WriteResult {
    Done,
    /// The account has no such webhook.
    NoEntry,
    /// The same after a failed attempt, which may have deleted it.
    NoEntryAnyMore,
}

fn without_id() -> AccountFailure {
    let what = "the response to the create has no `id`";
    AccountFailure::new(AccountFailureKind::Unexpected, what)
}
