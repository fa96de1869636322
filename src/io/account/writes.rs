//! Requests that change the account. Each is repeated only if it cannot be carried out twice.

use http::Method;
use serde_json::Value;

use crate::core::account::{AccountFailure, AccountFailureKind, created_id};

use super::client::AccountClient;

/// The result of a create that the API did not refuse.
#[derive(Debug)]
pub enum CreateResult {
    /// The webhook with this id was created.
    Created(u64),
    /// It may have been created: the response is missing or does not say.
    Unknown(AccountFailure),
}

impl AccountClient<'_> {
    /// Creates a webhook. The error means that none was created.
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
            self.wait_to_repeat(failure, attempt, sent.asked).await?;
            attempt += 1;
        }
    }

    /// Changes these fields of a webhook; false if the account has no such webhook.
    pub async fn update(&self, id: u64, fields: &Value) -> Result<bool, AccountFailure> {
        self.write(&Method::PATCH, id, Some(fields)).await
    }

    /// Deletes a webhook; false if the account has no such webhook, as after a lost response.
    pub async fn delete(&self, id: u64) -> Result<bool, AccountFailure> {
        self.write(&Method::DELETE, id, None).await
    }

    async fn write(&self, method: &Method, id: u64, body: Option<&Value>) -> Result<bool, AccountFailure> {
        let path = format!("/webhook/{id}");
        self.repeated(async || {
            let sent = self.send(method, &path, body).await;
            let result = match sent.result(|response| response.written().map(drop)) {
                Ok(()) => Ok(true),
                Err(failure) if failure.kind == AccountFailureKind::NotFound => Ok(false),
                Err(failure) => Err(failure),
            };
            (result, sent.asked)
        })
        .await
    }
}

fn without_id() -> AccountFailure {
    let what = "the response to the create has no `id`";
    AccountFailure::new(AccountFailureKind::Unexpected, what)
}
