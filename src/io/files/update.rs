//! Reads a file and later replaces its content, without another program in between.
//!
//! The kernel locks the file itself, so no lock file remains, not even after a crash. Since a replacement puts another file at
//! the path, whoever gets the lock checks that the path still leads to the locked file.

use std::fs::{self, File, Metadata, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::read::{follow_links, read_up_to};
use super::write::{remove_stale_temporary_files, sync_directory, temporary_file_for, write_and_sync};
use super::{Action, FileError, FileErrorKind};

const MAX_ROUNDS: usize = 10_000;

/// A file that was read and is locked against other updates until this value is dropped.
#[derive(Debug)]
pub struct Update {
    path: PathBuf,
    /// What `path` leads to when links are followed.
    target: PathBuf,
    /// Open as long as it is locked.
    file: File,
    found: Metadata,
    bytes: Vec<u8>,
    is_locked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Written,
    /// The file had these bytes already and was not touched.
    Unchanged,
}

impl Update {
    /// Locks a file of at most `limit` bytes and reads it. `waiting` is called once, when another
    /// program has held the lock for a second.
    ///
    /// On a file system without locks, only the comparison in [`write`](Self::write) protects against other programs.
    pub fn open(path: &Path, limit: u64, waiting: impl FnOnce()) -> Result<Self, FileError> {
        let fail = |kind| FileError::new(path, Action::Read, kind);
        let mut waiting = Some(waiting);
        // A round is repeated if another update came first. Only a file system that gives one file two identities uses up all
        // rounds.
        for _ in 0..MAX_ROUNDS {
            let target = follow_links(path).map_err(fail)?;
            check_regular(&fs::metadata(&target).map_err(|error| fail(error.into()))?).map_err(fail)?;
            let file = File::open(&target).map_err(|error| fail(error.into()))?;
            // Windows does not replace a locked file.
            let lock = if cfg!(unix) {
                lock(&file, &mut waiting)
            } else {
                lock_elsewhere(&target, &std::env::temp_dir(), &mut waiting)
            };
            let lock = lock.map_err(fail)?;
            let found = file.metadata().map_err(|error| fail(error.into()))?;
            // The last holder of the lock may have replaced or removed the file.
            if !is_named(&found, path, &target) {
                continue;
            }
            let bytes = read_up_to(&file, found.len(), limit).map_err(fail)?;
            let is_locked = lock.is_some();
            let file = lock.unwrap_or(file);
            return Ok(Self { path: path.to_owned(), target, file, found, bytes, is_locked });
        }
        Err(fail(FileErrorKind::Changed))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fails if the file cannot be replaced; to be called before the user does any work.
    pub fn require_writable(&self) -> Result<(), FileError> {
        let fail = |kind| FileError::new(&self.path, Action::Write, kind);
        if self.found.permissions().readonly() {
            return Err(fail(FileErrorKind::ReadOnly));
        }
        // On other systems, the standard library does not count links.
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            if self.found.nlink() > 1 {
                return Err(fail(FileErrorKind::HardLinked { links: self.found.nlink() }));
            }
        }
        // A rename needs only write permission for the directory, but a file that the user may not write is not replaced.
        match fs::OpenOptions::new().append(true).open(&self.target) {
            Ok(_) => Ok(()),
            Err(error) => Err(fail(match error.into() {
                FileErrorKind::Missing | FileErrorKind::Directory => FileErrorKind::Gone,
                kind => kind,
            })),
        }
    }

    /// Replaces the bytes of the file, keeping mode, owner and links. If they are the same, the file is not touched.
    pub fn write(self, bytes: &[u8]) -> Result<Outcome, FileError> {
        if bytes == self.bytes {
            return Ok(Outcome::Unchanged);
        }
        self.require_writable()?;
        self.replace(bytes).map_err(|kind| FileError::new(&self.path, Action::Write, kind))?;
        Ok(Outcome::Written)
    }

    fn replace(&self, bytes: &[u8]) -> Result<(), FileErrorKind> {
        if self.is_locked {
            remove_stale_temporary_files(&self.target);
        }
        let mut file = temporary_file_for(&self.target, None)?;
        write_and_sync(&mut file, bytes)?;
        keep_owner(file.as_file(), &self.found)?;
        file.as_file().set_permissions(self.found.permissions())?;
        file.as_file().sync_all()?;
        self.require_unchanged()?;
        file.persist(&self.target).map_err(|error| FileErrorKind::from(error.error))?;
        sync_directory(&self.target);
        Ok(())
    }

    /// Fails if the path leads to a file other than the one that was read, or its bytes have changed.
    fn require_unchanged(&self) -> Result<(), FileErrorKind> {
        let gone = |_| FileErrorKind::Gone;
        let target = follow_links(&self.path).map_err(gone)?;
        let now = fs::metadata(&target).map_err(|error| gone(error.into()))?;
        if !now.is_file() {
            return Err(FileErrorKind::Gone);
        }
        if target != self.target || !is_same_file(&self.found, &now) {
            return Err(FileErrorKind::Changed);
        }
        let limit = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        match read_up_to(File::open(&target)?, now.len(), limit) {
            Ok(bytes) if bytes == self.bytes => Ok(()),
            Ok(_) | Err(FileErrorKind::TooLarge { .. }) => Err(FileErrorKind::Changed),
            Err(other) => Err(other),
        }
    }
}

impl Drop for Update {
    fn drop(&mut self) {
        // Closing unlocks, too, unless another process inherited the handle.
        let _ = self.file.unlock();
    }
}

/// Locks a file, and calls `waiting` if that takes a second. None if the file system has no locks.
fn lock(file: &File, waiting: &mut Option<impl FnOnce()>) -> Result<Option<File>, FileErrorKind> {
    let handle = file.try_clone()?;
    wait_for(&handle, waiting).map(|is_locked| is_locked.then_some(handle))
}

/// Locks another file instead, in the directory for temporary files; its name depends only on the path.
fn lock_elsewhere(
    target: &Path,
    temporary: &Path,
    waiting: &mut Option<impl FnOnce()>,
) -> Result<Option<File>, FileErrorKind> {
    let mut hasher = DefaultHasher::new();
    fs::canonicalize(target)?.hash(&mut hasher);
    let path = temporary.join(format!("hooks-{:016x}.lock", hasher.finish()));
    let handle = fs::OpenOptions::new().create(true).append(true).open(path)?;
    wait_for(&handle, waiting).map(|is_locked| is_locked.then_some(handle))
}

fn wait_for(file: &File, waiting: &mut Option<impl FnOnce()>) -> Result<bool, FileErrorKind> {
    const LOCK_WAIT: Duration = Duration::from_secs(1);
    const PAUSE: Duration = Duration::from_millis(5);
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if start.elapsed() < LOCK_WAIT => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(_)) => return Ok(false),
        }
    }
    if let Some(say) = waiting.take() {
        say();
    }
    loop {
        match file.lock() {
            Ok(()) => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn check_regular(found: &Metadata) -> Result<(), FileErrorKind> {
    if found.is_dir() {
        return Err(FileErrorKind::Directory);
    }
    if found.is_file() { Ok(()) } else { Err(FileErrorKind::Device) }
}

/// Whether a path still leads to an opened file. If it leads nowhere, the next round returns the error.
fn is_named(opened: &Metadata, path: &Path, target: &Path) -> bool {
    let is_target = follow_links(path).is_ok_and(|now| now == target);
    is_target && fs::metadata(target).is_ok_and(|now| is_same_file(opened, &now))
}

#[cfg(unix)]
fn is_same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    a.dev() == b.dev() && a.ino() == b.ino()
}

/// On other systems, the standard library does not identify files: only their bytes are compared.
#[cfg(not(unix))]
fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Gives a new file the owner and group of the old one.
#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) -> Result<(), FileErrorKind> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    let user = (new.uid() != old.uid()).then(|| old.uid());
    let group = (new.gid() != old.gid()).then(|| old.gid());
    if user.is_none() && group.is_none() {
        return Ok(());
    }
    fchown(file, user, group).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => FileErrorKind::Owner,
        _ => error.into(),
    })
}

/// On Windows, a new file inherits its permissions from its directory, and the standard library cannot set an owner.
#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> Result<(), FileErrorKind> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As on Windows.
    #[test]
    fn a_lock_in_the_directory_for_temporary_files_excludes_others_from_the_same_file() {
        let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (folder.path().join("webhooks.toml"), folder.path().join("other.toml"));
        for path in [&one, &other] {
            File::create(path).unwrap();
        }
        let take = |path: &Path| lock_elsewhere(path, temporary.path(), &mut Some(|| ())).unwrap().unwrap();
        let held = take(&one);
        let _other = take(&other);
        let has_waited = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| {
                let say = || has_waited.store(true, std::sync::atomic::Ordering::SeqCst);
                lock_elsewhere(&one, temporary.path(), &mut Some(say)).unwrap().unwrap()
            });
            while !has_waited.load(std::sync::atomic::Ordering::SeqCst) {
                assert!(!second.is_finished(), "the lock was taken twice");
                std::thread::yield_now();
            }
            drop(held);
            second.join().unwrap();
        });
    }
}
