//! The steps that updating and creating share: a temporary file beside the place, whole and on disk
//! before it gets the name.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use tempfile::NamedTempFile;

use super::FileErrorKind;

const SUFFIX: &str = ".hooks-tmp";

/// The folder of a file; `.` for a bare name.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file beside a place, for nobody but this user unless another mode is given, which the umask
/// narrows.
pub(super) fn beside(path: &Path, mode: Option<u32>) -> Result<NamedTempFile, FileErrorKind> {
    let prefix = prefix(path).unwrap_or_else(|| ".".to_owned());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    #[cfg(unix)]
    if let Some(mode) = mode {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(folder(path)).map_err(|error| match error.kind() {
        // `tempfile` puts the path into the error; the system's kind says enough.
        std::io::ErrorKind::Other => FileErrorKind::Other(error),
        kind => kind_of(kind, error),
    })
}

fn kind_of(kind: std::io::ErrorKind, error: std::io::Error) -> FileErrorKind {
    match FileErrorKind::from(std::io::Error::from(kind)) {
        FileErrorKind::Other(_) => FileErrorKind::Other(error),
        known => known,
    }
}

/// Writes all bytes and waits until they are on disk.
pub(super) fn fill(file: &mut NamedTempFile, bytes: &[u8]) -> Result<(), FileErrorKind> {
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(())
}

/// Makes a rename in a folder last. Where a file system cannot, nothing is lost: both names are whole.
pub(super) fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder(path))
    {
        let _ = folder.sync_all();
    }
}

/// Takes away what an earlier run left beside a file when it was killed. Only for who holds the lock:
/// nobody else is then writing.
pub(super) fn sweep(path: &Path) {
    let Some(prefix) = prefix(path) else { return };
    let Ok(entries) = fs::read_dir(folder(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| {
            let middle = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
            middle.is_some_and(|random| random.len() == 6 && random.chars().all(char::is_alphanumeric))
        });
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// How the temporary files of a place begin; none for a name that cannot be told apart or is so long
/// that nothing can be added to it.
fn prefix(path: &Path) -> Option<String> {
    const LONGEST: usize = 200;
    let name = path.file_name()?.to_str().filter(|name| name.len() <= LONGEST)?;
    Some(format!(".{name}."))
}
