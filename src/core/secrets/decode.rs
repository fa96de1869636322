//! Decodes a text in the ways in which programs encode parts of it, so that a secret in it can be found.

use super::forms::windows_1252;
use super::layer::Layer;
use super::numbers::{SEPARATORS, byte};

/// Percent-encoding decoded: `%2F` and `%u002F`.
pub(super) fn without_percent<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    unescaped(layer, b'%', percent_escape)
}

/// One layer of escapes with a backslash decoded, as in JSON and most languages: `\/`, `\n`, `\u002f`, `\x2f` and `\057`.
pub(super) fn without_backslashes<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    unescaped(layer, b'\\', backslash_escape)
}

/// Character references of HTML decoded: `&amp;`, `&sol;`, `&#47;`.
pub(super) fn without_entities<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    unescaped(layer, b'&', entity)
}

fn unescaped<'l>(
    layer: &'l Layer<'_>,
    start: u8,
    escape: fn(&[u8]) -> Option<(usize, Escaped)>,
) -> Option<Layer<'l>> {
    let bytes = &*layer.bytes;
    let mut editor = layer.edit();
    let mut at = 0;
    while let Some(found) = memchr::memchr(start, &bytes[at..]) {
        at += found;
        let Some((length, character)) = escape(&bytes[at..]) else {
            at += 1;
            continue;
        };
        match character {
            Escaped::Byte(byte) => editor.replace(at..at + length, &[byte]),
            Escaped::Char(c) => editor.replace(at..at + length, c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        at += length;
    }
    editor.finish()
}

/// Quoted-printable decoded (RFC 2045): `=2F` and soft line breaks.
pub(super) fn unquoted<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    let bytes = &*layer.bytes;
    let mut editor = layer.edit();
    for at in memchr::memchr_iter(b'=', bytes) {
        match &bytes[at + 1..] {
            [b'\r', b'\n', ..] => editor.remove(at..at + 3),
            [b'\n', ..] => editor.remove(at..at + 2),
            [high, low, ..] => {
                if let Some(byte) = byte(*high, *low) {
                    editor.replace(at..at + 3, &[byte]);
                }
            }
            _ => {}
        }
    }
    editor.finish()
}

/// Without the line breaks between characters of base64 and base32.
pub(super) fn joined<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    let bytes = &*layer.bytes;
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let mut editor = layer.edit();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\r', b'\n', &bytes[at..]) {
        let start = at + found;
        at = start + bytes[start..].iter().take_while(|byte| is_break(byte)).count();
        if start.checked_sub(1).is_some_and(|before| is_own(&bytes[before]))
            && bytes.get(at).is_some_and(is_own)
        {
            editor.remove(start..at);
        }
    }
    editor.finish()
}

/// Bytes that are not UTF-8 read as Windows-1252, of which Latin-1 is a part.
pub(super) fn without_invalid<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    if std::str::from_utf8(&layer.bytes).is_ok() {
        return None;
    }
    let mut editor = layer.edit();
    let mut at = 0;
    for chunk in layer.bytes.utf8_chunks() {
        at += chunk.valid().len();
        for byte in chunk.invalid() {
            editor.replace(at..at + 1, windows_1252(&[*byte]).as_bytes());
            at += 1;
        }
    }
    editor.finish()
}

enum Escaped {
    Byte(u8),
    Char(char),
}

/// The escape at the start of a text, and its length.
fn percent_escape(bytes: &[u8]) -> Option<(usize, Escaped)> {
    match bytes {
        [b'%', b'u', ..] => utf_16(bytes, *b"%u"),
        [b'%', high, low, ..] => Some((3, Escaped::Byte(byte(*high, *low)?))),
        _ => None,
    }
}

fn backslash_escape(bytes: &[u8]) -> Option<(usize, Escaped)> {
    match bytes {
        [b'\\', b'u' | b'x', b'{', rest @ ..] => {
            let length = rest.iter().take(MAX_CODE_POINT_DIGITS + 1).position(|byte| *byte == b'}')?;
            Some((length + 4, code_point(hex_number(&rest[..length])?)?))
        }
        [b'\\', b'u', ..] => utf_16(bytes, *b"\\u"),
        [b'\\', b'U', ..] => Some((10, code_point(hex_number(bytes.get(2..10)?)?)?)),
        [b'\\', b'x', high, low, ..] => Some((4, Escaped::Byte(byte(*high, *low)?))),
        [b'\\', b'0'..=b'7', ..] => {
            let digits = bytes[1..].iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
            let (length, number) = digits
                .fold((1, 0), |(length, number), digit| (length + 1, number * 8 + u32::from(digit - b'0')));
            Some((length, Escaped::Byte(u8::try_from(number).ok()?)))
        }
        [b'\\', b'n', ..] => Some((2, Escaped::Byte(b'\n'))),
        [b'\\', b'r', ..] => Some((2, Escaped::Byte(b'\r'))),
        [b'\\', b't', ..] => Some((2, Escaped::Byte(b'\t'))),
        [b'\\', own, ..] if own.is_ascii_punctuation() || *own == b' ' => Some((2, Escaped::Byte(*own))),
        _ => None,
    }
}

const MAX_CODE_POINT_DIGITS: usize = 8;

/// The character of a unit of UTF-16 after this prefix, or of two of them.
fn utf_16(bytes: &[u8], prefix: [u8; 2]) -> Option<(usize, Escaped)> {
    const LENGTH: usize = 6;
    let unit = |at: usize| hex_number(bytes.get(at..at + LENGTH)?.strip_prefix(&prefix)?);
    let first = unit(0)?;
    if let Some(c) = code_point(first) {
        return Some((LENGTH, c));
    }
    let low = Some(first).filter(|first| *first < 0xdc00).and_then(|_| unit(LENGTH))?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((2 * LENGTH, code_point(0x1_0000 + ((first - 0xd800) << 10) + low)?))
}

/// Control characters are read as Windows-1252, as browsers do.
fn code_point(number: u32) -> Option<Escaped> {
    match u8::try_from(number) {
        Ok(byte @ 0x80..=0x9f) => Some(Escaped::Byte(byte)),
        _ => char::from_u32(number).map(Escaped::Char),
    }
}

/// The HTML character reference at the start of a text, and its length.
fn entity(bytes: &[u8]) -> Option<(usize, Escaped)> {
    const MAX_ENTITY_LENGTH: usize = 34;
    let end = bytes.iter().take(MAX_ENTITY_LENGTH).position(|byte| *byte == b';')?;
    let reference = std::str::from_utf8(&bytes[..=end]).ok()?;
    let name = &reference[1..end];
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => hex_number(digits.as_bytes()),
            None => number.parse().ok(),
        };
        return Some((end + 1, code_point(number?)?));
    }
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let decoded = Some(reference).filter(|_| is_name).map(html_escape::decode_html_entities)?;
    let mut characters = decoded.chars();
    let first = characters.next().filter(|_| *decoded != *reference && characters.next().is_none())?;
    Some((end + 1, Escaped::Char(first)))
}

fn hex_number(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
}

/// Where the last whole character may end in a truncated text: before an escape that may be incomplete, or before a separator.
pub(super) fn ends_of_truncated(bytes: &[u8]) -> [usize; 2] {
    const MAX_ESCAPE_LENGTH: usize = 34;
    let tail = bytes.len().saturating_sub(MAX_ESCAPE_LENGTH);
    let is_start = |byte: &u8| matches!(byte, b'%' | b'\\' | b'&' | b'=');
    let start = bytes[tail..].iter().rposition(is_start).map_or(bytes.len(), |at| tail + at);
    let escape = [percent_escape, backslash_escape, entity].iter().find_map(|escape| escape(&bytes[start..]));
    let is_inside = escape.is_some_and(|(length, _)| start + length < bytes.len());
    let before_prefix = bytes.strip_suffix(b"0x").or_else(|| bytes.strip_suffix(b"0X")).unwrap_or(bytes);
    let separator =
        before_prefix.iter().rposition(|byte| !SEPARATORS.contains(byte)).map_or(0, |last| last + 1);
    [if is_inside { bytes.len() } else { start }, separator]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(layer: Option<Layer<'_>>) -> String {
        layer.map_or("-".to_owned(), |layer| String::from_utf8_lossy(&layer.bytes).into_owned())
    }

    #[test]
    fn layers_are_decoded_one_by_one_and_ranges_lead_to_the_original() {
        let original = r"a%252Fb\u00fc\ud83e\udef5\/%zz\u12";
        let layer = Layer::new(original.as_bytes());
        let none = without_percent(&layer).unwrap();
        let one = without_backslashes(&none).unwrap();
        assert_eq!(String::from_utf8_lossy(&one.bytes), "a%2Fbü🫵/%zz\\u12");
        let two = without_percent(&one).unwrap();
        assert_eq!(String::from_utf8_lossy(&two.bytes), "a/bü🫵/%zz\\u12");
        assert!(without_percent(&two).is_none() && without_entities(&two).is_none());
        assert_eq!(&original[two.place(1..2)], "%252F");
        assert_eq!(&original[two.place(3..5)], "\\u00fc");
        assert_eq!(&original[two.place(3..4)], "\\u00fc");
        assert_eq!(&original[two.place(5..9)], "\\ud83e\\udef5");
        assert_eq!(&original[two.place(two.bytes.len() - 2..two.bytes.len())], "12");
    }

    #[test]
    fn escapes_of_many_languages_are_decoded() {
        for (escaped, expected) in [
            ("a&amp;&#39;&#x22;&lt;&nbsp;&", "a&'\"<\u{a0}&"),
            ("&ouml;&Ouml;&euro;&sol;&#246;&#x0000F6;&nope;&a b;", "öÖ€/öö&nope;&a b;"),
            (r"\u{f6}\x{20ac}\U0001f6f5\x41\101\0\57", "ö€🛵AA\0/"),
            ("%u00f6%uD83E%uDEF5%u00", "ö🫵%u00"),
            (r#"\"\'\$\ \a\8"#, r#""'$ \a\8"#),
        ] {
            let layer = Layer::new(escaped.as_bytes());
            let decoded = [without_percent(&layer), without_backslashes(&layer), without_entities(&layer)];
            assert_eq!(
                decoded.into_iter().flatten().map(|layer| text(Some(layer))).collect::<Vec<_>>(),
                [expected]
            );
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_read_as_windows_1252() {
        for escaped in ["%F6%80", r"\xf6\x80", r"\366\200", "&#xf6;&#128;"] {
            let layer = Layer::new(escaped.as_bytes());
            let decoded = [without_percent(&layer), without_backslashes(&layer), without_entities(&layer)];
            let bytes = decoded.into_iter().flatten().next().unwrap();
            assert_eq!(text(without_invalid(&bytes)), "ö€", "{escaped}");
        }
        assert_eq!(text(unquoted(&Layer::new("=C3=B6a=\r\nb=3D==zz=\n".as_bytes()))), "öab===zz");
        assert_eq!(text(without_invalid(&Layer::new(b"p\xe4ss \xc3\xa4"))), "päss ä");
        assert!(without_invalid(&Layer::new("ä".as_bytes())).is_none());
    }

    #[test]
    fn line_breaks_in_base64_are_removed() {
        let layer = Layer::new(b"\nab\r\ncd=\n \n");
        let joined_lines = joined(&layer).unwrap();
        assert_eq!(String::from_utf8_lossy(&joined_lines.bytes), "\nabcd=\n \n");
        assert_eq!(joined_lines.place(2..4), 2..6);
        assert_eq!(joined_lines.place(1..3), 1..3);
        assert!(joined(&Layer::new(b"a\n b\n")).is_none());
    }

    #[test]
    fn an_incomplete_escape_or_a_separator_is_found_at_the_end() {
        for (text, start) in
            [("ab%C", 2), ("ab&ou", 2), ("ab\\u00", 2), ("ab%C3.", 6), ("ab\\30", 2), ("ab", 2), ("a=", 1)]
        {
            assert_eq!(ends_of_truncated(text.as_bytes())[0], start, "{text}");
        }
        assert_eq!(ends_of_truncated(b"61, "), [4, 2]);
        assert_eq!(ends_of_truncated(b"0x61, 0x")[1], 4);
    }
}
