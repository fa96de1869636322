//! Makes a new file, whole or not at all.

use std::path::Path;

use super::{Action, FileError, FileErrorKind, replace};

/// Makes a file that does not exist yet. `mode` is narrowed by the umask, as for any new file; systems
/// without modes leave it out.
///
/// # Errors
/// When the name is taken, by a dangling link too, or the file cannot be written.
pub fn create_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    let fail = |kind| FileError::new(path, Action::Create, kind);
    if std::fs::symlink_metadata(path).is_ok() {
        return Err(fail(FileErrorKind::Exists));
    }
    let mut file = replace::beside(path, Some(mode)).map_err(fail)?;
    replace::fill(&mut file, bytes).map_err(fail)?;
    file.persist_noclobber(path).map_err(|error| fail(error.error.into()))?;
    replace::sync_folder(path);
    Ok(())
}
