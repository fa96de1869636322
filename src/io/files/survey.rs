//! Reads a file of elements once to its end before any of them is used, so that nothing is sent from a file
//! with a mistake in its last line.

use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Context, SHA256};

use crate::core::diagnostic::Diagnostic;
use crate::core::request::Element;

use super::FileError;
use super::elements::{Elements, InputFormat, ReadError};
use super::read::{look, open};

#[derive(Debug, Clone)]
pub struct Survey {
    /// How many elements, good and bad.
    pub elements: u64,
    /// Whether it could be read to its end.
    pub is_whole: bool,
    pub bytes: u64,
    /// The SHA-256 of its bytes; when nothing could be read behind some place, of those that were.
    pub sha256: [u8; 32],
    /// What is worth saying once, such as how columns are used.
    pub note: Option<Diagnostic>,
    /// What is wrong, the first of it. The last may be why nothing could be read behind it.
    pub bad: Vec<Diagnostic>,
    /// How much more is wrong.
    pub more: u64,
}

impl Survey {
    /// The most findings that are kept.
    pub const KEPT: usize = 20;

    fn add(&mut self, finding: Diagnostic) {
        if self.bad.len() < Self::KEPT {
            self.bad.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// Reads a file to its end; nothing for a pipe, which cannot be read twice.
pub fn survey(path: &Path, format: InputFormat) -> Result<Option<Survey>, FileError> {
    if !look(path)?.is_file() {
        return Ok(None);
    }
    let (file, _) = open(path)?;
    let seen = Arc::new(Mutex::new(Seen { digest: Context::new(&SHA256), bytes: 0 }));
    let mut elements = Elements::from_file(path, Watched { file, seen: Arc::clone(&seen) }, format);
    let mut survey = Survey {
        elements: 0,
        is_whole: true,
        bytes: 0,
        sha256: [0; 32],
        note: None,
        bad: Vec::new(),
        more: 0,
    };
    loop {
        match elements.read() {
            Ok(Some(item)) => {
                survey.elements += 1;
                survey.note = survey.note.or(item.note);
                if let Err(finding) = item.text.and_then(|text| Element::parse(text).map(drop)) {
                    survey.add(finding);
                }
            }
            Ok(None) => break,
            Err(ReadError::File(error)) => return Err(error),
            Err(ReadError::Text(finding)) => {
                survey.add(*finding);
                survey.is_whole = false;
                break;
            }
        }
    }
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    survey.bytes = seen.bytes;
    survey.sha256.copy_from_slice(seen.digest.clone().finish().as_ref());
    Ok(Some(survey))
}

struct Seen {
    digest: Context,
    bytes: u64,
}

/// A file that is taken note of while it is read.
struct Watched<R> {
    file: R,
    seen: Arc<Mutex<Seen>>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.digest.update(&buffer[..read]);
        seen.bytes += read as u64;
        Ok(read)
    }
}
