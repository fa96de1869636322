//! What a push stores in the user's state directory: creates whose result is unknown. While it runs, no other push of the same
//! definitions to the same account can run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::core::account::PendingCreate;

use super::bases::{BaseFile, write_json};

#[derive(Debug)]
pub struct PushState {
    pub base: BaseFile,
    pending: Vec<PendingCreate>,
    /// The plans that were applied, or of which some steps were.
    plans: BTreeMap<String, PlanRecord>,
    /// Locked as long as it is open.
    _lock: Option<File>,
}

/// What was done of a plan.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct PlanRecord {
    /// The steps that were carried out.
    done: BTreeSet<usize>,
    is_ended: bool,
}

impl PushState {
    /// Reads what is stored. With `locks`, locks out other pushes until this value is dropped; none if another one runs. A
    /// file system without locks has none.
    pub fn open(base: BaseFile, locks: bool) -> io::Result<Option<Self>> {
        let lock = if locks { Some(File::create(base.beside("lock"))?) } else { None };
        match lock.as_ref().map(File::try_lock) {
            Some(Err(TryLockError::WouldBlock)) => return Ok(None),
            // Without locks, or locked.
            Some(Err(TryLockError::Error(_)) | Ok(())) | None => {}
        }
        let pending = read_json(&base.beside("creates"))?;
        let plans = read_json(&base.beside("plans"))?;
        Ok(Some(Self { base, pending, plans, _lock: lock }))
    }

    /// The create of this definition whose result is unknown.
    pub fn pending(&self, handle: &str) -> Option<&PendingCreate> {
        self.pending.iter().find(|own| own.handle == handle)
    }

    /// Stores a create before it is requested.
    pub fn begin_create(&mut self, create: PendingCreate) -> io::Result<()> {
        self.pending.retain(|own| own.handle != create.handle);
        self.pending.push(create);
        self.save_pending()
    }

    /// The id of the webhook is in the definition, or the webhook was not created.
    pub fn end_create(&mut self, handle: &str) -> io::Result<()> {
        let before = self.pending.len();
        self.pending.retain(|own| own.handle != handle);
        if self.pending.len() == before { Ok(()) } else { self.save_pending() }
    }

    /// Whether a plan was applied, completely or not.
    pub fn is_plan_begun(&self, plan: &str) -> bool {
        self.plans.contains_key(plan)
    }

    /// Whether a plan was applied completely.
    pub fn is_plan_ended(&self, plan: &str) -> bool {
        self.plans.get(plan).is_some_and(|own| own.is_ended)
    }

    /// Whether a step of a plan was carried out.
    pub fn is_step_done(&self, plan: &str, step: usize) -> bool {
        self.plans.get(plan).is_some_and(|own| own.done.contains(&step))
    }

    /// Stores that a plan is being applied.
    pub fn begin_plan(&mut self, plan: &str) -> io::Result<()> {
        self.plans.entry(plan.to_owned()).or_default();
        self.save_plans()
    }

    /// Stores that a step of a plan was carried out.
    pub fn end_step(&mut self, plan: &str, step: usize) -> io::Result<()> {
        self.plans.entry(plan.to_owned()).or_default().done.insert(step);
        self.save_plans()
    }

    /// Stores that a plan was applied: it cannot be applied again.
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

/// The value in a file, or the default one if there is none.
fn read_json<T: DeserializeOwned + Default>(path: &Path) -> io::Result<T> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(error),
    }
}
