//! Only one program at a time goes on with a run. The lock is the operating system's, so it goes with the program,
//! however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::{HistoryError, HistoryErrorKind};

/// Holds a run until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    file: File,
    path: PathBuf,
}

impl RunLock {
    /// Takes hold of a run; none when another program has it.
    pub fn take(history: &Path, run: i64) -> Result<Option<Self>, HistoryError> {
        let path = history.with_file_name(format!("run-{run}.lock"));
        let fail = |error| HistoryError::new(&path, HistoryErrorKind::Place(error));
        loop {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path).map_err(fail)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(fail(error)),
            }
            // The one who had it may have taken the file away since it was opened.
            if is_still_there(&file, &path) {
                return Ok(Some(Self { file, path }));
            }
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // A file that stays does no harm: it is the lock that counts.
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

/// There it is never taken away.
#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_held_by_one_and_free_when_that_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let history = folder.path().join("history.db");
        let first = RunLock::take(&history, 7).unwrap().unwrap();
        assert!(RunLock::take(&history, 7).unwrap().is_none());
        assert!(RunLock::take(&history, 8).unwrap().is_some());
        drop(first);
        assert!(RunLock::take(&history, 7).unwrap().is_some());
        #[cfg(unix)]
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn many_who_come_and_go_never_hold_it_together() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let (history, inside) = (folder.path().join("history.db"), AtomicUsize::new(0));
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
