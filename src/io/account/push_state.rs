//! What a push stores in the user's state directory: creates whose result is unknown. While it runs, no other push of the same
//! definitions to the same account can run.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};

use crate::core::account::PendingCreate;

use super::bases::{BaseFile, write_json};

#[derive(Debug)]
pub struct PushState {
    pub base: BaseFile,
    pending: Vec<PendingCreate>,
    /// Locked as long as it is open.
    _lock: Option<File>,
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
        let pending = match fs::read(base.beside("creates")) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Some(Self { base, pending, _lock: lock }))
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

    fn save_pending(&self) -> io::Result<()> {
        write_json(&self.base.beside("creates"), &self.pending)
    }
}
