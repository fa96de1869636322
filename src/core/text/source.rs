//! A text with a name, and places in it. Every message that says "line 3, column 7" goes through here.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

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
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A line and a column, both counted from 1; columns count characters, as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    /// The character in that line, from 1.
    pub column: usize,
}

impl Place {
    /// Where every text begins.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place in a file of a place in a part of it that begins here.
    #[must_use]
    pub fn then(self, inner: Self) -> Self {
        match inner.line {
            1 => Self { line: self.line, column: self.column + inner.column - 1 },
            line => Self { line: self.line + line - 1, ..inner },
        }
    }

    /// Moves over bytes of a text, which need not be whole characters.
    pub fn advance(&mut self, bytes: &[u8]) {
        let mut breaks = memchr::memchr_iter(b'\n', bytes);
        let mut line = bytes;
        if let Some(last) = breaks.next_back() {
            self.line += 1 + breaks.count();
            self.column = 1;
            line = &bytes[last + 1..];
        }
        // Each character has one byte that does not continue another.
        self.column += line.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// How many bytes lie between two remembered places.
const STRIDE: usize = 4096;
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text and the name under which messages speak of it. A byte-order mark is kept apart from the
/// text, so that offsets and columns count what a person sees.
///
/// It may be a part of a larger text, such as one line of many: its places are those in the whole.
pub struct Source {
    name: Arc<str>,
    whole: String,
    start: usize,
    begins: Place,
    is_part: bool,
    /// The place of every [`STRIDE`]th byte, so that a place is found in constant time, also in a very long line.
    places: OnceLock<Vec<Place>>,
}

impl Source {
    pub fn new(name: impl Into<Arc<str>>, whole: impl Into<String>) -> Self {
        let whole = whole.into();
        let start = if whole.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self {
            name: name.into(),
            whole,
            start,
            begins: Place::START,
            is_part: false,
            places: OnceLock::new(),
        }
    }

    /// Names a part of a text, which begins at this place of the whole.
    pub fn part(name: impl Into<Arc<str>>, text: impl Into<String>, begins: Place) -> Self {
        Self {
            name: name.into(),
            whole: text.into(),
            start: 0,
            begins,
            is_part: true,
            places: OnceLock::new(),
        }
    }

    /// Reads bytes as UTF-8 without copying them.
    ///
    /// # Errors
    /// When the bytes are another encoding: UTF-16 or UTF-32 by its mark or its zero bytes, or no
    /// UTF-8 at all.
    pub fn decode(name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Result<Self, DecodeError> {
        if let Some(encoding) = foreign_encoding(&bytes) {
            return Err(DecodeError::Foreign { encoding });
        }
        text(bytes, Place::START, 0).map(|whole| Self::new(name, whole))
    }

    /// Reads bytes as a part of a text in UTF-8, without copying them. They begin at this place, and at this
    /// offset in bytes, of the whole.
    pub fn decode_part(
        name: impl Into<Arc<str>>,
        bytes: Vec<u8>,
        begins: Place,
        offset: usize,
    ) -> Result<Self, DecodeError> {
        text(bytes, begins, offset).map(|text| Self::part(name, text, begins))
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

    /// Whether it is a part of a larger text.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Where it begins in the text that it is a part of.
    pub fn begins(&self) -> Place {
        self.begins
    }

    /// The line and column of a byte offset, in the text that it is a part of; an offset past the end is
    /// the end.
    pub fn place(&self, offset: usize) -> Place {
        let text = self.text();
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let places = self.places.get_or_init(|| {
            let strides = text.as_bytes().chunks(STRIDE).scan(Place::START, |place, stride| {
                let start = *place;
                place.advance(stride);
                Some(start)
            });
            strides.collect()
        });
        let stride = (offset / STRIDE).min(places.len().saturating_sub(1));
        let mut place = places.get(stride).copied().unwrap_or(Place::START);
        place.advance(&text.as_bytes()[stride * STRIDE..offset]);
        self.begins.then(place)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may hold credentials or a hundred megabytes; its size says enough.
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.whole.len()).finish()
    }
}

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
        byte: u8,
        place: Place,
    },
}

/// The encoding other than UTF-8 that a text begins in, seen by its mark or by its zero bytes; four bytes are
/// enough.
pub fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [0, 0, 0, a, ..] | [a, 0, 0, 0, ..] if *a != 0 => Some("UTF-32"),
        [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some("UTF-16"),
        _ => None,
    }
}

fn text(bytes: Vec<u8>, begins: Place, first: usize) -> Result<String, DecodeError> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line_start = bytes[..offset].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
        let line = 1 + bytes[..offset].iter().filter(|b| **b == b'\n').count();
        let column = 1 + String::from_utf8_lossy(&bytes[line_start..offset]).chars().count();
        let place = begins.then(Place { line, column });
        DecodeError::Invalid { offset: first + offset, byte: bytes[offset], place }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_part_are_those_in_the_whole() {
        let begins = Place { line: 3, column: 5 };
        let part = Source::part("x", "ab\ncd", begins);
        assert_eq!(part.place(0), begins);
        assert_eq!(part.place(1), Place { line: 3, column: 6 });
        assert_eq!(part.place(4), Place { line: 4, column: 2 });
        let error = Source::decode_part("x", b"a\n\xff".to_vec(), begins, 20).unwrap_err();
        let place = Place { line: 4, column: 1 };
        assert_eq!(error, DecodeError::Invalid { offset: 22, byte: 0xff, place });
    }

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let source = Source::new("x", "äb\ncd");
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
        assert_eq!(source.place(2), Place { line: 1, column: 2 });
        assert_eq!(source.place(4), Place { line: 2, column: 1 });
        assert_eq!(source.place(99), Place { line: 2, column: 3 });
    }

    #[test]
    fn places_are_the_same_wherever_a_stride_begins() {
        let text: String = (0..3_000).map(|n| if n % 700 == 0 { "\r\n" } else { "aé€😀" }).collect();
        let source = Source::new("x", text.as_str());
        let mut expected = Place::START;
        for (offset, c) in text.char_indices() {
            assert_eq!(source.place(offset), expected, "{offset}");
            expected = match c {
                '\n' => Place { line: expected.line + 1, column: 1 },
                _ => Place { column: expected.column + 1, ..expected },
            };
        }
        assert_eq!(source.place(text.len()), expected);
        assert_eq!(Source::new("x", "").place(0), Place::START);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let source = Source::decode("x", b"\xef\xbb\xbf{}".to_vec()).unwrap();
        assert_eq!(source.text(), "{}");
        assert!(source.start > 0);
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
