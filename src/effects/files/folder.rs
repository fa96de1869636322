//! What a folder holds, and who may read it.

use std::fs;
use std::path::{Path, PathBuf};

/// The JSON files of a folder by name, at most `most`; none when it cannot be read.
pub fn json_files(folder: &Path, most: usize) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let is_json = |path: &PathBuf| {
        path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) && path.is_file()
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_json).collect();
    files.sort();
    files.truncate(most);
    files.iter().map(|path| path.strip_prefix(".").unwrap_or(path).to_owned()).collect()
}

/// Whether a file can be read by others than its owner; never where files have no modes.
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        const OTHERS: u32 = 0o044;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & OTHERS != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
