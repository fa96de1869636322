//! The forms of a secret that are searched for: those that cannot be found by decoding the text.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use data_encoding::{BASE32_NOPAD, BASE32HEX_NOPAD};
use encoding_rs::WINDOWS_1252;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::secret::SHORTEST;

/// Shorter secrets are searched for in their own letter case only.
const SHORTEST_IN_OTHER_CASE: usize = 8;

/// Every form of a secret that may be echoed. Most escapes are decoded in the text instead, but a secret can contain what looks
/// like an escape, and nothing is decoded inside base64 and base32.
pub(super) fn forms(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    for text in variants(secret) {
        forms.extend(json_escaped(&text).into_iter().chain([text]).map(String::into_bytes));
    }
    for text in nested(secret) {
        let bytes = text.as_bytes();
        forms.insert(url::form_urlencoded::byte_serialize(bytes).collect::<String>().into_bytes());
        // Some programs encode more characters than necessary.
        for kept in [RESERVED, NON_ALPHANUMERIC] {
            let encoded = percent_encode(bytes, kept).to_string();
            forms.extend([with_lower_case_escapes(&encoded), encoded].map(String::into_bytes));
        }
        forms.extend(in_base64(bytes));
        forms.insert(text.into_bytes());
    }
    for bytes in in_other_charsets(secret) {
        forms.extend(in_base64(&bytes));
        forms.insert(bytes);
    }
    forms.extend(normalized(secret).iter().flat_map(|text| in_base64(text.as_bytes())));
    forms.extend(in_base32(secret.as_bytes()));
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// The text in other letter cases (programs convert header and host names to lower case), and if it is not ASCII, in the
/// normalization forms of Unicode and decoded with the wrong charset.
fn variants(secret: &str) -> BTreeSet<String> {
    let mut variants = BTreeSet::from([secret.to_owned()]);
    if secret.len() >= SHORTEST_IN_OTHER_CASE {
        variants.extend([secret.to_lowercase(), secret.to_uppercase()]);
    }
    if secret.is_ascii() {
        return variants;
    }
    let mut texts = Vec::from(normalized(secret));
    texts.extend(to_windows_1252(secret).map(|bytes| latin_1(&bytes)));
    for text in texts {
        let once = windows_1252(text.as_bytes());
        variants.extend([windows_1252(once.as_bytes()), once, latin_1(text.as_bytes())]);
        // Some pairs of bytes in another charset are UTF-8 by chance.
        variants.extend(to_windows_1252(&text).map(|bytes| text_of(&bytes)));
        variants.extend(with_replacements(&text));
        variants.insert(text);
    }
    variants
}

/// The text, composed and decomposed.
fn normalized(text: &str) -> [String; 3] {
    [
        text.to_owned(),
        ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned(),
        DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned(),
    ]
}

/// The text with a replacement character or `?` for each character or byte that is not ASCII, if enough of it is left.
fn with_replacements(text: &str) -> Vec<String> {
    if text.bytes().filter(u8::is_ascii).count() < SHORTEST {
        return Vec::new();
    }
    let replaced = |replacement: &str, is_by_byte: bool| {
        let count = |c: char| if is_by_byte { c.len_utf8() } else { 1 };
        text.chars()
            .map(|c| if c.is_ascii() { c.to_string() } else { replacement.repeat(count(c)) })
            .collect::<String>()
    };
    vec![replaced("?", false), replaced("?", true), replaced("\u{fffd}", false), replaced("\u{fffd}", true)]
}

/// The bytes of a text in Windows-1252, of which Latin-1 is a part, and in UTF-16.
fn in_other_charsets(text: &str) -> Vec<Vec<u8>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let bytes_of =
        |bytes: fn(u16) -> [u8; 2]| units.iter().flat_map(|unit| bytes(*unit)).collect::<Vec<u8>>();
    let mut bytes = vec![bytes_of(u16::to_le_bytes), bytes_of(u16::to_be_bytes)];
    bytes.extend(to_windows_1252(text).filter(|_| !text.is_ascii()));
    bytes
}

fn to_windows_1252(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, is_incomplete) = WINDOWS_1252.encode(text);
    (!is_incomplete).then(|| bytes.into_owned())
}

pub(super) fn windows_1252(bytes: &[u8]) -> String {
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

fn latin_1(bytes: &[u8]) -> String {
    encoding_rs::mem::decode_latin1(bytes).into_owned()
}

/// UTF-8 where it is valid, else Windows-1252.
fn text_of(bytes: &[u8]) -> String {
    bytes.utf8_chunks().flat_map(|chunk| [chunk.valid().to_owned(), windows_1252(chunk.invalid())]).collect()
}

/// The text, its JSON string, and the JSON string of that: a receiver may echo a body as a JSON string, which is then shown in
/// JSON.
fn nested(text: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([text.to_owned()]);
    for _ in 0..2 {
        let escaped: Vec<String> = texts.iter().flat_map(|text| json_escaped(text)).collect();
        texts.extend(escaped);
    }
    texts
}

/// Base64 of a text that contains these bytes.
fn in_base64(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    [&STANDARD, &URL_SAFE]
        .into_iter()
        .flat_map(move |engine| inner(bytes, 3, 6, move |bytes| engine.encode(bytes).into_bytes()))
}

/// Base32 of a text that contains these bytes, in both alphabets of RFC 4648.
fn in_base32(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    [BASE32_NOPAD, BASE32HEX_NOPAD].into_iter().flat_map(move |base32| {
        inner(bytes, 5, 5, move |bytes| base32.encode(bytes).into_bytes())
            .flat_map(|upper| [upper.to_ascii_lowercase(), upper])
    })
}

/// The characters of an encoding that depend on these bytes alone. They differ by the position of the first byte in a group of
/// bytes that are encoded together; each character encodes `bits` bits.
fn inner<'b>(
    bytes: &'b [u8],
    group: usize,
    bits: usize,
    encode: impl Fn(&[u8]) -> Vec<u8> + 'b,
) -> impl Iterator<Item = Vec<u8>> + 'b {
    (0..group).filter_map(move |skipped| {
        let padded = [&vec![0; skipped], bytes].concat();
        let (start, end) = ((skipped * 8).div_ceil(bits), padded.len() * 8 / bits);
        encode(&padded).get(start..end).map(<[u8]>::to_vec)
    })
}

/// The content of a JSON string: as most programs write it, with escaped slashes, and in ASCII, as PHP and Python do.
fn json_escaped(text: &str) -> [String; 4] {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted[1..quoted.len() - 1].to_owned();
    let ascii: String = inner.chars().map(ascii_escaped).collect();
    [inner.replace('/', "\\/"), ascii.replace('/', "\\/"), inner, ascii]
}

fn ascii_escaped(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// `%2f` for `%2F`; other letters stay.
fn with_lower_case_escapes(encoded: &str) -> String {
    let mut lower = encoded.to_owned();
    for (at, _) in encoded.match_indices('%') {
        lower[at..at + 3].make_ascii_lowercase();
    }
    lower
}

/// Encodes all but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
