//! The git repository around a folder: whether it would take in `.env`.

use std::path::{Path, PathBuf};

use super::files::{self, FileError, Update};

const LARGEST: u64 = 16 * 1024 * 1024;
const PATTERNS: [&str; 4] = [".env", "**/.env", "*.env", ".env*"];
/// Means the one beside the `.gitignore` alone.
const OWN_PATTERN: &str = "/.env";

/// Whether `.env` in this folder is ignored; none where there is no repository.
pub fn ignores_env(folder: &Path) -> Option<bool> {
    let folder = std::path::absolute(folder).ok()?;
    let root = folder.ancestors().find(|above| above.join(".git").exists())?;
    let own: Vec<&Path> = folder.ancestors().take_while(|above| above.starts_with(root)).collect();
    // As git does: the nearest file has the last word.
    let is_ignored = own.into_iter().rev().fold(false, |is_ignored, above| {
        let bytes = files::read(&above.join(".gitignore"), LARGEST).unwrap_or_default();
        names_env(&String::from_utf8_lossy(&bytes), above == folder).unwrap_or(is_ignored)
    });
    Some(is_ignored)
}

/// Adds `.env` to the `.gitignore` of this folder, where there is a repository that does not ignore it
/// yet; says which file that is.
///
/// # Errors
/// When the file cannot be written; it is as it was then.
pub fn ignore_env(folder: &Path) -> Result<Option<PathBuf>, FileError> {
    const MODE: u32 = 0o644;
    if ignores_env(folder) != Some(false) {
        return Ok(None);
    }
    let path = folder.join(".gitignore");
    let path = path.strip_prefix(".").map_or(path.clone(), Path::to_owned);
    if !path.exists() {
        files::create_new(&path, b".env\n", MODE)?;
        return Ok(Some(path));
    }
    let update = Update::open(&path, LARGEST, || {})?;
    let mut bytes = update.bytes().to_vec();
    let end: &[u8] = if bytes.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.extend_from_slice(end);
    }
    bytes.extend_from_slice(b".env");
    bytes.extend_from_slice(end);
    update.write(&bytes)?;
    Ok(Some(path))
}

/// Whether a `.gitignore` says that `.env` is ignored, or that it is not; its last word counts.
fn names_env(text: &str, is_beside: bool) -> Option<bool> {
    let is_ours = |pattern: &str| PATTERNS.contains(&pattern) || (is_beside && pattern == OWN_PATTERN);
    let mut said = text.lines().map(str::trim).filter_map(|line| match line.strip_prefix('!') {
        Some(pattern) => is_ours(pattern).then_some(false),
        None => is_ours(line).then_some(true),
    });
    said.next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_patterns_are_understood() {
        for (text, expected) in [
            (".env\n", Some(true)),
            ("target\r\n*.env\r\n", Some(true)),
            ("*.env", Some(true)),
            (".env*\n!.env\n", Some(false)),
            (".env.*\n", None),
            ("# .env\n", None),
            ("", None),
        ] {
            assert_eq!(names_env(text, true), expected, "{text:?}");
            assert_eq!(names_env(text, false), expected, "{text:?}");
        }
        assert_eq!((names_env("/.env", true), names_env("/.env", false)), (Some(true), None));
    }
}
