//! Creates a webhook, and looks for it if the response is lost.

use std::collections::BTreeSet;

use crate::core::account::{AccountWebhook, FoundCreate, PendingCreate, PushStep};
use crate::io::account::CreateResult;

use super::super::error::{Error, Result, failed};
use super::apply::{PushRun, require_applied};
use super::plan::unclear;

/// The maximum number of attempts at a create whose response is lost.
const MAX_ATTEMPTS: u32 = 3;

impl PushRun<'_, '_, '_, '_> {
    /// Creates the webhook, writes its id into the definition at once, then reads the webhook back and compares it. Returns the
    /// id.
    pub(super) async fn create(&self, step: &PushStep<'_>) -> Result<u64> {
        let Some((handle, target)) = step.handle().zip(step.target.as_ref()) else { return Ok(0) };
        let created = self.steps.borrow().iter().filter_map(|own| own.id).collect::<BTreeSet<_>>();
        let known = self.listed.union(&created).copied().collect();
        let pending = PendingCreate::new(&self.state.borrow().base.key, handle, target, known);
        let begun = self.state.borrow_mut().begin_create(pending.clone());
        begun.map_err(|error| failed("cannot store the create before it is sent", &error))?;
        let id = self.request(handle, target, &pending).await?;
        self.write_file(step, id)?;
        let after = self.client.webhook(id).await?;
        require_applied(step, id, target, after.as_ref())?;
        if let Some(after) = &after {
            self.store_base(step, after);
        }
        Ok(id)
    }

    /// Sends the create. If its result is unknown, looks for a new webhook before sending it again.
    async fn request(&self, handle: &str, target: &AccountWebhook, pending: &PendingCreate) -> Result<u64> {
        let mut attempt = 1;
        loop {
            let failure = match self.client.create(&target.create_json()).await {
                Ok(CreateResult::Created(id)) => return Ok(id),
                Ok(CreateResult::Unknown(failure)) => failure,
                Err(failure) => {
                    // Nothing was created.
                    let _ = self.state.borrow_mut().end_create(handle);
                    return Err(failure.into());
                }
            };
            self.cx.borrow_mut().printer.status(&format!(
                "the result of the create is unknown ({}); looking for the new webhook",
                failure.name()
            ));
            self.client.wait_for_create(attempt).await;
            match self.find(pending).await? {
                FoundCreate::Created(id) => return Ok(id),
                FoundCreate::Unclear(ids) => return Err(unclear(handle, &ids)),
                FoundCreate::Nothing if attempt >= MAX_ATTEMPTS => return Err(failure.into()),
                FoundCreate::Nothing => attempt += 1,
            }
        }
    }

    async fn find(&self, pending: &PendingCreate) -> Result<FoundCreate> {
        let listed = self.client.list().await.map_err(Error::from)?;
        let listed = listed.into_iter().map(|entry| entry.id).collect();
        let new = self.client.webhooks(&pending.new_ids(&listed)).await?;
        Ok(pending.find(&self.state.borrow().base.key, &new))
    }
}
