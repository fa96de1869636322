//! Reads many elements one after the other: only a buffer and one element are in memory, whatever the size of the file.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use crate::core::csv::{self, Rows};
use crate::core::diagnostic::Diagnostic;
use crate::core::json::{self, ContainerEnd, Record, RecordError, Records, container_end};
use crate::core::model::TriggerElement;
use crate::core::request::{AnswerColumns, Element, OTHER_FORMAT, other_format};
use crate::core::text::{Position, Source, binary_format, foreign_encoding, one_line, text_format};

use super::read::{STANDARD_INPUT, finding, open, undecodable};
use super::{Action, FileError, FileErrorKind};

/// The maximum size of an element in bytes.
const MAX_ELEMENT_BYTES: usize = 64 << 20;
const BUFFER: usize = 128 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The format of a file of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// A JSON list, or JSON lines.
    Json,
    /// A CSV file of RSVP answers.
    Csv,
}

impl InputFormat {
    /// The format of a file, by its extension.
    pub fn of(path: Option<&Path>) -> Self {
        let extension = path.and_then(Path::extension);
        if extension.is_some_and(|own| own.eq_ignore_ascii_case("csv")) { Self::Csv } else { Self::Json }
    }

    /// Refuses elements that cannot be read in this format.
    pub fn require(self, kind: TriggerElement) -> Result<(), Diagnostic> {
        if self == Self::Json || kind == TriggerElement::RsvpAnswer {
            return Ok(());
        }
        let message = format!("CSV is supported for `{}` only, not for `{kind}`", TriggerElement::RsvpAnswer);
        Err(Diagnostic::error("data-format", message)
            .help("convert it to JSON lines, or use `--input-format json` if it is JSON"))
    }
}

/// Reads the elements of a JSON list, of JSON lines, or of a CSV file of RSVP answers. Blocks while it reads.
///
/// An `Err` of the iterator is the last item: the file cannot be read, is not UTF-8, the list or the header of the
/// table is invalid, or the first element spans several lines. An empty text or list yields no item.
pub struct Elements {
    path: Option<Box<Path>>,
    name: Arc<str>,
    reader: Reader,
    is_first: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    /// The line in the file (for a CSV row, its first line), or the position in a list; from 1.
    pub number: u64,
    /// Its JSON, for [`Element::parse`], with positions as in the file; or why this element cannot be used.
    pub text: Result<Arc<Source>, Diagnostic>,
    /// A note about the whole file, such as how columns are used; only with the first element.
    pub note: Option<Diagnostic>,
}

type Input = Box<dyn BufRead + Send>;

enum Reader {
    New(Box<dyn Read + Send>, InputFormat),
    Json(Records<Input>),
    Csv(Box<Rows<Input>>, AnswerColumns, Option<Diagnostic>),
    Over,
}

impl Elements {
    pub fn open(path: &Path, format: InputFormat) -> Result<Self, FileError> {
        let (file, _) = open(path)?;
        Ok(Self::from_file(path, file, format))
    }

    pub fn stdin(format: InputFormat) -> Self {
        Self::from_reader(STANDARD_INPUT, None, Box::new(io::stdin()), format)
    }

    /// Reads a file that is already open, from its current position.
    pub(super) fn from_file(path: &Path, file: impl Read + Send + 'static, format: InputFormat) -> Self {
        Self::from_reader(&path.display().to_string(), Some(path), Box::new(file), format)
    }

    fn from_reader(name: &str, path: Option<&Path>, from: Box<dyn Read + Send>, format: InputFormat) -> Self {
        let reader = Reader::New(from, format);
        Self { path: path.map(Box::from), name: Arc::from(name), reader, is_first: true }
    }

    /// The next element. Distinguishes errors of the file from errors in its text.
    pub(super) fn read(&mut self) -> Result<Option<Item>, ReadError> {
        if let Reader::New(from, format) = &mut self.reader {
            let (from, format) = (std::mem::replace(from, Box::new(io::empty())), *format);
            self.reader = Reader::Over;
            self.reader = self.begin(from, format)?;
        }
        let item = match &self.reader {
            Reader::Json(_) => self.read_json(),
            Reader::Csv(..) => self.read_row(),
            Reader::New(..) | Reader::Over => Ok(None),
        };
        if !matches!(item, Ok(Some(_))) {
            self.reader = Reader::Over;
        }
        item
    }

    /// Detects the encoding and the format by the first bytes.
    fn begin(&self, mut from: Box<dyn Read + Send>, format: InputFormat) -> Result<Reader, ReadError> {
        let mut first = Vec::new();
        from.by_ref().take(4).read_to_end(&mut first).map_err(|error| self.failed(error))?;
        let name = one_line(&self.name);
        if let Some(other) = binary_format(&first) {
            let expected = if format == InputFormat::Csv { "CSV" } else { "JSON" };
            let message = format!("`{name}` is {}, not {expected}", other.name);
            return Err(Diagnostic::error(OTHER_FORMAT, message).help(other.help).into());
        }
        let encoding = |message: String, help| Diagnostic::error("file-encoding", message).help(help);
        if let Some(foreign) = foreign_encoding(&first) {
            return Err(encoding(format!("`{name}` is {foreign}, not UTF-8"), "save it as UTF-8").into());
        }
        if first.first() == Some(&0) {
            let help = "pass a JSON list, or one element per line";
            return Err(encoding(format!("`{name}` is not text: it begins with a zero byte"), help).into());
        }
        let offset = if first.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        first.drain(..offset);
        let input: Input = Box::new(Cursor::new(first).chain(BufReader::with_capacity(BUFFER, from)));
        match format {
            InputFormat::Json => {
                Ok(Reader::Json(Records::new(Arc::clone(&self.name), input, offset, MAX_ELEMENT_BYTES)))
            }
            InputFormat::Csv => self.begin_table(input, offset),
        }
    }

    fn read_json(&mut self) -> Result<Option<Item>, ReadError> {
        let Reader::Json(records) = &mut self.reader else { return Ok(None) };
        let record = match records.next() {
            Some(Ok(record)) => record,
            None => return Ok(None),
            Some(Err(RecordError::Io(error))) => return Err(self.failed(error)),
            Some(Err(RecordError::Format(diagnostic))) => return Err(ReadError::Text(diagnostic)),
        };
        if std::mem::take(&mut self.is_first) {
            self.check_first(&record)?;
        }
        let Record { number, place, offset, bytes } = record;
        let text = bytes.map_or_else(
            || Err(self.too_long(place)),
            |bytes| decode(&self.name, bytes, place, offset).map(Arc::new),
        );
        Ok(Some(Item { number, text, note: None }))
    }

    /// Refuses data in another format, and an element that spans several lines, each of which would be invalid.
    fn check_first(&mut self, first: &Record) -> Result<(), ReadError> {
        let text = first.bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some((text, error)) = text.and_then(|text| Some((text, json::check(text).err()?))) else {
            return Ok(());
        };
        let Reader::Json(records) = &mut self.reader else { return Ok(()) };
        let is_cut_off =
            records.is_lines() && error.code == "json-unclosed" && text.trim_start().starts_with('{');
        let input = records.reader_mut();
        let mut ahead = Vec::new();
        if is_cut_off {
            const MAX_BYTES_AHEAD: u64 = 16 << 20;
            let read = input.by_ref().take(MAX_BYTES_AHEAD).read_to_end(&mut ahead);
            let rest = std::mem::replace(input, Box::new(io::empty()));
            *input = Box::new(Cursor::new(ahead.clone()).chain(rest));
            read.map_err(|error| self.failed(error))?;
        } else if let Ok(buffer) = input.fill_buf() {
            ahead.extend_from_slice(buffer);
        }
        let whole = format!("{text}\n{}", String::from_utf8_lossy(&ahead));
        if let Some(format) = text_format(&whole) {
            return Err(other_format(&self.name, format).into());
        }
        let start = text.len() - text.trim_start().len();
        let is_closed_later = || matches!(container_end(&whole, start), ContainerEnd::Closed(_));
        // A line that begins an object is usually an element of its own, and the first one is invalid.
        let next = ahead.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
        let is_element = next.is_none_or(|line| line.starts_with(b"{"));
        if !is_cut_off || (is_element && !is_closed_later()) {
            return Ok(());
        }
        let parsed = Element::parse(Arc::new(Source::new(Arc::clone(&self.name), &*whole)));
        if let Some(wrapped) = parsed.err().filter(|diagnostic| diagnostic.code == "element-wrapped") {
            return Err(wrapped.into());
        }
        let source = Arc::new(Source::part(Arc::clone(&self.name), text, first.place));
        Err(Diagnostic::error("element-over-lines", "the first element spans several lines")
            .at(&source, start..start + 1)
            .help("pass many elements as a JSON list or one per line; `jq -c .` writes each on its own line")
            .into())
    }

    fn begin_table(&self, mut input: Input, offset: usize) -> Result<Reader, ReadError> {
        let mut line = Vec::new();
        input
            .by_ref()
            .take(MAX_ELEMENT_BYTES as u64)
            .read_until(b'\n', &mut line)
            .map_err(|error| self.failed(error))?;
        let delimiter = csv::delimiter(&line);
        let mut rows = Rows::new(
            Box::new(Cursor::new(line).chain(input)) as Input,
            delimiter,
            offset,
            MAX_ELEMENT_BYTES,
        );
        let Some(header) = rows.next_row().map_err(|error| self.failed_row(error))? else {
            return Ok(Reader::Over);
        };
        let source = Arc::new(decode(&self.name, header.raw, header.place, header.offset)?);
        let (columns, note) = AnswerColumns::new(&source, &header.fields)?;
        Ok(Reader::Csv(Box::new(rows), columns, note))
    }

    fn read_row(&mut self) -> Result<Option<Item>, ReadError> {
        let Reader::Csv(rows, columns, note) = &mut self.reader else { return Ok(None) };
        let (row, note) = (rows.next_row(), note.take());
        let row = match row {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(None),
            Err(error) => return Err(self.failed_row(error)),
        };
        let text = decode(&self.name, row.raw, row.place, row.offset).and_then(|source| {
            let json = columns.element(&Arc::new(source), &row.fields)?;
            Ok(Arc::new(Source::part(Arc::clone(&self.name), json, row.place)))
        });
        Ok(Some(Item { number: row.place.line as u64, text, note }))
    }

    fn failed(&self, error: io::Error) -> ReadError {
        let path = self.path.as_deref().map(Path::to_owned);
        ReadError::File(FileError { path, action: Action::Read, kind: FileErrorKind::from(error) })
    }

    fn failed_row(&self, error: io::Error) -> ReadError {
        if error.kind() != io::ErrorKind::FileTooLarge {
            return self.failed(error);
        }
        let message =
            format!("a row of `{}` has more than {} MiB", one_line(&self.name), MAX_ELEMENT_BYTES >> 20);
        Diagnostic::error("element-too-long", message).help("check whether a closing quote is missing").into()
    }

    fn too_long(&self, place: Position) -> Diagnostic {
        let source = Arc::new(Source::part(Arc::clone(&self.name), "", place));
        Diagnostic::error(
            "element-too-long",
            format!("this line has more than {} MiB", MAX_ELEMENT_BYTES >> 20),
        )
        .at_hidden(&source, 0..0)
        .help("check whether the line break after an element is missing")
    }
}

impl Iterator for Elements {
    type Item = Result<Item, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read().map_err(|error| match error {
            ReadError::File(error) => finding(&error),
            ReadError::Text(diagnostic) => *diagnostic,
        });
        read.transpose()
    }
}

fn decode(name: &Arc<str>, bytes: Vec<u8>, place: Position, offset: usize) -> Result<Source, Diagnostic> {
    Source::decode_part(Arc::clone(name), bytes, place, offset).map_err(|error| undecodable(name, &error))
}

/// Why no further element can be read.
pub(super) enum ReadError {
    File(FileError),
    Text(Box<Diagnostic>),
}

impl From<Diagnostic> for ReadError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Text(Box::new(diagnostic))
    }
}

impl std::fmt::Debug for Elements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Elements").field("name", &self.name).finish_non_exhaustive()
    }
}
