//! Where the history is, and that nobody else reads it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{HistoryError, HistoryErrorKind};
use crate::io::env;

/// `hooks/history.db` in this person's state folder; none when the system names no such folder.
pub fn default_path() -> Option<PathBuf> {
    Some(env::state_folder()?.join("hooks").join("history.db"))
}

/// Makes the folder and an empty file, for this person alone.
pub(super) fn make(path: &Path) -> Result<(), HistoryError> {
    let fail = |error| HistoryError::new(path, HistoryErrorKind::Place(error));
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(fail)?;
        keep_private(folder, 0o700);
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => keep_private(path, 0o600),
        Err(error) => return Err(fail(error)),
    }
    Ok(())
}

/// Whether there is a history.
pub(super) fn exists(path: &Path) -> Result<bool, HistoryError> {
    match fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(HistoryError::new(path, HistoryErrorKind::Place(error))),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes away what others may do with it. Where that is refused, it belongs to someone who has decided so.
#[cfg(unix)]
fn keep_private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let is_open = fs::metadata(path).is_ok_and(|own| own.permissions().mode() & 0o077 != 0);
    if is_open {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
}

/// The folder of a person's programs is theirs alone already.
#[cfg(not(unix))]
fn keep_private(_: &Path, _: u32) {}
