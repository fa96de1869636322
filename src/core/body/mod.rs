//! The body of a message as text: content encodings removed, characters decoded, the parts of a form separated.

mod charset;
mod compression;
mod decoded;
mod multipart;

use std::borrow::Cow;

pub use charset::header_text;
pub use decoded::{Content, DecodedBody, FormPart};

use crate::core::secrets::MASK;

/// The maximum size of a decompressed body, in bytes.
const MAX_DECODED_BYTES: usize = 10 * 1024 * 1024;
/// The maximum depth of nested forms.
const DEPTH: usize = 3;

/// Decodes a body by its `content-type` and `content-encoding`. If it is not encoded that way, it is left as it is.
pub fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    content_encoding: Option<&str>,
) -> DecodedBody<'a> {
    let mut encodings = Vec::new();
    let mut undecoded = None;
    let mut is_incomplete = false;
    let mut bytes = Cow::Borrowed(bytes);
    let named = content_encoding.unwrap_or_default().split(',').map(|name| name.trim().to_ascii_lowercase());
    let named: Vec<String> = named.filter(|name| !name.is_empty() && name != "identity").collect();
    for name in named.into_iter().rev() {
        if !compression::is_supported(&name) {
            undecoded = Some(format!("`{name}` is not decoded"));
            if std::str::from_utf8(&bytes).is_ok() {
                break;
            }
            return DecodedBody { content: Content::Binary(bytes), encodings, undecoded, is_incomplete };
        }
        let Some(inner) = compression::decompress(&name, &bytes, MAX_DECODED_BYTES) else {
            // Masked bodies are stored decompressed.
            let is_masked = memchr::memmem::find(&bytes, MASK.as_bytes()).is_some();
            undecoded = Some(format!("not valid {name}")).filter(|_| !is_masked && !bytes.is_empty());
            break;
        };
        is_incomplete |= !inner.is_whole;
        bytes = Cow::Owned(inner.bytes);
        encodings.push(name);
    }
    let content = content(bytes, content_type.unwrap_or_default(), &mut encodings, DEPTH);
    DecodedBody { content, encodings, undecoded, is_incomplete }
}

fn content<'a>(
    bytes: Cow<'a, [u8]>,
    content_type: &str,
    encodings: &mut Vec<String>,
    depth: usize,
) -> Content<'a> {
    let boundary = multipart::boundary(content_type).filter(|_| depth > 0);
    let part = |(headers, bytes): (Vec<(String, String)>, Cow<'a, [u8]>)| {
        let named = |wanted: &str| {
            let own = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            own.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let mut encodings = Vec::new();
        let content = content(bytes, &named("content-type"), &mut encodings, depth - 1);
        FormPart { headers, body: DecodedBody { content, encodings, undecoded: None, is_incomplete: false } }
    };
    let parts = boundary.and_then(|boundary| match &bytes {
        Cow::Borrowed(bytes) => multipart::parts(bytes, &boundary)
            .map(|parts| parts.into_iter().map(|(headers, body)| part((headers, body.into()))).collect()),
        Cow::Owned(bytes) => multipart::parts(bytes, &boundary).map(|parts| {
            parts.into_iter().map(|(headers, body)| part((headers, body.to_vec().into()))).collect()
        }),
    });
    match parts {
        Some(parts) => Content::Parts(parts),
        None => charset::decode(bytes, multipart::parameter(content_type, "charset").as_deref(), encodings),
    }
}

/// A truncated body without an incomplete character at its end.
pub fn without_partial_character(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}

/// A body without secrets: unchanged if `mask` finds none, else the masked bytes, or the masked text if a secret is only found
/// after decoding.
pub fn masked_body(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> DecodedBody<'_>,
    mask: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Cow<'_, [u8]> {
    let decoded = decode(bytes);
    if let Content::Parts(_) = decoded.content {
        // The parts stay apart if each secret can be masked where it is.
        let masked = mask(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned);
        let text = mask(decode(&masked).all_text().as_bytes());
        return text.map_or(masked, Cow::Owned);
    }
    let masked = if decoded.encodings.is_empty() { None } else { mask(decoded.all_text().as_bytes()) };
    masked.or_else(|| mask(bytes)).map_or(Cow::Borrowed(bytes), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn text(body: &DecodedBody<'_>) -> String {
        body.text().map_or_else(|| format!("{body:?}"), str::to_owned)
    }

    #[test]
    fn text_is_decoded_by_its_charset_and_its_byte_order_mark() {
        for (bytes, content_type, decoded, note) in [
            (&b"M\xfcller"[..], "text/plain; charset=ISO-8859-1", "Müller", Some("iso-8859-1")),
            (b"M\xfcller", "text/plain;CharSet=\"latin1\"; a=b", "Müller", Some("latin1")),
            (b"\x80", "text/plain; charset=windows-1252", "€", Some("windows-1252")),
            (b"{\0}\0", "application/json; charset=utf-16le", "{}", Some("utf-16le")),
            (b"\0{\0}", "application/json; charset=utf-16", "{}", Some("utf-16")),
            (b"\0{\0}", "application/json", "{}", Some("utf-16be")),
            (b"\xff\xfe{\0}\0", "application/json", "{}", Some("utf-16le")),
            (b"\xef\xbb\xbf{}", "application/json", "{}", Some("byte order mark")),
            (b"\xef\xbb\xbf{}", "text/plain; charset=iso-8859-1", "{}", Some("byte order mark")),
            ("Müller".as_bytes(), "text/plain; charset=utf-8", "Müller", None),
            ("Müller".as_bytes(), "", "Müller", None),
            (b"", "", "", None),
        ] {
            let body = decode(bytes, Some(content_type), None);
            assert_eq!((text(&body).as_str(), body.note().as_deref()), (decoded, note), "{content_type}");
        }
    }

    #[test]
    fn undecodable_bytes_are_escaped_and_the_encoding_is_named() {
        for (bytes, content_type, escaped, expected) in [
            (&b"M\xfcller"[..], "text/plain", r"M\xfcller", "utf-8"),
            (b"M\xfcller", "text/plain; charset=utf-8", r"M\xfcller", "utf-8"),
            (b"M\xfc \\xfc", "text/plain; charset=nope", r"M\xfc \xfc", "utf-8 (unknown charset nope)"),
            (b"a\x81\xffb", "text/plain; charset=shift_jis", r"a\x81\xffb", "shift_jis"),
        ] {
            let body = decode(bytes, Some(content_type), None);
            assert_eq!(
                body.content,
                Content::Escaped(escaped.to_owned(), expected.to_owned()),
                "{content_type}"
            );
            assert_eq!(body.text(), None);
        }
        let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let body = decode(image, Some("image/png"), None);
        assert_eq!(
            (&body.content, body.note().as_deref()),
            (&Content::Binary(image.into()), Some("16 bytes of binary data"))
        );
    }

    #[test]
    fn compressed_bodies_are_decompressed_within_a_limit() {
        let plain = b"{\"name\": \"M\xfcller\"}";
        let latin = Some("application/json; charset=iso-8859-1");
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(plain).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(plain).unwrap();
        for (bytes, encoding, note) in [
            (gzip(plain), "gzip", "gzip, iso-8859-1"),
            (gzip(plain), "X-GZIP , identity", "x-gzip, iso-8859-1"),
            (zlib.finish().unwrap(), "deflate", "deflate, iso-8859-1"),
            (raw.finish().unwrap(), "deflate", "deflate, iso-8859-1"),
            (gzip(&gzip(plain)), "gzip, gzip", "gzip, gzip, iso-8859-1"),
            (plain.to_vec(), "gzip", "iso-8859-1; not valid gzip"),
        ] {
            let body = decode(&bytes, latin, Some(encoding));
            assert_eq!(
                (text(&body).as_str(), body.note().as_deref()),
                ("{\"name\": \"Müller\"}", Some(note))
            );
        }
        let bomb = gzip(&vec![b'a'; MAX_DECODED_BYTES + 1]);
        let body = decode(&bomb, None, Some("gzip"));
        assert!(body.is_incomplete && body.text().is_none());
        assert_eq!(
            (body.all_text().len(), body.note().as_deref()),
            (MAX_DECODED_BYTES, Some("gzip; truncated"))
        );
        let whole = gzip(&(0..5000).map(|number| number.to_string()).collect::<String>().into_bytes());
        let cut = decode(&whole[..whole.len() / 2], None, Some("gzip"));
        assert!(cut.is_incomplete && cut.all_text().starts_with("0123"), "{cut:?}");
        let unknown = decode(b"(\xb5/\xfd", None, Some("zstd"));
        assert_eq!(unknown.note().as_deref(), Some("4 bytes of binary data; `zstd` is not decoded"));
    }

    #[test]
    fn a_form_is_decoded_part_by_part() {
        let form = b"ignored\r\n--x y\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{\"a\": 1}\r\n--x y\r\n\
            content-type: text/plain; charset=iso-8859-1\r\n\r\nM\xfcller\r\n--x y  \r\n\r\n\0\x01--x y\r\n--x y--\r\nignored";
        let body = decode(form, Some("multipart/form-data; boundary=\"x y\""), None);
        let Content::Parts(parts) = &body.content else { panic!("{body:?}") };
        let texts: Vec<String> = parts.iter().map(|part| text(&part.body)).collect();
        assert_eq!(texts[..2], ["{\"a\": 1}", "Müller"]);
        assert_eq!(parts[2].body.content, Content::Binary(b"\0\x01--x y"[..].into()));
        assert_eq!(parts[0].headers[0].1, "form-data; name=\"json\"");
        assert_eq!((parts.len(), parts[2].headers.len()), (3, 0));
        assert!(body.all_text().contains("Müller"));
        let none = decode(b"plain", Some("multipart/form-data; boundary=x"), None);
        assert_eq!(none.text(), Some("plain"));
        let cut = decode(b"--x\r\n\r\nabc", Some("multipart/mixed; boundary=x"), Some("identity"));
        assert_eq!(cut.all_text(), "abc");
    }
}
