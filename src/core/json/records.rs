//! Splits a JSON list or JSON Lines into elements while reading: only a buffer and one element are in memory. It only finds
//! the end of each element, which is then parsed by [`check`](super::check), so that an invalid element does not stop the
//! reader.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Position, Source};

use super::is_space;
use super::outline::Outline;

/// One element, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its line in the file, or its position in the list; from 1.
    pub number: u64,
    pub place: Position,
    /// Its offset in bytes.
    pub offset: usize,
    /// Its bytes; none for a line that is too long.
    pub bytes: Option<Vec<u8>>,
}

/// Why no further element can be read.
#[derive(Debug)]
pub enum RecordError {
    Io(io::Error),
    Format(Box<Diagnostic>),
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

type Result<T> = std::result::Result<T, RecordError>;

/// Reads the elements of a list, or of several lists one after the other, if the text starts with `[`; else each
/// line is an element. Blank lines are skipped.
#[derive(Debug)]
pub struct Records<R> {
    name: Arc<str>,
    reader: R,
    /// The maximum size of an element in bytes.
    longest: usize,
    state: State,
    /// The position of the next byte.
    place: Position,
    offset: usize,
    /// The elements of lists so far.
    found: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Lines,
    /// In a list, before its first element.
    ListStart,
    /// In a list, after an element.
    AfterItem,
    AfterList,
}

impl<R: BufRead> Records<R> {
    /// Reads from this offset of a text, which is 0 or follows the byte-order mark.
    pub fn new(name: Arc<str>, reader: R, offset: usize, longest: usize) -> Self {
        Self { name, reader, longest, state: State::Start, place: Position::START, offset, found: 0 }
    }

    /// Whether the text consists of lines; known after the first element.
    pub fn is_lines(&self) -> bool {
        self.state == State::Lines
    }

    pub fn reader_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    fn next_record(&mut self) -> Result<Option<Record>> {
        if self.state == State::Start {
            self.state = match self.peek()? {
                None => return Ok(None),
                Some(b'[') => self.pass(State::ListStart),
                Some(_) => State::Lines,
            };
        }
        if self.is_lines() { self.next_line() } else { self.next_item() }
    }

    fn next_line(&mut self) -> Result<Option<Record>> {
        loop {
            let (place, offset) = (self.place, self.offset);
            let mut line = Vec::new();
            // A line break may follow the longest element.
            let most = self.longest as u64 + 2;
            self.offset += self.reader.by_ref().take(most).read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(None);
            }
            let is_whole = line.pop_if(|last| *last == b'\n').is_some();
            line.pop_if(|last| *last == b'\r');
            let is_too_long = line.len() > self.longest;
            if is_too_long && !is_whole {
                self.offset += self.reader.skip_until(b'\n')?;
            }
            self.place = Position { line: place.line + 1, column: 1 };
            if is_too_long || !line.iter().all(|byte| is_space(*byte)) {
                let number = place.line as u64;
                return Ok(Some(Record { number, place, offset, bytes: (!is_too_long).then_some(line) }));
            }
        }
    }

    fn next_item(&mut self) -> Result<Option<Record>> {
        loop {
            let next = self.peek()?;
            self.state = match (self.state, next) {
                (State::AfterList, None) => return Ok(None),
                (_, None) => return Err(self.truncated()),
                // Another list: the next page of an API, for example.
                (State::AfterList, Some(b'[')) => self.pass(State::ListStart),
                (State::AfterList, Some(_)) => return Err(self.data_after_list()),
                (State::ListStart | State::AfterItem, Some(b']')) => self.pass(State::AfterList),
                (State::AfterItem, Some(b',')) => {
                    let comma = self.place;
                    self.pass(State::AfterItem);
                    return match self.peek()? {
                        None => Err(self.truncated()),
                        Some(b']') => Err(self.trailing_comma(comma)),
                        Some(b',') => Err(self.missing_element()),
                        Some(first) => self.item(first).map(Some),
                    };
                }
                (State::AfterItem, Some(_)) => return Err(self.missing_comma()),
                (_, Some(b',')) => return Err(self.missing_element()),
                (_, Some(first)) => return self.item(first).map(Some),
            };
        }
    }

    /// An element of a list, to the end of its brackets or quotes, or to the next separator.
    fn item(&mut self, first: u8) -> Result<Record> {
        let (place, offset) = (self.place, self.offset);
        let is_enclosed = matches!(first, b'{' | b'[' | b'"');
        let is_end = |byte: u8| is_space(byte) || matches!(byte, b',' | b']');
        let mut outline = Outline::default();
        let mut item = Vec::new();
        let mut is_over = false;
        while !is_over {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                return Err(self.truncated_inside(place));
            }
            let mut used = 0;
            for byte in buffer {
                if !is_enclosed && is_end(*byte) {
                    is_over = true;
                    break;
                }
                used += 1;
                outline.step(used, *byte);
                if is_enclosed && outline.is_closed() {
                    is_over = true;
                    break;
                }
            }
            item.extend_from_slice(&buffer[..used]);
            self.reader.consume(used);
            self.offset += used;
            if item.len() > self.longest {
                return Err(self.too_long(place));
            }
            self.place.advance(&item[item.len() - used..]);
        }
        self.state = State::AfterItem;
        self.found += 1;
        Ok(Record { number: self.found, place, offset, bytes: Some(item) })
    }

    /// The next byte that is not whitespace.
    fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            let space = buffer.iter().take_while(|byte| is_space(**byte)).count();
            let next = buffer.get(space).copied();
            let is_end = buffer.is_empty();
            self.place.advance(&buffer[..space]);
            self.offset += space;
            self.reader.consume(space);
            if next.is_some() || is_end {
                return Ok(next);
            }
        }
    }

    /// Passes one byte that is not a line break.
    fn pass(&mut self, state: State) -> State {
        self.reader.consume(1);
        self.offset += 1;
        self.place.column += 1;
        state
    }

    fn error(
        &self,
        place: Position,
        code: &'static str,
        message: impl Into<String>,
        help: &str,
    ) -> RecordError {
        let source = Arc::new(Source::part(Arc::clone(&self.name), "", place));
        RecordError::Format(Box::new(Diagnostic::error(code, message).at_hidden(&source, 0..0).help(help)))
    }

    fn truncated(&self) -> RecordError {
        let message = match self.found {
            0 => "the list is truncated before its first element".to_owned(),
            found => format!("the list is truncated after element {found}: its `]` is missing"),
        };
        self.error(self.place, "json-unclosed", message, TRUNCATED)
    }

    fn truncated_inside(&self, place: Position) -> RecordError {
        let message = format!("the list is truncated inside element {}, which starts here", self.found + 1);
        self.error(place, "json-unclosed", message, TRUNCATED)
    }

    fn too_long(&self, place: Position) -> RecordError {
        let message =
            format!("element {} of the list is larger than {} MiB", self.found + 1, self.longest >> 20);
        self.error(place, "element-too-long", message, "check it for a missing bracket or quote")
    }

    fn trailing_comma(&self, comma: Position) -> RecordError {
        self.error(comma, "json-trailing-comma", "trailing comma after the last element", "remove it")
    }

    fn missing_element(&self) -> RecordError {
        self.error(self.place, "json-syntax", "expected an element, found `,`", "remove the comma")
    }

    fn missing_comma(&self) -> RecordError {
        let help = "separate the elements of a list with commas";
        self.error(self.place, "json-syntax", "expected `,` or `]`", help)
    }

    fn data_after_list(&self) -> RecordError {
        let help = "pass lists one after the other, or one element per line without brackets";
        self.error(self.place, "json-trailing-data", "unexpected data after the list", help)
    }
}

/// An error is the last item.
impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_record().transpose()
    }
}

const TRUNCATED: &str =
    "check that the file is complete, and that no bracket or quote is missing before this position";
