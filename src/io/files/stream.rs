//! Makes a new file of any size, which gets its name when it is whole.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Action, FileError, FileErrorKind, replace};

/// A new file that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Begins a file that does not exist yet. `mode` is narrowed by the umask, as for any new file; systems
    /// without modes leave it out.
    ///
    /// # Errors
    /// When the name is taken, by a dangling link too, or the file cannot be made.
    pub fn create(path: &Path, mode: u32) -> Result<Self, FileError> {
        let fail = |kind| FileError::new(path, Action::Create, kind);
        if std::fs::symlink_metadata(path).is_ok() {
            return Err(fail(FileErrorKind::Exists));
        }
        let file = replace::beside(path, Some(mode)).map_err(fail)?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Writes more.
    ///
    /// # Errors
    /// When it cannot be written, on a full disk for instance.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).map_err(|error| self.fail(error.into()))
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When it cannot be written to its end, or something has taken the name.
    pub fn finish(mut self) -> Result<(), FileError> {
        self.file.flush().map_err(|error| self.fail(error.into()))?;
        let Self { path, file } = self;
        let fail = |kind| FileError::new(&path, Action::Create, kind);
        let file = file.into_inner().map_err(|error| fail(error.into_error().into()))?;
        file.as_file().sync_all().map_err(|error| fail(error.into()))?;
        file.persist_noclobber(&path).map_err(|error| fail(error.error.into()))?;
        replace::sync_folder(&path);
        Ok(())
    }

    fn fail(&self, kind: FileErrorKind) -> FileError {
        FileError::new(&self.path, Action::Create, kind)
    }
}
