//! Only one program at a time sends a run. The operating system holds the lock, so it is released however the program ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::io::files::set_mode;
use crate::io::sqlite::Unusable;

use super::HistoryError;

/// Locks a run until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    file: File,
    path: PathBuf,
}

impl RunLock {
    /// Locks a run; none if another program has locked it.
    pub fn take(history: &Path, run: i64) -> Result<Option<Self>, HistoryError> {
        let path = history.with_file_name(format!("run-{run}.lock"));
        let fail = |error| HistoryError::new(&path, Unusable::Path(error));
        loop {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            let file = set_mode(&mut options, 0o600).open(&path).map_err(fail)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(fail(error)),
            }
            // Its last holder may have removed the file after it was opened here.
            if is_still_there(&file, &path) {
                return Ok(Some(Self { file, path }));
            }
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Windows does not remove an open file. One that remains is harmless: only the lock counts.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |own: fs::Metadata, there: fs::Metadata| (own.dev(), own.ino()) == (there.dev(), there.ino());
    file.metadata().ok().zip(fs::metadata(path).ok()).is_some_and(|(own, there)| same(own, there))
}

/// On Windows, the file is never removed.
#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_run_can_be_locked_again_only_after_the_lock_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let history = directory.path().join("history.db");
        let first = RunLock::take(&history, 7).unwrap().unwrap();
        assert!(RunLock::take(&history, 7).unwrap().is_none());
        assert!(RunLock::take(&history, 8).unwrap().is_some());
        drop(first);
        assert!(RunLock::take(&history, 7).unwrap().is_some());
        #[cfg(unix)]
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    /// As on Windows, where it is never removed.
    #[test]
    fn a_lock_file_that_remains_does_not_lock() {
        let directory = tempfile::tempdir().unwrap();
        File::create(directory.path().join("run-7.lock")).unwrap();
        let history = directory.path().join("history.db");
        let held = RunLock::take(&history, 7).unwrap().unwrap();
        assert!(RunLock::take(&history, 7).unwrap().is_none());
        drop(held);
    }

    #[test]
    fn a_lock_has_one_holder_at_a_time() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let directory = tempfile::tempdir().unwrap();
        let (history, inside) = (directory.path().join("history.db"), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        if let Some(_lock) = RunLock::take(&history, 1).unwrap() {
                            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                            inside.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
    }
}
