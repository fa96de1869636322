//! All steps of a push.

use std::collections::BTreeSet;

use super::confirmation::Confirmation;
use super::push::PushStep;

/// All steps of a push.
#[derive(Debug, Clone)]
pub struct PushPlan<'d> {
    /// In the order of the file; deletions of webhooks last.
    pub steps: Vec<PushStep<'d>>,
    /// The ids of all webhooks in the account.
    pub listed: BTreeSet<u64>,
}

impl PushPlan<'_> {
    /// The number of changes that must be confirmed.
    pub fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.is_change() && !step.is_done).count()
    }

    pub fn confirmation(&self) -> Confirmation {
        Confirmation::of(self.changes(), self.listed.len())
    }
}
