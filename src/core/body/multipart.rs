//! The parts of a `multipart` body (RFC 2046, section 5.1).

use super::charset::header_text;

/// The maximum number of parts; the rest is one more part.
const MAX_PARTS: usize = 100;
/// The maximum number of headers of a part.
const MAX_HEADERS: usize = 32;

/// A part: its headers, and the bytes of its body.
type RawPart<'a> = (Vec<(String, String)>, &'a [u8]);

/// The boundary of a `multipart` content type.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let is_multipart = content_type.trim_start().get(..10)?.eq_ignore_ascii_case("multipart/");
    parameter(content_type, "boundary").filter(|boundary| is_multipart && !boundary.is_empty())
}

/// A parameter of a header value, without quotes.
pub(super) fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            unquoted(quoted)
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after[..end].trim().to_owned(), &after[end..])
        };
        let name = name.rsplit(';').next().unwrap_or_default().trim();
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// What is before the closing quote, and what follows it.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

/// The parts; none if the boundary is missing.
pub(super) fn parts<'a>(bytes: &'a [u8], boundary: &str) -> Option<Vec<RawPart<'a>>> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut start = None;
    for at in memchr::memmem::find_iter(bytes, delimiter.as_bytes()) {
        let rest = &bytes[at + delimiter.len()..];
        let is_end = rest.starts_with(b"--");
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        let ends_line = is_end || rest.get(spaces).is_none_or(|byte| *byte == b'\n');
        if at > 0 && bytes[at - 1] != b'\n' || !ends_line {
            continue;
        }
        parts.extend(start.map(|start| part(&bytes[start..at])));
        start = Some(bytes.len().min(at + delimiter.len() + spaces + 1)).filter(|_| !is_end);
        if is_end || parts.len() == MAX_PARTS {
            break;
        }
    }
    parts.extend(start.map(|start| part(&bytes[start..])));
    Some(parts).filter(|parts| !parts.is_empty())
}

fn part(bytes: &[u8]) -> RawPart<'_> {
    // The line break before a boundary belongs to the boundary.
    let bytes = bytes.strip_suffix(b"\n").map_or(bytes, |bytes| bytes.strip_suffix(b"\r").unwrap_or(bytes));
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    match httparse::parse_headers(bytes, &mut headers) {
        Ok(httparse::Status::Complete((length, headers))) => {
            let own = headers.iter().map(|own| (own.name.to_owned(), header_text(own.value).into_owned()));
            (own.collect(), &bytes[length..])
        }
        _ => (Vec::new(), bytes),
    }
}
