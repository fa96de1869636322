//! Many elements, one after the other: of a file of any size no more is in memory than a buffer and the
//! element under way.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::json::{Piece, SplitError, Splitter, check};
use crate::core::request::{Element, other_format};
use crate::core::text::{Source, binary_format, one_line, text_format};

use super::read::open;
use super::source::{STANDARD_INPUT, finding, undecodable};
use super::{Action, FileError, FileErrorKind};

/// The most bytes that an element may have.
const LONGEST: usize = 64 << 20;
const BUFFER: usize = 128 << 10;

/// Reads the elements of a JSON list, or of JSON lines. Blocks like any other reading of a file.
pub struct Elements {
    path: Option<Box<Path>>,
    name: Arc<str>,
    from: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// None until the first bytes are there.
    splitter: Option<Splitter>,
    /// A line that was read to see whether the first element goes on in it.
    second: Option<Piece>,
    is_first: bool,
    is_over: bool,
}

/// One element.
#[derive(Debug, Clone)]
pub struct Item {
    /// Of JSON lines the line in the file, of a list the position in it; both from 1.
    pub number: u64,
    /// Its text, for [`Element::parse`](crate::core::request::Element::parse), with places as in the file; why
    /// it cannot be used, when that is no hindrance for those after it.
    pub text: Result<Arc<Source>, Diagnostic>,
}

impl Elements {
    /// Opens a file, or a pipe.
    ///
    /// # Errors
    /// When it may not be read, or is a folder or a device.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let (file, _) = open(path)?;
        Ok(Self::from_reader(&path.display().to_string(), Some(path), Box::new(file)))
    }

    /// Reads standard input.
    pub fn stdin() -> Self {
        Self::from_reader(STANDARD_INPUT, None, Box::new(io::stdin()))
    }

    /// Reads a file that is open already, from where it stands.
    pub(super) fn from_file(path: &Path, file: impl Read + Send + 'static) -> Self {
        Self::from_reader(&path.display().to_string(), Some(path), Box::new(file))
    }

    fn from_reader(name: &str, path: Option<&Path>, from: Box<dyn Read + Send>) -> Self {
        Self {
            path: path.map(Box::from),
            name: Arc::from(name),
            from,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            splitter: None,
            second: None,
            is_first: true,
            is_over: false,
        }
    }

    /// The next element; none at the end. There is none in an empty text and in an empty list.
    ///
    /// # Errors
    /// When nothing more can be read: the file fails, it is no UTF-8, the list breaks off, has an element of
    /// more than 64 MiB or something behind it, or the first element goes over several lines. After that there
    /// is no next one.
    #[expect(clippy::should_implement_trait, reason = "an error ends it, which an iterator does not say")]
    pub fn next(&mut self) -> Result<Option<Item>, Diagnostic> {
        self.next_or_trouble().map_err(|trouble| match trouble {
            Trouble::File(error) => finding(&error),
            Trouble::Text(diagnostic) => *diagnostic,
        })
    }

    /// The same, with an error of the file told apart from one of its text.
    pub(super) fn next_or_trouble(&mut self) -> Result<Option<Item>, Trouble> {
        if self.is_over {
            return Ok(None);
        }
        let next = self.next_piece().and_then(|piece| match piece {
            Some(piece) if std::mem::take(&mut self.is_first) => self.first(piece).map(Some),
            piece => Ok(piece),
        });
        self.is_over = !matches!(next, Ok(Some(_)));
        Ok(next?.map(|piece| self.item(piece)))
    }

    /// Refuses an element that was laid out over several lines, of which every one would be wrong.
    fn first(&mut self, first: Piece) -> Result<Piece, Trouble> {
        let is_lines = self.splitter.as_ref().is_some_and(Splitter::is_lines);
        let text = first.bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some(text) = text else { return Ok(first) };
        if check(text).is_ok() {
            return Ok(first);
        }
        let begin = String::from_utf8_lossy(&self.buffer[..self.end]);
        let begin = if begin.contains(text) { &begin } else { text };
        if let Some(format) = text_format(begin) {
            return Err(other_format(&self.name, format).into());
        }
        if !is_lines {
            return Ok(first);
        }
        if !check(text).is_err_and(|error| error.code == "json-unclosed") {
            return Ok(first);
        }
        if let Some(diagnostic) = self.wrapped(text)? {
            return Err(diagnostic.into());
        }
        self.second = self.next_piece()?;
        let second = self.second.as_ref().and_then(|piece| piece.bytes.as_deref());
        // A line that begins an object is an element of its own, and the first is one that is broken.
        if second.is_none_or(|line| line.trim_ascii_start().starts_with(b"{")) {
            return Ok(first);
        }
        let source = Arc::new(Source::part(Arc::clone(&self.name), text, first.place));
        let at = text.len() - text.trim_start().len();
        let message = "the first element goes over several lines";
        Err(Diagnostic::error("element-over-lines", message)
            .at(&source, at..at + 1)
            .help("pass many elements as a JSON list or one per line; `jq -c .` writes each on its own line")
            .into())
    }

    /// What is wrong with the whole text if it is one object that contains a list of elements, as a page of an API is. The
    /// text stays in the buffer, and is not looked at if it is large.
    fn wrapped(&mut self, first: &str) -> Result<Option<Diagnostic>, Trouble> {
        const LARGEST: usize = 16 << 20;
        if !first.trim_end().ends_with(['{', '[', ',', ':'])
            || !self.buffer[..self.end].trim_ascii_start().starts_with(first.as_bytes().trim_ascii_start())
        {
            return Ok(None);
        }
        loop {
            if self.end == self.buffer.len() {
                if self.end >= LARGEST {
                    return Ok(None);
                }
                self.buffer.resize(2 * self.end, 0);
            }
            if !self.fill()? {
                break;
            }
        }
        let Ok(text) = std::str::from_utf8(&self.buffer[..self.end]) else { return Ok(None) };
        let parsed = Element::parse(Arc::new(Source::new(&*self.name, text)));
        Ok(parsed.err().filter(|diagnostic| diagnostic.code == "element-wrapped"))
    }

    fn next_piece(&mut self) -> Result<Option<Piece>, Trouble> {
        if let Some(piece) = self.second.take() {
            return Ok(Some(piece));
        }
        if self.splitter.is_none() {
            while self.end < 4 && self.fill()? {}
            if let Some(format) = binary_format(&self.buffer[..self.end]) {
                return Err(other_format(&self.name, format).into());
            }
            let splitter = Splitter::new(&self.buffer[..self.end.min(4)], LONGEST);
            self.splitter = Some(splitter.map_err(|error| self.explain(error))?);
        }
        loop {
            let Some(splitter) = &mut self.splitter else { return Ok(None) };
            let (used, piece) = match splitter.take(&self.buffer[self.start..self.end]) {
                Ok(taken) => taken,
                Err(error) => return Err(self.explain(error)),
            };
            self.start += used;
            if piece.is_some() {
                return Ok(piece);
            }
            (self.start, self.end) = (0, 0);
            if !self.fill()? {
                let last = self.splitter.as_mut().map(Splitter::finish).transpose();
                return last.map(Option::flatten).map_err(|error| self.explain(error));
            }
        }
    }

    /// Reads more behind what is in the buffer; false at the end.
    fn fill(&mut self) -> Result<bool, Trouble> {
        loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let path = self.path.as_deref().map(Path::to_owned);
                    let kind = FileErrorKind::from(error);
                    return Err(Trouble::File(FileError { path, action: Action::Read, kind }));
                }
            }
        }
    }

    fn explain(&self, error: SplitError) -> Trouble {
        if error.code == "file-encoding" {
            let message = format!("`{}` {}", one_line(&self.name), error.message);
            return Diagnostic::error(error.code, message).help(error.help).into();
        }
        let source = Arc::new(Source::part(Arc::clone(&self.name), "", error.place));
        Diagnostic::error(error.code, error.message).at_hidden(&source, 0..0).help(error.help).into()
    }

    fn item(&self, piece: Piece) -> Item {
        let name = Arc::clone(&self.name);
        let text = if let Some(bytes) = piece.bytes {
            Source::decode_part(name, bytes, piece.place, piece.offset)
                .map(Arc::new)
                .map_err(|error| undecodable(&self.name, &error))
        } else {
            let source = Arc::new(Source::part(name, "", piece.place));
            let message = format!("this line has more than {} MiB", LONGEST >> 20);
            Err(Diagnostic::error("element-too-long", message)
                .at_hidden(&source, 0..0)
                .help("is the line break behind an element missing?"))
        };
        Item { number: piece.number, text }
    }
}

/// Why there is no next element.
pub(super) enum Trouble {
    /// The file could not be read.
    File(FileError),
    /// It was read, and cannot be used.
    Text(Box<Diagnostic>),
}

impl From<Diagnostic> for Trouble {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Text(Box::new(diagnostic))
    }
}

impl std::fmt::Debug for Elements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Elements").field("name", &self.name).finish_non_exhaustive()
    }
}
