//! Notices that the definitions file has changed since `hooks listen` read it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::core::text::one_line;

#[derive(Debug)]
pub(super) struct DefinitionsFile {
    path: PathBuf,
    seen: Option<FileState>,
}

/// The time of the last change, and the length.
type FileState = (SystemTime, u64);

impl DefinitionsFile {
    /// Created before the file is read, so that no change is missed.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { seen: state(&path), path }
    }

    /// A warning if the file has changed, once for each change.
    pub(super) fn warning(&mut self) -> Option<String> {
        let now = state(&self.path)?;
        let name = self.path.to_string_lossy();
        (self.seen.replace(now) != Some(now)).then(|| {
            format!(
                "`{}` has changed: restart `hooks listen` to compare with the new version",
                one_line(&name)
            )
        })
    }
}

fn state(path: &Path) -> Option<FileState> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
