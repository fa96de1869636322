//! Files of a directory to choose from, and paths typed at a prompt, where no shell expands them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::core::text::nearest;
use crate::io::env;

use super::{Action, FileError};

/// The JSON files of a directory, sorted by name, at most `most`; empty if it cannot be read.
pub fn json_files(directory: &Path, most: usize) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    let is_json = |path: &PathBuf| {
        path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) && path.is_file()
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_json).collect();
    files.sort();
    files.truncate(most);
    files.iter().map(|path| path.strip_prefix(".").unwrap_or(path).to_owned()).collect()
}

/// The directory of a file; `.` for a bare name.
pub fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file in the same directory with the same extension and the most similar name.
pub(super) fn similar_file(path: &Path) -> Option<PathBuf> {
    const MAX_FILES: usize = 1000;
    let entries = fs::read_dir(directory_of(path)).ok()?.filter_map(Result::ok).take(MAX_FILES);
    let names = entries.map(|entry| PathBuf::from(entry.file_name()));
    let names = names.filter(|name| name.extension() == path.extension());
    let stems: Vec<String> = names.filter_map(|name| Some(name.file_stem()?.to_str()?.to_owned())).collect();
    let nearest = nearest(path.file_stem()?.to_str()?, stems.iter().map(String::as_str))?;
    let found = path.with_file_name(nearest);
    Some(match path.extension() {
        Some(extension) => found.with_added_extension(extension),
        None => found,
    })
    .filter(|found| found.is_file())
}

/// Whether users other than the owner can read a file; never on Windows, where files have no modes.
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

/// The definitions files in a directory and below it, by path: `webhooks.toml`, `webhooks.staging.toml` and so on. Hidden
/// directories, links to directories, and the directories of other tools are skipped.
pub fn definitions_files(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    const NOT_OURS: [&str; 3] = ["node_modules", "target", "vendor"];
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        let fail = |error: std::io::Error| FileError::new(&directory, Action::Read, error.into());
        for entry in fs::read_dir(&directory).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if entry.file_type().map_err(fail)?.is_dir() {
                if !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) {
                    directories.push(path);
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

/// The path that a person typed: it may be in quotes or have escaped spaces, as file managers insert it, or begin with `~`. A
/// file with exactly this name takes precedence.
pub fn typed_path(text: &str) -> PathBuf {
    let text = text.trim();
    if Path::new(text).exists() {
        return PathBuf::from(text);
    }
    let quoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    below_home(&quoted.map_or_else(|| unescaped(text, BACKSLASH_SEPARATES), str::to_owned))
}

/// The text completed to the longest common prefix of the matching files; none if no file matches.
pub fn completed_path(text: &str) -> Option<String> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|first| ['"', '\''].contains(first));
    let typed = quote
        .map_or_else(|| unescaped(text, BACKSLASH_SEPARATES), |quote| text[quote.len_utf8()..].to_owned());
    if typed == "~" {
        return Some(format!("{}~/", quote.map(String::from).unwrap_or_default()));
    }
    let (directory, begun) = typed.rsplit_once('/').map_or(("", typed.as_str()), |(directory, _)| {
        (&typed[..=directory.len()], &typed[directory.len() + 1..])
    });
    let path = if directory.is_empty() { PathBuf::from(".") } else { below_home(directory) };
    let is_offered =
        |name: &String| name.starts_with(begun) && (!name.starts_with('.') || begun.starts_with('.'));
    let entries = fs::read_dir(&path).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = entries.filter(is_offered).collect();
    let first = names.pop()?;
    let is_only = names.is_empty();
    let mut common = names.iter().fold(first, |common, name| common_start(&common, name).to_owned());
    if is_only && path.join(&common).is_dir() {
        common.push('/');
    }
    Some(format!("{}{directory}{common}", quote.map(String::from).unwrap_or_default()))
}

fn below_home(path: &str) -> PathBuf {
    match path.strip_prefix('~').map(|rest| (rest, env::home_directory())) {
        Some((rest, Some(home))) if rest.is_empty() || rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(path),
    }
}

/// Whether a backslash separates directories (`a\b` is a file in `a`) instead of escaping a character.
const BACKSLASH_SEPARATES: bool = cfg!(windows);

/// The text without shell escapes, unless a backslash separates directories.
fn unescaped(text: &str, separates: bool) -> String {
    if separates {
        return text.to_owned();
    }
    let mut characters = text.chars();
    let next = || {
        let c = characters.next()?;
        Some(if c == '\\' { characters.next().unwrap_or(c) } else { c })
    };
    std::iter::from_fn(next).collect()
}

fn common_start<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other);
    &one[..same.map(|(c, _)| c.len_utf8()).sum()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_escapes_and_the_home_are_understood() {
        let home = env::home_directory().unwrap();
        for (text, path) in [
            ("a b.json", PathBuf::from("a b.json")),
            (" 'a b.json' ", PathBuf::from("a b.json")),
            ("\"it's.json\"", PathBuf::from("it's.json")),
            ("a\\ b\\'.json", PathBuf::from("a b'.json")),
            ("~/Kunde Müller.json", home.join("Kunde Müller.json")),
            ("'~/x'", home.join("x")),
            ("~", home.clone()),
            ("~other/x", PathBuf::from("~other/x")),
            ("'", PathBuf::from("'")),
        ] {
            assert_eq!(typed_path(text), path, "{text}");
        }
    }

    #[test]
    fn a_backslash_that_separates_directories_is_kept() {
        assert_eq!(unescaped("a\\b c.json", true), "a\\b c.json");
        assert_eq!(unescaped("a\\b c.json", false), "ab c.json");
    }

    #[test]
    fn the_common_prefix_of_files_is_completed() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["Kunde Müller.json", "Kunde Möller.json", ".hidden", "only/deep.json"] {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(path).unwrap();
        }
        let at = |begun: &str| format!("{}/{begun}", directory.path().display());
        for (begun, completed) in [
            ("Ku", Some("Kunde M")),
            ("Kunde Mü", Some("Kunde Müller.json")),
            ("on", Some("only/")),
            ("only/", Some("only/deep.json")),
            (".h", Some(".hidden")),
            ("zzz", None),
            ("none/x", None),
        ] {
            assert_eq!(completed_path(&at(begun)), completed.map(at), "{begun}");
            let quoted = format!("'{}", at(begun));
            assert_eq!(completed_path(&quoted), completed.map(|own| format!("'{}", at(own))), "{begun}");
        }
    }
}
