//! The git repository around a directory: whether it would track `.env`, and the paths of files in it.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::files::{self, FileError, Update};

const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;
const PATTERNS: [&str; 4] = [".env", "**/.env", "*.env", ".env*"];
/// Matches only the `.env` in the same directory as the `.gitignore`.
const OWN_PATTERN: &str = "/.env";

/// Whether `.env` in this directory is ignored; none outside a repository.
pub fn ignores_env(directory: &Path) -> Option<bool> {
    let directory = std::path::absolute(directory).ok()?;
    let root = root(&directory)?;
    let own: Vec<&Path> = directory.ancestors().take_while(|above| above.starts_with(root)).collect();
    // The nearest file wins, as in git.
    let is_ignored = own.into_iter().rev().fold(false, |is_ignored, above| {
        let bytes = files::read(&above.join(".gitignore"), MAX_FILE_BYTES).unwrap_or_default();
        names_env(&String::from_utf8_lossy(&bytes), above == directory).unwrap_or(is_ignored)
    });
    Some(is_ignored)
}

/// The root of the repository around an absolute path.
fn root(path: &Path) -> Option<&Path> {
    path.ancestors().find(|above| above.join(".git").exists())
}

/// A path as used on other machines: relative to the first of these directories that contains it, else to the
/// root of its repository, else as given; without `.` and `..`, and with `/` between the parts.
pub fn path_in_checkout(path: &Path, checkouts: &[PathBuf]) -> String {
    let whole = normalised(&super::env::working_directory().join(path));
    // The working directory has no symbolic links in its path; the others may.
    let resolved = |directory: &PathBuf| directory.canonicalize().unwrap_or_else(|_| directory.clone());
    let checkouts = checkouts.iter().flat_map(|directory| [resolved(directory), directory.clone()]);
    let mut roots = checkouts.chain(root(&whole).map(Path::to_owned));
    let inner = roots.find_map(|root| whole.strip_prefix(root).ok().map(Path::to_owned));
    let parts: Vec<_> = inner.unwrap_or_else(|| normalised(path)).iter().map(OsStr::to_owned).collect();
    let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
    match parts.split_first() {
        Some((first, rest)) if &**first == std::path::MAIN_SEPARATOR_STR => format!("/{}", rest.join("/")),
        _ => parts.join("/"),
    }
}

fn normalised(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match (part, plain.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                plain.pop();
            }
            _ => plain.push(part),
        }
    }
    plain
}

/// Adds `.env` to the `.gitignore` of this directory if it is in a repository that does not ignore it yet. Returns the path of
/// that file, which is unchanged after an error.
pub fn ignore_env(directory: &Path) -> Result<Option<PathBuf>, FileError> {
    const MODE: u32 = 0o644;
    if ignores_env(directory) != Some(false) {
        return Ok(None);
    }
    let path = directory.join(".gitignore");
    let path = path.strip_prefix(".").map_or(path.clone(), Path::to_owned);
    if !path.exists() {
        files::create_new(&path, b".env\n", MODE)?;
        return Ok(Some(path));
    }
    let update = Update::open(&path, MAX_FILE_BYTES, || {})?;
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

/// Whether a `.gitignore` ignores `.env`; none if it does not mention it. The last line that does counts.
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
    fn dots_are_resolved() {
        for (path, plain) in [
            ("./a/./b", "a/b"),
            ("a/../b", "b"),
            ("../a/b", "../a/b"),
            ("../../a/../b", "../../b"),
            ("/../a", "/a"),
            ("/a/b/../../..", "/"),
        ] {
            assert_eq!(normalised(Path::new(path)), Path::new(plain), "{path}");
        }
    }

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
