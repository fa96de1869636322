//! Files as sources that findings can point into.

use std::path::Path;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{DecodeError, Source, binary_format, one_line};

use super::read::refuse_named_pipe;
use super::{FileError, FileErrorKind, read, read_stdin};

/// How standard input is called where a file would be named.
pub const STANDARD_INPUT: &str = "standard input";

/// Reads a file as a source named by its path as given.
///
/// # Errors
/// When it cannot be read, holds more than `limit` bytes, or is not UTF-8.
pub fn read_source(path: &Path, limit: u64) -> Result<Source, Diagnostic> {
    let bytes = read(path, limit).map_err(|error| finding(&error))?;
    decode(&path.display().to_string(), bytes)
}

/// Reads a file as a source, unless it is a named pipe, which may have no writer.
///
/// # Errors
/// When it cannot be read, holds more than `limit` bytes, or is not UTF-8.
pub fn read_settled_source(path: &Path, limit: u64) -> Result<Source, Diagnostic> {
    refuse_named_pipe(path).map_err(|error| finding(&error))?;
    read_source(path, limit)
}

/// Reads standard input as a source.
///
/// # Errors
/// When it cannot be read, holds more than `limit` bytes, or is not UTF-8.
pub fn read_stdin_source(limit: u64) -> Result<Source, Diagnostic> {
    let bytes = read_stdin(limit).map_err(|error| finding(&error))?;
    decode(STANDARD_INPUT, bytes)
}

/// Why a file could not be read or written, as a finding.
pub fn finding(error: &FileError) -> Diagnostic {
    let code = match error.kind {
        FileErrorKind::Missing => "file-missing",
        FileErrorKind::Permission => "file-permission",
        FileErrorKind::Directory => "file-is-folder",
        FileErrorKind::TooLarge { .. } => "file-too-large",
        _ => "file-unreadable",
    };
    Diagnostic::error(code, error.to_string()).help(error.help())
}

/// Reads bytes as the text of a source.
///
/// # Errors
/// When they are not UTF-8.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    if let Some(format) = binary_format(&bytes) {
        let message = format!("`{}` is {}, not text", one_line(name), format.name);
        return Err(Diagnostic::error("data-format", message).help(format.advice));
    }
    Source::decode(name, bytes).map_err(|error| undecodable(name, &error))
}

/// Why bytes could not be read as text, as a finding.
pub(super) fn undecodable(name: &str, error: &DecodeError) -> Diagnostic {
    let name = one_line(name);
    let message = match error {
        DecodeError::Foreign { encoding } => format!("`{name}` is {encoding}, not UTF-8"),
        DecodeError::Invalid { offset, byte, place } => {
            format!("`{name}:{place}` is not UTF-8: byte 0x{byte:02X} at offset {offset}")
        }
    };
    Diagnostic::error("file-encoding", message).help("save it as UTF-8")
}
