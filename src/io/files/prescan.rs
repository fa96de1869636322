//! Reads a file of elements to its end before any of them is used, so that nothing is sent from a file with a mistake in
//! its last line.

use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Context, SHA256};

use crate::core::backfill::hexadecimal;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::Element;

use super::FileError;
use super::elements::{Elements, InputFormat, ReadError};
use super::read::{look, open};

/// What a file of elements contains.
#[derive(Debug, Clone)]
pub struct Prescan {
    /// The number of elements, valid or not.
    pub elements: u64,
    /// Whether it could be read to its end.
    pub is_complete: bool,
    /// The SHA-256 of its bytes in hexadecimal; if it could not be read to its end, of the bytes that were read.
    pub sha256: String,
    /// A note about the whole file, such as how columns are used.
    pub note: Option<Diagnostic>,
    /// At most [`KEPT`](Self::KEPT) findings. The last one may say why reading stopped.
    pub bad: Vec<Diagnostic>,
    /// The number of further findings.
    pub more: u64,
}

impl Prescan {
    /// The maximum number of findings that are kept.
    pub const KEPT: usize = 20;

    fn add(&mut self, finding: Diagnostic) {
        if self.bad.len() < Self::KEPT {
            self.bad.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// Reads a file to its end; none for a pipe, which cannot be read twice.
pub fn prescan(path: &Path, format: InputFormat) -> Result<Option<Prescan>, FileError> {
    if !look(path)?.is_file() {
        return Ok(None);
    }
    let (file, _) = open(path)?;
    let digest = Arc::new(Mutex::new(Context::new(&SHA256)));
    let file = Digested { file, digest: Arc::clone(&digest) };
    let mut elements = Elements::from_file(path, file, format);
    let mut found = Prescan {
        elements: 0,
        is_complete: true,
        sha256: String::new(),
        note: None,
        bad: Vec::new(),
        more: 0,
    };
    loop {
        match elements.read() {
            Ok(Some(item)) => {
                found.elements += 1;
                found.note = found.note.or(item.note);
                if let Err(finding) = item.text.and_then(|text| Element::parse(text).map(drop)) {
                    found.add(finding);
                }
            }
            Ok(None) => break,
            Err(ReadError::File(error)) => return Err(error),
            Err(ReadError::Text(finding)) => {
                found.add(*finding);
                found.is_complete = false;
                break;
            }
        }
    }
    let digest = digest.lock().unwrap_or_else(PoisonError::into_inner);
    found.sha256 = hexadecimal(digest.clone().finish().as_ref());
    Ok(Some(found))
}

/// A file with the digest of the bytes read so far.
struct Digested<R> {
    file: R,
    digest: Arc<Mutex<Context>>,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).update(&buffer[..read]);
        Ok(read)
    }
}
