//! Opens and reads files after a check of what the path names: as bytes, or as sources that findings can point into.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{DecodeError, Source, binary_format, one_line};

use super::directory::similar_file;
use super::{Action, FileError, FileErrorKind};

/// What changes if a file is written: the time of the last modification, and the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileVersion(SystemTime, u64);

impl FileVersion {
    /// None if the file does not exist or its metadata cannot be read.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self(metadata.modified().ok()?, metadata.len()))
    }
}

/// Reads a file of at most `limit` bytes. Pipes are read to their end, so that process substitution
/// works; devices are refused, because they may have no end.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let (file, opened) = open(path)?;
    let expected = if opened.is_file() { opened.len() } else { 0 };
    read_up_to(file, expected, limit).map_err(|kind| FileError::new(path, Action::Read, kind))
}

/// Opens a file or a pipe to read, after a check of what the path names.
pub(super) fn open(path: &Path) -> Result<(File, Metadata), FileError> {
    let fail = |kind| FileError::new(path, Action::Read, kind);
    look(path)?;
    let file = File::open(path).map_err(|error| fail(error.into()))?;
    let opened = file.metadata().map_err(|error| fail(error.into()))?;
    check_readable(&opened).map_err(fail)?;
    Ok((file, opened))
}

/// Checks what a path names without opening it: opening a device or a pipe has side effects. The system follows links, since
/// those of process substitution lead to pipes without a path. They are followed here only to explain a failure.
pub(super) fn look(path: &Path) -> Result<Metadata, FileError> {
    let fail = |kind| FileError::new(path, Action::Read, kind);
    let found = fs::metadata(path)
        .map_err(|error| fail(follow_links(path).map_or_else(|kind| kind, |_| error.into())))?;
    check_readable(&found).map_err(fail)?;
    Ok(found)
}

/// Refuses a named pipe, since reading could block forever. The pipes of process substitution have a writer.
pub(super) fn refuse_named_pipe(path: &Path) -> Result<(), FileError> {
    let found = look(path)?;
    // On Windows, the path of a pipe (`\\.\pipe\…`) is never passed by mistake.
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let is_substitution = path.starts_with("/dev/fd") || path.starts_with("/proc");
        if found.file_type().is_fifo() && !is_substitution {
            return Err(FileError::new(path, Action::Read, FileErrorKind::NamedPipe));
        }
    }
    #[cfg(not(unix))]
    let _ = found;
    Ok(())
}

/// Reads standard input to its end, at most `limit` bytes.
pub fn read_stdin(limit: u64) -> Result<Vec<u8>, FileError> {
    read_up_to(io::stdin().lock(), 0, limit).map_err(|kind| FileError {
        path: None,
        action: Action::Read,
        kind,
    })
}

/// Follows symbolic links, chained and relative ones. The system resolves the directories on the way.
pub(super) fn follow_links(path: &Path) -> Result<PathBuf, FileErrorKind> {
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for followed in 0..=MAX_LINKS {
        match fs::symlink_metadata(&target) {
            Ok(found) if found.is_symlink() => {
                let next = fs::read_link(&target)?;
                target = target.parent().unwrap_or(Path::new("")).join(next);
            }
            Ok(_) => return Ok(target),
            Err(error) if error.kind() == io::ErrorKind::NotFound && followed > 0 => {
                return Err(FileErrorKind::DanglingLink { target });
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(FileErrorKind::LinkLoop)
}

/// Reads to the end into one reservation of the expected size.
pub(super) fn read_up_to(from: impl Read, expected: u64, limit: u64) -> Result<Vec<u8>, FileErrorKind> {
    let too_large = || FileErrorKind::TooLarge { limit };
    if expected > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let size = usize::try_from(expected).map_err(|_| too_large())?;
    bytes.try_reserve_exact(size).map_err(|error| FileErrorKind::Other(io::Error::other(error)))?;
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) { Ok(bytes) } else { Err(too_large()) }
}

fn check_readable(found: &Metadata) -> Result<(), FileErrorKind> {
    if found.is_dir() {
        return Err(FileErrorKind::Directory);
    }
    // Windows has no files that are devices.
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = found.file_type();
        if kind.is_char_device() || kind.is_block_device() {
            return Err(FileErrorKind::Device);
        }
    }
    Ok(())
}

/// How messages name standard input.
pub const STANDARD_INPUT: &str = "standard input";

/// Reads a file of at most `limit` bytes as a source named by its path as given.
pub fn read_source(path: &Path, limit: u64) -> Result<Source, Diagnostic> {
    let bytes = read(path, limit).map_err(|error| finding(&error))?;
    decode(&path.display().to_string(), bytes)
}

/// Reads a file as a source, unless it is a named pipe, which may have no writer.
pub fn read_settled_source(path: &Path, limit: u64) -> Result<Source, Diagnostic> {
    refuse_named_pipe(path).map_err(|error| finding(&error))?;
    read_source(path, limit)
}

/// Reads standard input as a source.
pub fn read_stdin_source(limit: u64) -> Result<Source, Diagnostic> {
    let bytes = read_stdin(limit).map_err(|error| finding(&error))?;
    decode(STANDARD_INPUT, bytes)
}

/// Why a file could not be read or written, as a finding.
pub fn finding(error: &FileError) -> Diagnostic {
    let code = match error.kind {
        FileErrorKind::Missing => "file-missing",
        FileErrorKind::Permission => "file-permission",
        FileErrorKind::Directory => "file-is-directory",
        FileErrorKind::TooLarge { .. } => "file-too-large",
        _ if error.action == Action::Read => "file-unreadable",
        _ => "file-unwritable",
    };
    let similar = error.path.as_deref().filter(|_| code == "file-missing").and_then(similar_file);
    let help = match similar {
        Some(path) => format!("did you mean `{}`?", one_line(&path.display().to_string())),
        None => error.help().to_owned(),
    };
    Diagnostic::error(code, error.to_string()).help(help)
}

pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    if let Some(format) = binary_format(&bytes) {
        let message = format!("`{}` is {}, not text", one_line(name), format.name);
        return Err(Diagnostic::error("data-format", message).help(format.help));
    }
    Source::decode(name, bytes).map_err(|error| undecodable(name, &error))
}

/// Why bytes could not be read as text, as a finding.
pub(super) fn undecodable(name: &str, error: &DecodeError) -> Diagnostic {
    let name = one_line(name);
    let message = match error {
        DecodeError::Foreign { encoding } => format!("`{name}` is {encoding}, not UTF-8"),
        DecodeError::Invalid { offset, byte, position } => {
            format!("`{name}:{position}` is not UTF-8: byte 0x{byte:02X} at offset {offset}")
        }
    };
    Diagnostic::error("file-encoding", message).help("save it as UTF-8")
}
