//! Character encodings: detection and decoding.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, mem};

use super::decoded::{Content, escaped};
use crate::core::secrets::MASK;

/// Text in the declared encoding, else UTF-8, or UTF-16 if it looks like it. A byte order mark takes precedence.
pub(super) fn decode<'a>(
    bytes: Cow<'a, [u8]>,
    declared: Option<&str>,
    encodings: &mut Vec<String>,
) -> Content<'a> {
    let declared = declared.map(str::to_ascii_lowercase);
    let (encoding, name, skipped) = match (Encoding::for_bom(&bytes), &declared) {
        (Some((encoding, length)), _) if encoding == UTF_8 => {
            (encoding, "byte order mark".to_owned(), length)
        }
        (Some((encoding, length)), _) => (encoding, encoding.name().to_ascii_lowercase(), length),
        // Masked bodies are stored as UTF-8.
        (None, Some(_)) if is_masked_utf_8(&bytes) => (UTF_8, "utf-8".to_owned(), 0),
        (None, Some(label)) => match Encoding::for_label(label.as_bytes()) {
            // Without a byte order mark it is either; JSON and most other text begins with ASCII.
            Some(encoding) if encoding == UTF_16LE && bytes.first() == Some(&0) => {
                (UTF_16BE, label.clone(), 0)
            }
            Some(encoding) => (encoding, label.clone(), 0),
            None => (UTF_8, format!("utf-8 (unknown charset {label})"), 0),
        },
        (None, None) if begins_as_utf_16(&bytes, 1) => (UTF_16BE, "utf-16be".to_owned(), 0),
        (None, None) if begins_as_utf_16(&bytes, 0) => (UTF_16LE, "utf-16le".to_owned(), 0),
        (None, None) => (UTF_8, "utf-8".to_owned(), 0),
    };
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(&bytes[skipped..]);
    match decoded {
        Some(text) if !text.contains('\0') => {
            if encoding != UTF_8 || skipped > 0 {
                encodings.push(name);
            }
            Content::Text(match bytes {
                Cow::Borrowed(own) if encoding == UTF_8 => {
                    std::str::from_utf8(&own[skipped..]).map_or_else(|_| Cow::Borrowed(""), Cow::Borrowed)
                }
                _ => Cow::Owned(text.into_owned()),
            })
        }
        _ if is_binary(&bytes) => Content::Binary(bytes),
        _ => Content::Escaped(escaped(&bytes), name),
    }
}

/// A header value: UTF-8 if it is valid, else Latin-1.
pub fn header_text(value: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(value).map_or_else(|_| mem::decode_latin1(value), Cow::Borrowed)
}

fn is_masked_utf_8(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, MASK.as_bytes()).is_some() && std::str::from_utf8(bytes).is_ok()
}

/// Whether it begins with ASCII in units of two bytes; `low` is the index of the low byte.
fn begins_as_utf_16(bytes: &[u8], low: usize) -> bool {
    const LOOKED_AT: usize = 4;
    let is_ascii =
        |unit: &[u8]| unit[1 - low] == 0 && (unit[low].is_ascii_graphic() || b" \t\r\n".contains(&unit[low]));
    !bytes.is_empty() && bytes.len().is_multiple_of(2) && bytes.chunks_exact(2).take(LOOKED_AT).all(is_ascii)
}

/// Whether there are control characters that do not occur in text.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| *byte < b' ' && !b"\t\n\x0b\x0c\r\x1b".contains(byte))
}
