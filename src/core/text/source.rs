//! A text with a name, and places in it. Every message that says "line 3, column 7" goes through here.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

/// A range of byte offsets into a [`Source`]'s text.
pub type Span = Range<usize>;

/// A value together with where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written there.
    pub value: T,
    /// Where it stands, in bytes of the source's text.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value and its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A line and a column, both counted from 1; columns count characters, as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in that line, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text and the name under which messages speak of it. A byte-order mark is kept apart from the
/// text, so that offsets and columns count what a person sees.
pub struct Source {
    name: String,
    whole: String,
    start: usize,
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// Names a text.
    pub fn new(name: impl Into<String>, whole: impl Into<String>) -> Self {
        let whole = whole.into();
        let start = if whole.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { name: name.into(), whole, start, line_starts: OnceLock::new() }
    }

    /// Reads bytes as UTF-8 without copying them.
    ///
    /// # Errors
    /// When the bytes are another encoding: UTF-16 or UTF-32 by its mark or its zero bytes, or no
    /// UTF-8 at all.
    pub fn decode(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        if let Some(encoding) = foreign_encoding(&bytes) {
            return Err(DecodeError::Foreign { encoding });
        }
        match String::from_utf8(bytes) {
            Ok(whole) => Ok(Self::new(name, whole)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let line_start = bytes[..offset].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
                let line = 1 + bytes[..offset].iter().filter(|b| **b == b'\n').count();
                let column = 1 + String::from_utf8_lossy(&bytes[line_start..offset]).chars().count();
                Err(DecodeError::Invalid { offset, byte: bytes[offset], place: Place { line, column } })
            }
        }
    }

    /// The name messages use: a path as given, or a word such as `standard input`.
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

    /// Whether the text began with a byte-order mark.
    pub fn has_byte_order_mark(&self) -> bool {
        self.start > 0
    }

    /// The line and column of a byte offset; an offset past the end is the end.
    pub fn place(&self, offset: usize) -> Place {
        let text = self.text();
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.line_starts.get_or_init(|| {
            let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(index, _)| index + 1)).collect()
        });
        let line = starts.partition_point(|start| *start <= offset);
        let column = 1 + text[starts[line - 1]..offset].chars().count();
        Place { line, column }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may hold credentials or a hundred megabytes; its size says enough.
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.whole.len()).finish()
    }
}

/// Why bytes could not be read as UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes look like another encoding.
    Foreign {
        /// Its name, such as `UTF-16`.
        encoding: &'static str,
    },
    /// A byte that UTF-8 does not allow at this place.
    Invalid {
        /// The byte's offset in the file, from 0.
        offset: usize,
        /// The byte.
        byte: u8,
        /// Its line and column.
        place: Place,
    },
}

fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [0, 0, 0, a, ..] | [a, 0, 0, 0, ..] if *a != 0 => Some("UTF-32"),
        [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some("UTF-16"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let source = Source::new("x", "äb\ncd");
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
        assert_eq!(source.place(2), Place { line: 1, column: 2 });
        assert_eq!(source.place(4), Place { line: 2, column: 1 });
        assert_eq!(source.place(99), Place { line: 2, column: 3 });
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let source = Source::decode("x", b"\xef\xbb\xbf{}".to_vec()).unwrap();
        assert_eq!(source.text(), "{}");
        assert!(source.has_byte_order_mark());
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
    }

    #[test]
    fn other_encodings_are_named() {
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
    fn a_bad_byte_is_found_where_it_stands() {
        let error = Source::decode("x", b"ok\n\"\xc3\xa4\xff\"".to_vec()).unwrap_err();
        let place = Place { line: 2, column: 3 };
        assert_eq!(error, DecodeError::Invalid { offset: 6, byte: 0xff, place });
    }
}
