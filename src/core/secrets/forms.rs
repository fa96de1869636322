//! The encodings in which a secret may be echoed.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// The text as it is, in JSON, and in JSON inside JSON: what was sent in a body may come back
/// encoded as a whole, and is shown in JSON again.
pub(super) fn nested(text: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([text.to_owned()]);
    for _ in 0..2 {
        let escaped: Vec<String> = texts.iter().flat_map(|text| json_escaped(text)).collect();
        texts.extend(escaped);
    }
    texts
}

/// Every encoding of a text that may be echoed.
pub(super) fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        url::form_urlencoded::byte_serialize(bytes).collect(),
    ];
    // Some encode more than they must.
    for kept in [UNRESERVED_KEPT, NON_ALPHANUMERIC] {
        let encoded = percent_encode(bytes, kept).to_string();
        forms.extend([with_lower_case_escapes(&encoded), encoded]);
    }
    forms.extend(json_escaped(secret));
    // Base64 of a text that holds the secret: its middle depends on where in a group of three it starts.
    for skip in 0..3 {
        let mut padded = vec![0; skip];
        padded.extend_from_slice(bytes);
        let first_own = [0, 2, 3][skip];
        let last_own = padded.len() * 8 / 6;
        for engine in [&STANDARD, &URL_SAFE] {
            let encoded = engine.encode(&padded);
            if last_own > first_own + 4 {
                forms.push(encoded[first_own..last_own].to_owned());
            }
        }
    }
    forms
}

/// The text inside of a JSON string: as most programs write it, with a backslash before each slash, and
/// in ASCII alone, as PHP and Python do.
pub(super) fn json_escaped(text: &str) -> [String; 4] {
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

/// `%2f` for `%2F`; the letters of the text itself stay.
pub(super) fn with_lower_case_escapes(encoded: &str) -> String {
    let mut lower = encoded.to_owned();
    for (at, _) in encoded.match_indices('%') {
        lower[at..at + 3].make_ascii_lowercase();
    }
    lower
}

/// Everything but RFC 3986's unreserved characters is encoded.
pub(super) const UNRESERVED_KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
