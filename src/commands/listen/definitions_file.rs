//! Notices that the definitions file has changed since `hooks listen` read it.

use std::path::PathBuf;

use crate::core::text::one_line;
use crate::io::files::FileVersion;

#[derive(Debug)]
pub(super) struct DefinitionsFile {
    path: PathBuf,
    seen: Option<FileVersion>,
}

impl DefinitionsFile {
    /// Created before the file is read, so that no change is missed.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { seen: FileVersion::of(&path), path }
    }

    /// A warning if the file has changed, once for each change.
    pub(super) fn warning(&mut self) -> Option<String> {
        let now = FileVersion::of(&self.path)?;
        let name = self.path.to_string_lossy();
        (self.seen.replace(now) != Some(now)).then(|| {
            format!(
                "`{}` has changed: restart `hooks listen` to compare with the new version",
                one_line(&name)
            )
        })
    }
}
