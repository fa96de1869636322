//! Writes a new file, whole or not at all.

use std::io::Write;
use std::path::Path;

use super::read::follow_links;
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

/// Writes a generated file, such as a report. An existing file is replaced atomically; a device or a pipe is written
/// to directly.
///
/// # Errors
/// If the file cannot be written; it is unchanged then.
pub fn write_report(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    const MODE: u32 = 0o644;
    let fail = |kind| FileError::new(path, Action::Create, kind);
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(fail(FileErrorKind::Directory)),
        Ok(found) if !found.is_file() => {
            let file = std::fs::OpenOptions::new().write(true).open(path);
            return file.and_then(|mut file| file.write_all(bytes)).map_err(|error| fail(error.into()));
        }
        _ => {}
    }
    let target = match follow_links(path) {
        Err(FileErrorKind::Missing) => path.to_owned(),
        target => target.map_err(fail)?,
    };
    let mut file = replace::beside(&target, Some(MODE)).map_err(fail)?;
    replace::fill(&mut file, bytes).map_err(fail)?;
    file.persist(&target).map_err(|error| fail(error.error.into()))?;
    replace::sync_folder(&target);
    Ok(())
}
