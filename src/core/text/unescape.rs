//! A text with its escapes undone, and the place of each byte in what it was: a program may escape as much of a secret as it
//! likes.

use std::ops::Range;

/// A text without escapes.
pub(super) struct Unescaped {
    pub(super) bytes: Vec<u8>,
    /// Where each byte begins in the text as it was, and at the end its length.
    starts: Vec<usize>,
}

impl Unescaped {
    /// The text as it is.
    pub(super) fn new(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), starts: (0..=text.len()).collect() }
    }

    /// The same with one layer of escapes less: `%2F`, and in JSON `\/` and `\u002f`. None when there is none.
    pub(super) fn without_a_layer(&self) -> Option<Self> {
        let mut less = Self { bytes: Vec::with_capacity(self.bytes.len()), starts: Vec::new() };
        let mut at = 0;
        while let Some(byte) = self.bytes.get(at) {
            let (length, character) = escape(&self.bytes[at..]).unwrap_or((1, Escaped::Byte(*byte)));
            let mut utf8 = [0; 4];
            let own = match character {
                Escaped::Byte(byte) => {
                    utf8[0] = byte;
                    &utf8[..1]
                }
                Escaped::Char(c) => c.encode_utf8(&mut utf8).as_bytes(),
            };
            less.bytes.extend_from_slice(own);
            less.starts.extend(own.iter().map(|_| self.starts[at]));
            at += length;
        }
        less.starts.push(self.starts[self.bytes.len()]);
        (less.bytes.len() < self.bytes.len()).then_some(less)
    }

    /// Where bytes of this text stand in the text as it was. One of several that an escape stands for takes it all.
    pub(super) fn place(&self, bytes: Range<usize>) -> Range<usize> {
        let start = self.starts[bytes.start];
        let last = self.starts[bytes.end - 1];
        let behind = self.starts[bytes.end..].iter().find(|own| **own > last);
        start..behind.copied().unwrap_or(last)
    }
}

enum Escaped {
    Byte(u8),
    Char(char),
}

/// The escape that a text begins with, and its length.
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
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_taken_off_one_by_one_and_places_lead_back() {
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
}
