//! Writes files atomically: a temporary file in the same directory gets the name once it is complete and on the disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::directory::directory_of;
use super::private::set_mode;
use super::read::follow_links;
use super::{Action, FileError, FileErrorKind};

const SUFFIX: &str = ".hooks-tmp";

/// A new file that is being written. If it is dropped before [`finish`](Self::finish), nothing remains.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Creates a file that does not exist yet. The umask narrows `mode`, as for any new file.
    pub fn create(path: &Path, mode: u32) -> Result<Self, FileError> {
        let fail = |kind| FileError::new(path, Action::Create, kind);
        if fs::symlink_metadata(path).is_ok() {
            return Err(fail(FileErrorKind::Exists));
        }
        let file = temporary_file_for(path, Some(mode)).map_err(fail)?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| FileError::new(&self.path, Action::Create, error.into()))
    }

    /// Gives the file its name.
    pub fn finish(self) -> Result<(), FileError> {
        let Self { path, file } = self;
        let fail = |kind| FileError::new(&path, Action::Create, kind);
        let file = file.into_inner().map_err(|error| fail(error.into_error().into()))?;
        file.as_file().sync_all().map_err(|error| fail(error.into()))?;
        file.persist_noclobber(&path).map_err(|error| fail(error.error.into()))?;
        sync_directory(&path);
        Ok(())
    }
}

/// A new file that grows while a command runs: each line is in the file as soon as it is written, even if the program is
/// killed. If it is dropped while it is empty and not finished, it is removed.
#[derive(Debug)]
pub struct GrowingFile {
    path: PathBuf,
    file: File,
    length: u64,
    is_kept: bool,
}

impl GrowingFile {
    /// Creates a file that does not exist yet. The umask narrows `mode`, as for any new file.
    pub fn create(path: &Path, mode: u32) -> Result<Self, FileError> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        let file = set_mode(&mut options, mode)
            .open(path)
            .map_err(|error| FileError::new(path, Action::Create, error.into()))?;
        Ok(Self { path: path.to_owned(), file, length: 0, is_kept: false })
    }

    /// Opens a file to add lines, or creates it.
    pub fn append(path: &Path, mode: u32) -> Result<Self, FileError> {
        let fail = |error: io::Error| FileError::new(path, Action::Write, error.into());
        let file = match fs::OpenOptions::new().append(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::create(path, mode),
            opened => opened.map_err(fail)?,
        };
        let length = file.metadata().map_err(fail)?.len();
        Ok(Self { path: path.to_owned(), file, length, is_kept: true })
    }

    /// Adds a line. If that fails, the file keeps the lines before it.
    pub fn write(&mut self, line: &[u8]) -> Result<(), FileError> {
        self.is_kept = true;
        if let Err(error) = self.file.write_all(line) {
            let _ = self.file.set_len(self.length);
            return Err(FileError::new(&self.path, Action::Write, error.into()));
        }
        self.length += line.len() as u64;
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), FileError> {
        self.is_kept = true;
        let synced = self.file.sync_all();
        synced.map_err(|error| FileError::new(&self.path, Action::Write, error.into()))
    }
}

impl Drop for GrowingFile {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates a file that does not exist yet. The umask narrows `mode`, as for any new file.
pub fn create_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    let mut file = NewFile::create(path, mode)?;
    file.write(bytes)?;
    file.finish()
}

/// Writes a generated file, such as a report. An existing file is replaced, or unchanged after an error; a device or a pipe is
/// written to directly.
pub fn write_report(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    const MODE: u32 = 0o644;
    let fail = |kind| FileError::new(path, Action::Create, kind);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(fail(FileErrorKind::Directory)),
        Ok(found) if !found.is_file() => {
            let file = fs::OpenOptions::new().write(true).open(path);
            return file.and_then(|mut file| file.write_all(bytes)).map_err(|error| fail(error.into()));
        }
        _ => {}
    }
    let target = match follow_links(path) {
        Err(FileErrorKind::Missing) => path.to_owned(),
        target => target.map_err(fail)?,
    };
    let mut file = temporary_file_for(&target, Some(MODE)).map_err(fail)?;
    write_and_sync(&mut file, bytes).map_err(fail)?;
    file.persist(&target).map_err(|error| fail(error.error.into()))?;
    sync_directory(&target);
    Ok(())
}

/// A new file in the directory of a path, for this user only unless a mode is given, which the umask narrows.
pub(super) fn temporary_file_for(path: &Path, mode: Option<u32>) -> Result<NamedTempFile, FileErrorKind> {
    let prefix = prefix(path).unwrap_or_else(|| ".".to_owned());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    // Windows has no modes.
    #[cfg(unix)]
    if let Some(mode) = mode {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(directory_of(path)).map_err(|error| {
        // `tempfile` puts the path into the error; for a known kind, the kind alone is enough.
        match FileErrorKind::from(io::Error::from(error.kind())) {
            FileErrorKind::Other(_) => FileErrorKind::Other(error),
            known => known,
        }
    })
}

/// Writes all bytes and waits until they are on disk.
pub(super) fn write_and_sync(file: &mut NamedTempFile, bytes: &[u8]) -> Result<(), FileErrorKind> {
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(())
}

/// Makes a rename in a directory durable. If that fails, nothing is lost: the old and the new file are both complete. Windows
/// does not open directories as files.
pub(super) fn sync_directory(path: &Path) {
    if cfg!(unix)
        && let Ok(directory) = File::open(directory_of(path))
    {
        let _ = directory.sync_all();
    }
}

/// Removes the temporary files of programs that were killed. Only the holder of the lock may do this: no other program is
/// writing then.
pub(super) fn remove_stale_temporary_files(path: &Path) {
    let Some(prefix) = prefix(path) else { return };
    let Ok(entries) = fs::read_dir(directory_of(path)) else { return };
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

/// The prefix of the temporary files for a path; none for a name that is not UTF-8 or too long.
fn prefix(path: &Path) -> Option<String> {
    const MAX_NAME_LENGTH: usize = 200;
    let name = path.file_name()?.to_str().filter(|name| name.len() <= MAX_NAME_LENGTH)?;
    Some(format!(".{name}."))
}
