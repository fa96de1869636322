//! A text with a name, and positions in it: every line and column in a message comes from here.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A range of byte offsets into a [`Source`]'s text.
pub type Span = Range<usize>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A line and a column, both counted from 1; columns count characters, as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position in a whole text of a position in a part of it that begins here.
    #[must_use]
    pub fn then(self, inner: Self) -> Self {
        match inner.line {
            1 => Self { line: self.line, column: self.column + inner.column - 1 },
            line => Self { line: self.line + line - 1, ..inner },
        }
    }

    /// Moves past these bytes of a text, which may end inside a character.
    pub fn advance(&mut self, bytes: &[u8]) {
        let mut breaks = memchr::memchr_iter(b'\n', bytes);
        let mut line = bytes;
        if let Some(last) = breaks.next_back() {
            self.line += 1 + breaks.count();
            self.column = 1;
            line = &bytes[last + 1..];
        }
        // Each character has exactly one byte that is not a continuation byte.
        self.column += line.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The number of bytes between two stored positions.
const STRIDE: usize = 4096;
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text and the name that messages use for it. A byte-order mark is stored apart from the text, so that offsets and
/// columns count what a person sees.
///
/// It may be part of a larger text, such as one line of many; positions are then those in the whole.
pub struct Source {
    name: Arc<str>,
    whole: String,
    /// Where the text begins in `whole`: after the byte-order mark.
    start: usize,
    begins: Position,
    is_part: bool,
    /// The position of every [`STRIDE`]th byte: finds a position in constant time, even in a very long line.
    positions: OnceLock<Vec<Position>>,
}

impl Source {
    pub fn new(name: impl Into<Arc<str>>, whole: impl Into<String>) -> Self {
        let whole = whole.into();
        let start = if whole.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let (begins, is_part) = (Position::START, false);
        Self { name: name.into(), whole, start, begins, is_part, positions: OnceLock::new() }
    }

    /// A part of a text, which begins at this position of the whole.
    pub fn part(name: impl Into<Arc<str>>, text: impl Into<String>, begins: Position) -> Self {
        Self { whole: text.into(), start: 0, begins, is_part: true, ..Self::new(name, "") }
    }

    /// Decodes UTF-8 without copying it.
    pub fn decode(name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        if let Some(encoding) = foreign_encoding(&bytes) {
            return Err(DecodeError::Foreign { encoding });
        }
        decode_utf8(bytes, Position::START, 0).map(|whole| Self::new(name, whole))
    }

    /// Decodes part of a text without copying it. The part begins at this position and byte offset of the whole.
    pub fn decode_part(
        name: impl Into<Arc<str>>,
        bytes: Vec<u8>,
        begins: Position,
        offset: usize,
    ) -> Result<Self, DecodeError> {
        decode_utf8(bytes, begins, offset).map(|text| Self::part(name, text, begins))
    }

    /// A path as given, or a word such as `standard input`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text without its byte-order mark.
    pub fn text(&self) -> &str {
        &self.whole[self.start..]
    }

    /// The text with its byte-order mark, if it has one.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Where it begins in the whole text.
    pub fn begins(&self) -> Position {
        self.begins
    }

    /// The line and column of a byte offset, in the whole text. An offset past the end means the end.
    pub fn position(&self, offset: usize) -> Position {
        let text = self.text();
        let offset = text.floor_char_boundary(offset);
        let positions = self.positions.get_or_init(|| {
            let strides = text.as_bytes().chunks(STRIDE).scan(Position::START, |position, stride| {
                let start = *position;
                position.advance(stride);
                Some(start)
            });
            strides.collect()
        });
        let stride = (offset / STRIDE).min(positions.len().saturating_sub(1));
        let mut position = positions.get(stride).copied().unwrap_or(Position::START);
        position.advance(&text.as_bytes()[stride * STRIDE..offset]);
        self.begins.then(position)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may contain credentials, or be a hundred megabytes long.
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.whole.len()).finish()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// Another encoding, such as `UTF-16`.
    Foreign { encoding: &'static str },
    /// A byte that is not UTF-8, at this offset of the file.
    Invalid { offset: usize, byte: u8, position: Position },
}

/// UTF-16 or UTF-32, detected by its byte-order mark or its zero bytes; four bytes are enough.
pub fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [0, 0, 0, a, ..] | [a, 0, 0, 0, ..] if *a != 0 => Some("UTF-32"),
        [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some("UTF-16"),
        _ => None,
    }
}

/// Decodes bytes that begin at this position and byte offset of the whole text.
fn decode_utf8(bytes: Vec<u8>, begins: Position, first: usize) -> Result<String, DecodeError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let mut position = Position::START;
        position.advance(&bytes[..valid]);
        DecodeError::Invalid { offset: first + valid, byte: bytes[valid], position: begins.then(position) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_a_part_are_those_in_the_whole() {
        let begins = Position { line: 3, column: 5 };
        let part = Source::part("x", "ab\ncd", begins);
        assert_eq!(part.position(0), begins);
        assert_eq!(part.position(1), Position { line: 3, column: 6 });
        assert_eq!(part.position(4), Position { line: 4, column: 2 });
        let error = Source::decode_part("x", b"a\n\xff".to_vec(), begins, 20).unwrap_err();
        let position = Position { line: 4, column: 1 };
        assert_eq!(error, DecodeError::Invalid { offset: 22, byte: 0xff, position });
    }

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let source = Source::new("x", "äb\ncd");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.position(4), Position { line: 2, column: 1 });
        assert_eq!(source.position(99), Position { line: 2, column: 3 });
    }

    #[test]
    fn positions_do_not_depend_on_where_a_stride_begins() {
        let text: String = (0..3_000).map(|n| if n % 700 == 0 { "\r\n" } else { "aé€😀" }).collect();
        let source = Source::new("x", text.as_str());
        let mut expected = Position::START;
        for (offset, c) in text.char_indices() {
            assert_eq!(source.position(offset), expected, "{offset}");
            expected = match c {
                '\n' => Position { line: expected.line + 1, column: 1 },
                _ => Position { column: expected.column + 1, ..expected },
            };
        }
        assert_eq!(source.position(text.len()), expected);
        assert_eq!(Source::new("x", "").position(0), Position::START);
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_text() {
        let source = Source::decode("x", b"\xef\xbb\xbf{}".to_vec()).unwrap();
        assert_eq!(source.text(), "{}");
        assert!(source.start > 0);
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
    }

    #[test]
    fn other_encodings_are_detected() {
        for (bytes, encoding) in [
            (&b"\xff\xfe{\0}\0"[..], "UTF-16"),
            (b"\xfe\xff\0{\0}", "UTF-16"),
            (b"{\0}\0", "UTF-16"),
            (b"\0{\0}", "UTF-16"),
            (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
            (b"{\0\0\0", "UTF-32"),
        ] {
            let error = Source::decode("x", bytes.to_vec()).unwrap_err();
            assert_eq!(error, DecodeError::Foreign { encoding });
        }
    }

    #[test]
    fn an_invalid_byte_is_reported_at_its_position() {
        let error = Source::decode("x", b"ok\n\"\xc3\xa4\xff\"".to_vec()).unwrap_err();
        let position = Position { line: 2, column: 3 };
        assert_eq!(error, DecodeError::Invalid { offset: 6, byte: 0xff, position });
    }
}
