//! Takes many elements apart, a JSON list or JSON lines, as their bytes come in: of the text only the element
//! under way is kept. An element is not looked into further than to find its end; that is for
//! [`check`](super::check).

mod offence;

use memchr::{memchr, memchr_iter, memchr2};

use crate::core::text::{Place, foreign_encoding};

/// One element, as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Of JSON lines the line in the file, of a list the position in it; both from 1.
    pub number: u64,
    /// Where it begins.
    pub place: Place,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// Its bytes; none for a line that is too long.
    pub bytes: Option<Vec<u8>>,
}

/// Why nothing can be taken out of a text any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitError {
    /// Where.
    pub place: Place,
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// What is wrong: a fragment.
    pub message: String,
    /// The way out.
    pub help: &'static str,
}

/// Finds the elements in bytes that come in parts of any size.
///
/// The first byte that is no space decides: `[` begins a list, anything else the first of many lines.
#[derive(Debug)]
pub struct Splitter {
    longest: usize,
    /// Bytes of the byte-order mark that are still to come.
    mark: usize,
    state: State,
    /// Where the next byte stands.
    here: Spot,
    /// Where the element under way begins.
    began: Spot,
    item: Vec<u8>,
    is_too_long: bool,
    found: u64,
}

#[derive(Debug, Clone, Copy)]
struct Spot {
    place: Place,
    offset: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but space was seen.
    Undecided,
    /// In a line. The column of `here` is not kept up to date there.
    Line,
    /// In a list, where an element may begin.
    Before { comma: Option<Place> },
    /// In an object, a list or a string of a list.
    Inside { depth: usize, in_string: bool, is_escaped: bool },
    /// In a number or a word of a list.
    Bare,
    /// Behind an element of a list.
    After,
    /// Behind the list.
    End,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Splitter {
    /// Begins with a look at the first bytes, at least four unless there are fewer; they are still to be given
    /// to [`take`](Self::take). An element may have up to `longest` bytes.
    ///
    /// # Errors
    /// When it is no UTF-8, or no text at all.
    pub fn new(first: &[u8], longest: usize) -> Result<Self, SplitError> {
        if let Some(encoding) = foreign_encoding(first) {
            return Err(offence::foreign(encoding));
        }
        if first.first() == Some(&0) {
            return Err(offence::no_text());
        }
        let here = Spot { place: Place::START, offset: 0 };
        Ok(Self {
            longest,
            mark: if first.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 },
            state: State::Undecided,
            here,
            began: here,
            item: Vec::new(),
            is_too_long: false,
            found: 0,
        })
    }

    /// Whether the text is found to be lines, and not a list.
    pub fn is_lines(&self) -> bool {
        self.state == State::Line
    }

    /// Takes bytes up to the end of an element, or all of them when it does not end in them. Says how many it
    /// took.
    ///
    /// # Errors
    /// When nothing more can be found.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(usize, Option<Piece>), SplitError> {
        let mut used = self.mark.min(bytes.len());
        self.mark -= used;
        self.here.offset += used;
        while used < bytes.len() {
            let rest = &bytes[used..];
            let (taken, piece) = match self.state {
                State::Undecided => self.decide(rest),
                State::Line => self.line(rest),
                State::Before { comma } => (self.before(rest, comma)?, None),
                State::Inside { .. } => self.inside(rest)?,
                State::Bare => self.bare(rest)?,
                State::After => (self.after(rest)?, None),
                State::End => (self.end(rest)?, None),
            };
            used += taken;
            if piece.is_some() {
                return Ok((used, piece));
            }
        }
        Ok((used, None))
    }

    /// Takes notice that there are no more bytes; returns a last line that has no line break.
    ///
    /// # Errors
    /// When they end inside a list.
    pub fn finish(&mut self) -> Result<Option<Piece>, SplitError> {
        match std::mem::replace(&mut self.state, State::End) {
            State::Line => Ok(self.finished_line()),
            State::Undecided | State::End => Ok(None),
            State::Before { .. } | State::After => Err(offence::open_list(self.here.place, self.found)),
            State::Inside { .. } | State::Bare => {
                Err(offence::open_element(self.began.place, self.found + 1))
            }
        }
    }

    fn decide(&mut self, rest: &[u8]) -> (usize, Option<Piece>) {
        let space = self.skip_space(rest);
        match rest.get(space) {
            None => (space, None),
            Some(b'[') => {
                self.skip(b"[");
                self.state = State::Before { comma: None };
                (space + 1, None)
            }
            Some(_) => {
                self.state = State::Line;
                self.began = self.here;
                (space, None)
            }
        }
    }

    fn line(&mut self, rest: &[u8]) -> (usize, Option<Piece>) {
        let end = memchr(b'\n', rest);
        let part = &rest[..end.unwrap_or(rest.len())];
        self.here.offset += part.len();
        if self.item.len() + part.len() > self.longest {
            self.is_too_long = true;
        }
        if self.is_too_long {
            self.item = Vec::new();
        } else {
            self.item.extend_from_slice(part);
        }
        if end.is_none() {
            return (part.len(), None);
        }
        let piece = self.finished_line();
        self.here.offset += 1;
        self.here.place = Place { line: self.here.place.line + 1, column: 1 };
        self.began = self.here;
        (part.len() + 1, piece)
    }

    /// The line under way, unless it is blank.
    fn finished_line(&mut self) -> Option<Piece> {
        let is_too_long = std::mem::take(&mut self.is_too_long);
        if self.item.last() == Some(&b'\r') {
            self.item.pop();
        }
        if !is_too_long && self.item.iter().all(|byte| is_space(*byte)) {
            self.item.clear();
            return None;
        }
        let bytes = std::mem::take(&mut self.item);
        self.found += 1;
        Some(Piece {
            number: self.began.place.line as u64,
            place: self.began.place,
            offset: self.began.offset,
            bytes: (!is_too_long).then_some(bytes),
        })
    }

    fn before(&mut self, rest: &[u8], comma: Option<Place>) -> Result<usize, SplitError> {
        let space = self.skip_space(rest);
        let Some(first) = rest.get(space) else { return Ok(space) };
        self.state = match (first, comma) {
            (b']', None) => {
                self.skip(b"]");
                self.state = State::End;
                return Ok(space + 1);
            }
            (b']', Some(comma)) => return Err(offence::trailing_comma(comma)),
            (b',', _) => return Err(offence::nothing_before_comma(self.here.place)),
            (b'{' | b'[' | b'"', _) => State::Inside { depth: 0, in_string: false, is_escaped: false },
            _ => State::Bare,
        };
        self.began = self.here;
        Ok(space)
    }

    fn inside(&mut self, rest: &[u8]) -> Result<(usize, Option<Piece>), SplitError> {
        let State::Inside { mut depth, mut in_string, mut is_escaped } = self.state else {
            return Ok((0, None));
        };
        let mut at = 0;
        let mut is_over = false;
        if std::mem::take(&mut is_escaped) {
            at += 1;
        }
        while !is_over {
            if in_string {
                let Some(found) = memchr2(b'"', b'\\', &rest[at..]) else {
                    at = rest.len();
                    break;
                };
                at += found + 1;
                if rest[at - 1] == b'"' {
                    in_string = false;
                    is_over = depth == 0;
                } else if at == rest.len() {
                    is_escaped = true;
                    break;
                } else {
                    at += 1;
                }
            } else {
                let Some(found) = rest[at..].iter().position(|byte| BRACKETS[usize::from(*byte)]) else {
                    at = rest.len();
                    break;
                };
                at += found + 1;
                match rest[at - 1] {
                    b'"' => in_string = true,
                    b'{' | b'[' => depth += 1,
                    _ => {
                        depth = depth.saturating_sub(1);
                        is_over = depth == 0;
                    }
                }
            }
        }
        self.keep(&rest[..at])?;
        if is_over {
            return Ok((at, Some(self.finished_item())));
        }
        self.state = State::Inside { depth, in_string, is_escaped };
        Ok((at, None))
    }

    fn bare(&mut self, rest: &[u8]) -> Result<(usize, Option<Piece>), SplitError> {
        let end = rest.iter().position(|byte| is_space(*byte) || matches!(byte, b',' | b']'));
        let taken = end.unwrap_or(rest.len());
        self.keep(&rest[..taken])?;
        Ok((taken, end.map(|_| self.finished_item())))
    }

    fn finished_item(&mut self) -> Piece {
        self.state = State::After;
        self.found += 1;
        Piece {
            number: self.found,
            place: self.began.place,
            offset: self.began.offset,
            bytes: Some(std::mem::take(&mut self.item)),
        }
    }

    fn after(&mut self, rest: &[u8]) -> Result<usize, SplitError> {
        let space = self.skip_space(rest);
        let comma = self.here.place;
        let Some(next) = rest.get(space) else { return Ok(space) };
        self.state = match next {
            b',' => State::Before { comma: Some(comma) },
            b']' => State::End,
            _ => return Err(offence::no_comma(self.here.place)),
        };
        self.skip(b",");
        Ok(space + 1)
    }

    fn end(&mut self, rest: &[u8]) -> Result<usize, SplitError> {
        let space = self.skip_space(rest);
        match rest.get(space) {
            None => Ok(space),
            // Another list: the next page of an API, say.
            Some(b'[') => {
                self.skip(b"[");
                self.state = State::Before { comma: None };
                Ok(space + 1)
            }
            Some(_) => Err(offence::behind_list(self.here.place)),
        }
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), SplitError> {
        if self.item.len() + part.len() > self.longest {
            return Err(offence::too_long(self.began.place, self.found + 1, self.longest));
        }
        self.item.extend_from_slice(part);
        self.skip(part);
        Ok(())
    }

    fn skip_space(&mut self, rest: &[u8]) -> usize {
        let space = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
        self.skip(&rest[..space]);
        space
    }

    fn skip(&mut self, part: &[u8]) {
        self.here.offset += part.len();
        let mut breaks = memchr_iter(b'\n', part);
        let last_line = match breaks.next_back() {
            Some(last) => {
                self.here.place.line += 1 + breaks.count();
                self.here.place.column = 1;
                &part[last + 1..]
            }
            None => part,
        };
        // Bytes that begin a character, of those that are UTF-8.
        self.here.place.column += last_line.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    }
}

const BRACKETS: [bool; 256] = {
    let mut table = [false; 256];
    let (brackets, mut index) = (b"{}[]\"", 0);
    while index < brackets.len() {
        table[brackets[index] as usize] = true;
        index += 1;
    }
    table
};

/// What JSON takes for space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
