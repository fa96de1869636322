//! Reading.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{DecodeError, Source, one_line};

/// Reads a file as a source named by its path as given.
///
/// # Errors
/// When it is not there, not readable, no file, larger than `largest` bytes, or not UTF-8.
pub fn read_source(path: &Path, largest: u64) -> Result<Source, Diagnostic> {
    let name = path.display().to_string();
    let fail = |code, why: &str, help: &str| {
        Diagnostic::error(code, format!("cannot read `{}`: {why}", one_line(&name))).help(help.to_owned())
    };
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => fail("file-missing", "there is no such file", "check the name and the folder"),
        ErrorKind::PermissionDenied => fail("file-permission", "permission denied", "check who may read it"),
        _ => fail("file-unreadable", &error.to_string(), "check the path"),
    })?;
    if metadata.is_dir() {
        return Err(fail("file-is-folder", "it is a folder", "name a file in it"));
    }
    let bytes = File::open(path).and_then(|file| read_up_to(file, metadata.len(), largest));
    match bytes {
        Ok(Some(bytes)) => decode(&name, bytes),
        Ok(None) => Err(fail(
            "file-too-large",
            &format!("it is larger than {largest} bytes"),
            "is it the right file?",
        )),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Err(fail("file-permission", "permission denied", "check who may read it"))
        }
        Err(error) => Err(fail("file-unreadable", &error.to_string(), "check the path")),
    }
}

/// Reads standard input as a source.
///
/// # Errors
/// When it cannot be read, is larger than `largest` bytes, or not UTF-8.
pub fn read_standard_input(largest: u64) -> Result<Source, Diagnostic> {
    let name = "standard input";
    match read_up_to(io::stdin().lock(), 0, largest) {
        Ok(Some(bytes)) => decode(name, bytes),
        Ok(None) => {
            Err(Diagnostic::error("file-too-large", format!("{name} is larger than {largest} bytes")))
        }
        Err(error) => Err(Diagnostic::error("file-unreadable", format!("cannot read {name}: {error}"))),
    }
}

fn read_up_to(from: impl Read, expected: u64, largest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(largest)).unwrap_or(0) + 1);
    from.take(largest + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= largest).then_some(bytes))
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    Source::decode(name, bytes).map_err(|error| match error {
        DecodeError::Foreign { encoding } => {
            Diagnostic::error("file-encoding", format!("`{}` is {encoding}", one_line(name)))
                .help("save it as UTF-8")
        }
        DecodeError::Invalid { offset, byte, place } => {
            let message =
                format!("`{}` is not UTF-8: byte 0x{byte:02X} at {place} (byte {offset})", one_line(name));
            Diagnostic::error("file-encoding", message).help("save it as UTF-8")
        }
    })
}
