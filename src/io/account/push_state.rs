//! What a push stores in the user's state directory: creates whose result is unknown, and the progress of plans. A lock prevents
//! two pushes of the same definitions to the same account at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::io;

use serde::{Deserialize, Serialize};

use crate::core::account::PendingCreate;

use super::bases::{BaseFile, read_json, write_json};

#[derive(Debug)]
pub struct PushState {
    pub base: BaseFile,
    pending: Vec<PendingCreate>,
    /// The plans whose application has begun.
    plans: BTreeMap<String, PlanRecord>,
    /// Locked while it is open.
    _lock: Option<File>,
}

/// How much of a plan was applied.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct PlanRecord {
    done: BTreeSet<usize>,
    is_ended: bool,
}

impl PushState {
    /// Reads the stored state. With `locks`, no other push can open it until this value is dropped; returns none if another
    /// push is running. On a file system that does not support locks, nothing is locked.
    pub fn open(base: BaseFile, locks: bool) -> io::Result<Option<Self>> {
        let lock = if locks { Some(File::create(base.beside("lock"))?) } else { None };
        match lock.as_ref().map(File::try_lock) {
            Some(Err(TryLockError::WouldBlock)) => return Ok(None),
            // Without locks, or locked.
            Some(Err(TryLockError::Error(_)) | Ok(())) | None => {}
        }
        let pending = read_json(&base.beside("creates"))?.unwrap_or_default();
        let plans = read_json(&base.beside("plans"))?.unwrap_or_default();
        Ok(Some(Self { base, pending, plans, _lock: lock }))
    }

    /// The create for this definition whose result is unknown.
    pub fn pending(&self, handle: &str) -> Option<&PendingCreate> {
        self.pending.iter().find(|own| own.handle == handle)
    }

    /// Stores a create before the request is sent.
    pub fn begin_create(&mut self, create: PendingCreate) -> io::Result<()> {
        self.pending.retain(|own| own.handle != create.handle);
        self.pending.push(create);
        self.save_pending()
    }

    /// Deletes a create, because its result is known: the id is in the definition, or no webhook was created.
    pub fn end_create(&mut self, handle: &str) -> io::Result<()> {
        let before = self.pending.len();
        self.pending.retain(|own| own.handle != handle);
        if self.pending.len() == before { Ok(()) } else { self.save_pending() }
    }

    pub fn is_plan_begun(&self, plan: &str) -> bool {
        self.plans.contains_key(plan)
    }

    pub fn is_plan_ended(&self, plan: &str) -> bool {
        self.plans.get(plan).is_some_and(|own| own.is_ended)
    }

    pub fn is_step_done(&self, plan: &str, step: usize) -> bool {
        self.plans.get(plan).is_some_and(|own| own.done.contains(&step))
    }

    pub fn begin_plan(&mut self, plan: &str) -> io::Result<()> {
        self.plans.entry(plan.to_owned()).or_default();
        self.save_plans()
    }

    pub fn end_step(&mut self, plan: &str, step: usize) -> io::Result<()> {
        self.plans.entry(plan.to_owned()).or_default().done.insert(step);
        self.save_plans()
    }

    /// From now on, the plan cannot be applied again.
    pub fn end_plan(&mut self, plan: &str) -> io::Result<()> {
        self.plans.entry(plan.to_owned()).or_default().is_ended = true;
        self.save_plans()
    }

    fn save_plans(&self) -> io::Result<()> {
        write_json(&self.base.beside("plans"), &self.plans)
    }

    fn save_pending(&self) -> io::Result<()> {
        write_json(&self.base.beside("creates"), &self.pending)
    }
}
