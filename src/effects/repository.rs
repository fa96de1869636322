//! The git repository around a folder: whether it would take in `.env`.

use std::path::{Path, PathBuf};

use super::files::{self, FileError, Update};

const LARGEST: u64 = 16 * 1024 * 1024;
const PATTERNS: [&str; 6] = [".env", "/.env", "**/.env", "*.env", ".env*", ".env.*"];

/// Whether `.env` in this folder is ignored; none where there is no repository.
pub fn ignores_env(folder: &Path) -> Option<bool> {
    let folder = std::path::absolute(folder).ok()?;
    let root = folder.ancestors().find(|above| above.join(".git").exists())?;
    let own = folder.ancestors().take_while(|above| above.starts_with(root));
    let mut ignores = own.map(|above| files::read(&above.join(".gitignore"), LARGEST).unwrap_or_default());
    Some(ignores.any(|bytes| names_env(&String::from_utf8_lossy(&bytes))))
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

/// Whether a `.gitignore` names `.env`, and no later line takes it back.
fn names_env(text: &str) -> bool {
    let mut is_named = false;
    for line in text.lines().map(str::trim) {
        match line.strip_prefix('!') {
            Some(pattern) if PATTERNS.contains(&pattern) => is_named = false,
            None if PATTERNS.contains(&line) && line != ".env.*" => is_named = true,
            _ => {}
        }
    }
    is_named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_patterns_are_understood() {
        for (text, expected) in [
            (".env\n", true),
            ("target\r\n/.env\r\n", true),
            ("*.env", true),
            (".env*\n!.env\n", false),
            (".env.*\n", false),
            ("# .env\n", false),
            ("", false),
        ] {
            assert_eq!(names_env(text), expected, "{text:?}");
        }
    }
}
