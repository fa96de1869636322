//! Decodes the escapes of a text, and maps each byte to the original: programs may escape any part of a secret.

use std::ops::Range;

pub(super) struct Unescaped {
    pub(super) bytes: Vec<u8>,
    /// The range in the original text from which each byte was decoded. Texts are limited to 16 MiB, so 32 bits suffice.
    places: Vec<Range<u32>>,
}

impl Unescaped {
    /// The text must be shorter than 4 GiB.
    pub(super) fn new(text: &str) -> Self {
        let places = (0..u32::MAX).map(|at| at..at + 1).take(text.len()).collect();
        Self { bytes: text.as_bytes().to_vec(), places }
    }

    /// Decodes one layer of escapes: `%2F`, in JSON `\/`, `\n` and `\u002f`, in HTML `&amp;` and `&#47;`. None if there is
    /// none.
    pub(super) fn without_a_layer(&self) -> Option<Self> {
        let mut less = self.empty();
        let mut done = 0;
        while let Some(found) = memchr::memchr3(b'%', b'\\', b'&', &self.bytes[done..]) {
            let at = done + found;
            less.copy(self, done..at);
            let Some((length, character)) = escape(&self.bytes[at..]) else {
                less.copy(self, at..at + 1);
                done = at + 1;
                continue;
            };
            let mut utf8 = [0; 4];
            let own = match character {
                Escaped::Byte(byte) => {
                    utf8[0] = byte;
                    &utf8[..1]
                }
                Escaped::Char(c) => c.encode_utf8(&mut utf8).as_bytes(),
            };
            less.bytes.extend_from_slice(own);
            let place = self.places[at].start..self.places[at + length - 1].end;
            less.places.extend(own.iter().map(|_| place.clone()));
            done = at + length;
        }
        if less.bytes.len() == done {
            return None;
        }
        less.copy(self, done..self.bytes.len());
        Some(less)
    }

    /// Removes line breaks between base64 characters. None if there are none.
    pub(super) fn without_line_breaks(&self) -> Option<Self> {
        let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let is_base64 =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
        let mut joined = self.empty();
        let mut done = 0;
        while let Some(found) = memchr::memchr2(b'\r', b'\n', &self.bytes[done..]) {
            let at = done + found;
            joined.copy(self, done..at);
            let end = at + self.bytes[at..].iter().take_while(is_break).count();
            let is_inside =
                joined.bytes.last().is_some_and(is_base64) && self.bytes.get(end).is_some_and(is_base64);
            if !is_inside {
                joined.copy(self, at..end);
            }
            done = end;
        }
        if joined.bytes.len() == done {
            return None;
        }
        joined.copy(self, done..self.bytes.len());
        Some(joined)
    }

    fn empty(&self) -> Self {
        Self { bytes: Vec::with_capacity(self.bytes.len()), places: Vec::with_capacity(self.bytes.len()) }
    }

    fn copy(&mut self, from: &Self, range: Range<usize>) {
        self.bytes.extend_from_slice(&from.bytes[range.clone()]);
        self.places.extend_from_slice(&from.places[range]);
    }

    /// The range from which these bytes were decoded. An escape is always included as a whole.
    pub(super) fn place(&self, bytes: Range<usize>) -> Range<usize> {
        let places = &self.places[bytes];
        let offset = |at: Option<u32>| at.and_then(|at| usize::try_from(at).ok()).unwrap_or_default();
        offset(places.first().map(|place| place.start))..offset(places.last().map(|place| place.end))
    }
}

enum Escaped {
    Byte(u8),
    Char(char),
}

/// The escape at the start of a text, and its length.
fn escape(bytes: &[u8]) -> Option<(usize, Escaped)> {
    let hex = |from: usize, length: usize| {
        let digits = bytes.get(from..from + length)?;
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
    };
    match bytes {
        [b'%', ..] => Some((3, Escaped::Byte(u8::try_from(hex(1, 2)?).ok()?))),
        [b'\\', b'u', ..] => {
            let unit = hex(2, 4)?;
            if let Some(c) = char::from_u32(unit) {
                return Some((6, Escaped::Char(c)));
            }
            let low =
                Some(unit).filter(|unit| *unit < 0xdc00 && bytes.get(6..8) == Some(b"\\u")).and(hex(8, 4))?;
            let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            Some((12, Escaped::Char(char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)?)))
        }
        [b'\\', own @ (b'/' | b'\\' | b'"'), ..] => Some((2, Escaped::Byte(*own))),
        [b'\\', b'n', ..] => Some((2, Escaped::Byte(b'\n'))),
        [b'\\', b'r', ..] => Some((2, Escaped::Byte(b'\r'))),
        [b'\\', b't', ..] => Some((2, Escaped::Byte(b'\t'))),
        [b'&', ..] => entity(bytes),
        _ => None,
    }
}

/// The HTML character reference at the start of a text, and its length.
fn entity(bytes: &[u8]) -> Option<(usize, Escaped)> {
    const MAX_ENTITY_LENGTH: usize = 10;
    let end = bytes.iter().take(MAX_ENTITY_LENGTH).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&bytes[1..end]).ok()?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((end + 1, Escaped::Char(character)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_decoded_one_by_one_and_ranges_lead_to_the_original() {
        let text = r"a%252Fb\u00fc\ud83e\udef5\/%zz\u12";
        let one = Unescaped::new(text).without_a_layer().unwrap();
        assert_eq!(String::from_utf8_lossy(&one.bytes), "a%2Fbü🫵/%zz\\u12");
        let two = one.without_a_layer().unwrap();
        assert_eq!(String::from_utf8_lossy(&two.bytes), "a/bü🫵/%zz\\u12");
        assert!(two.without_a_layer().is_none());
        assert_eq!(&text[two.place(1..2)], "%252F");
        assert_eq!(&text[two.place(3..5)], "\\u00fc");
        assert_eq!(&text[two.place(3..4)], "\\u00fc");
        assert_eq!(&text[two.place(5..9)], "\\ud83e\\udef5");
        assert_eq!(&text[two.place(two.bytes.len() - 2..two.bytes.len())], "12");
    }

    #[test]
    fn html_is_decoded_and_line_breaks_are_removed() {
        let less = Unescaped::new("a&amp;&#39;&#x22;&lt;&nbsp;&").without_a_layer().unwrap();
        assert_eq!(String::from_utf8_lossy(&less.bytes), "a&'\"<&nbsp;&");
        let joined = Unescaped::new("\nab\r\ncd=\n \n").without_line_breaks().unwrap();
        assert_eq!(String::from_utf8_lossy(&joined.bytes), "\nabcd=\n \n");
        assert_eq!(joined.place(2..4), 2..6);
        assert_eq!(joined.place(1..3), 1..3);
        assert!(Unescaped::new("a\n b\n").without_line_breaks().is_none());
    }
}
