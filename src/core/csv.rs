//! Reads the rows of a CSV file (RFC 4180) one at a time, with the position of each field.

use std::io::{self, BufRead};

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use crate::core::text::{Position, Span};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRow {
    pub place: Position,
    pub offset: usize,
    /// The row as written, without its line break.
    pub raw: Vec<u8>,
    pub fields: Vec<CsvField>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvField {
    /// In the row, including quotes.
    pub span: Span,
    /// Without quotes.
    pub text: String,
}

/// Rows in which every field is empty or whitespace are skipped.
#[derive(Debug)]
pub struct Rows<R> {
    reader: R,
    parser: Reader,
    delimiter: u8,
    /// The maximum length of a row in bytes.
    longest: usize,
    place: Position,
    offset: usize,
}

impl<R: BufRead> Rows<R> {
    /// Reads from this offset, which may only follow a byte-order mark.
    pub fn new(reader: R, delimiter: u8, offset: usize, longest: usize) -> Self {
        let parser = ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, parser, delimiter, longest, place: Position::START, offset }
    }

    /// The next row; none at the end.
    pub fn next_row(&mut self) -> io::Result<Option<CsvRow>> {
        loop {
            let Some(row) = self.read_row()? else { return Ok(None) };
            if row.fields.iter().any(|field| !field.text.trim().is_empty()) {
                return Ok(Some(row));
            }
        }
    }

    fn read_row(&mut self) -> io::Result<Option<CsvRow>> {
        let mut row = CsvRow { place: self.place, offset: self.offset, raw: Vec::new(), fields: Vec::new() };
        let mut output = [0; 1024];
        let (mut start, mut text) = (0, Vec::new());
        loop {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            let (result, used, written) = self.parser.read_field(buffer, &mut output);
            let part = &buffer[..used];
            self.place.advance(part);
            self.offset += used;
            // The line break of the previous row, and empty lines.
            let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
            let skipped = if row.raw.is_empty() { part.iter().take_while(is_break).count() } else { 0 };
            if row.raw.is_empty() {
                row.offset += skipped;
                row.place.advance(&part[..skipped]);
            }
            row.raw.extend_from_slice(&part[skipped..]);
            let is_terminated =
                part.last().is_some_and(|last| *last == self.delimiter || matches!(last, b'\r' | b'\n'));
            self.reader.consume(used);
            text.extend_from_slice(&output[..written]);
            if row.raw.len() > self.longest {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::End => return Ok(None),
                ReadFieldResult::Field { record_end } => {
                    let end = row.raw.len() - usize::from(is_terminated);
                    let field = String::from_utf8_lossy(&text).into_owned();
                    row.fields.push(CsvField { span: start..end, text: field });
                    text.clear();
                    if record_end {
                        row.raw.truncate(end);
                        return Ok(Some(row));
                    }
                    start = row.raw.len();
                }
            }
        }
    }
}

/// The delimiter of a file by its first line: the more frequent of `,` and `;` outside quotes.
pub fn delimiter(first_line: &[u8]) -> u8 {
    let mut in_quotes = false;
    let (mut commas, mut semicolons) = (0, 0);
    for byte in first_line {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b',' if !in_quotes => commas += 1,
            b';' if !in_quotes => semicolons += 1,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn rows(text: &str, delimiter: u8, size: usize) -> Vec<(usize, String)> {
        let reader = BufReader::with_capacity(size, text.as_bytes());
        let mut rows = Rows::new(reader, delimiter, 0, 1 << 20);
        let mut found = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            assert!(text.as_bytes()[row.offset..].starts_with(&row.raw));
            for field in &row.fields {
                let written = String::from_utf8_lossy(&row.raw[field.span.clone()]).into_owned();
                assert_eq!(written.trim_matches('"').replace("\"\"", "\""), field.text);
            }
            let fields: Vec<_> = row.fields.iter().map(|field| field.text.as_str()).collect();
            found.push((row.place.line, fields.join("|")));
        }
        found
    }

    #[test]
    fn quotes_delimiters_and_line_breaks_in_fields_are_kept_with_the_line_of_each_row() {
        let text = "\r\na;b\r\n\"x;\"\"y\"\"\nz\";2\r\n\n;\n\u{e4};3\n;\"open\n";
        for size in [1, 3, 1000] {
            let expected = [(2, "a|b"), (3, "x;\"y\"\nz|2"), (7, "\u{e4}|3"), (8, "|open\n")];
            assert_eq!(
                rows(text, b';', size),
                expected.map(|(line, text)| (line, text.to_owned())),
                "{size}"
            );
        }
    }

    #[test]
    fn the_delimiter_is_the_one_outside_quotes() {
        for (line, expected) in [("email", b','), ("\"a,b,c\";d", b';'), ("a,b;c,d", b','), ("a;b", b';')] {
            assert_eq!(delimiter(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn an_endless_row_is_not_kept_in_memory() {
        let text = format!("a,\"{}", "x".repeat(100));
        let error = Rows::new(text.as_bytes(), b',', 0, 50).next_row().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
