//! What a folder holds, and who may read it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Action, FileError};

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

/// The definitions files in a folder and all below it, by path: `webhooks.toml`, `webhooks.staging.toml`
/// and the like. Hidden folders, links to folders and what other tools put there are left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn definitions_files(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    const NOT_OURS: [&str; 3] = ["node_modules", "target", "vendor"];
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let fail = |error: std::io::Error| FileError::new(&folder, Action::Read, error.into());
        for entry in fs::read_dir(&folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if entry.file_type().map_err(fail)?.is_dir() {
                if !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if name.starts_with("webhooks")
                && path.extension().is_some_and(|end| end == "toml")
                && path.is_file()
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
