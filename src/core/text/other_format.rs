//! Detects what was passed in place of JSON.

/// A format other than JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherFormat {
    pub name: &'static str,
    /// How to get JSON from it: a fragment in the imperative.
    pub help: &'static str,
}

const fn format(name: &'static str, help: &'static str) -> OtherFormat {
    OtherFormat { name, help }
}

/// Detects a binary format by its first bytes.
pub fn binary_format(first: &[u8]) -> Option<OtherFormat> {
    Some(match first {
        [0x1f, 0x8b, ..] => format("gzip-compressed", "decompress it first, e.g. with `gunzip`"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => format("zstd-compressed", "decompress it first, e.g. with `unzstd`"),
        [b'P', b'K', 3, 4, ..] => {
            format("a ZIP archive or a spreadsheet", "unpack it, or export the sheet as CSV or JSON")
        }
        [b'%', b'P', b'D', b'F', ..] => format("a PDF file", "use the data that the PDF was generated from"),
        _ => return None,
    })
}

/// Detects a text format by its first lines.
pub fn text_format(text: &str) -> Option<OtherFormat> {
    const MAX_TEXT_LENGTH: usize = 4096;
    let text = &text[..text.floor_char_boundary(MAX_TEXT_LENGTH)];
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let lower = text.get(..15).unwrap_or(text).to_ascii_lowercase();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, second) = (lines.next()?, lines.next());
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return Some(format(
            "HTML",
            "it may be a login page or an error page: check the URL that you downloaded",
        ));
    }
    if let Some(tag) = text.strip_prefix('<') {
        let is_xml = tag.starts_with(|c: char| c == '?' || c == '!' || c.is_alphabetic());
        return is_xml.then_some(format("XML", "convert it to JSON, e.g. with `yq -p xml -o json`"));
    }
    if first.starts_with("HTTP/1.") || first.contains(" HTTP/1.") {
        return Some(format("an HTTP message", "pass only its body"));
    }
    if is_toml_header(first) && second.is_some_and(|line| line.contains('=')) {
        return Some(format("TOML", "convert it to JSON, e.g. with `yq -p toml -o json`"));
    }
    if is_csv(first, second) {
        return Some(format("CSV", "`hooks backfill` and `hooks vars` read it with `--input-format csv`"));
    }
    if first.starts_with(['{', '[', '"', '\'']) {
        return None;
    }
    if first == "---" || is_pair(first.strip_prefix("- ").unwrap_or(first), ": ", ':') {
        return Some(format("YAML", "convert it to JSON, e.g. with `yq -o json`"));
    }
    if is_pair(first, "=", '=') {
        return Some(if first.contains('&') {
            format("form data", "write the fields as a JSON object")
        } else {
            format("`KEY=value` lines", "write the fields as a JSON object, e.g. `{\"key\": \"value\"}`")
        });
    }
    None
}

/// `[table]` or `[[table]]`.
fn is_toml_header(line: &str) -> bool {
    let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let inner =
        inner.map(|inner| inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner));
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    inner.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_bare))
}

/// A header row: names between `,`, `;` or tabs, and as many columns in the next row.
fn is_csv(first: &str, second: Option<&str>) -> bool {
    [',', ';', '\t'].into_iter().any(|delimiter| {
        let columns = first.split(delimiter).count();
        let is_name = |name: &str| {
            let name = name.trim().trim_matches('"').trim();
            !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '(' | ')'))
                && name.contains(|c: char| c.is_alphabetic())
        };
        // A quoted field may continue on the next line.
        let fits =
            second.is_none_or(|row| row.contains('"') || row.matches(delimiter).count() + 1 >= columns);
        columns > 1 && fits && first.split(delimiter).all(is_name)
    })
}

/// A name and a separator, or a name and `end` at the end of the line.
fn is_pair(line: &str, separator: &str, end: char) -> bool {
    let found = line.split_once(separator).map(|(key, _)| key).or_else(|| line.strip_suffix(end));
    found.is_some_and(|key| {
        key.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognised_by_their_first_lines() {
        for (text, name) in [
            ("email,amount\na@example.com,2\n", "CSV"),
            ("\u{feff}\"E-Mail\";\"Plätze\"\n\"a@example.com\";2\n", "CSV"),
            ("email\tamount\n", "CSV"),
            ("a;b;c\n1;\"2\n\";3\n", "CSV"),
            ("<!DOCTYPE html><html>", "HTML"),
            ("\n<html lang=\"en\">", "HTML"),
            ("<?xml version=\"1.0\"?><a/>", "XML"),
            ("<answers><answer/></answers>", "XML"),
            ("email=a%40example.com&amount=2", "form data"),
            ("EMAIL=a@example.com\nAMOUNT=2\n", "`KEY=value` lines"),
            ("---\nemail: a\n", "YAML"),
            ("email: a@example.com\namount: 2\n", "YAML"),
            ("- email: a@example.com\n", "YAML"),
            ("payload:\n  first_name: J\n", "YAML"),
            ("[webhooks.w]\ntrigger = \"create\"\n", "TOML"),
            ("POST /hooks HTTP/1.1\r\nHost: a\r\n\r\n{}", "an HTTP message"),
            ("HTTP/1.1 200 OK\r\n\r\n", "an HTTP message"),
        ] {
            assert_eq!(text_format(text).map(|own| own.name), Some(name), "{text}");
        }
        assert_eq!(binary_format(b"\x1f\x8b\x08\0").map(|own| own.name), Some("gzip-compressed"));
    }

    #[test]
    fn json_with_a_mistake_is_not_another_format() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "[true]",
            "[tru]",
            "{\"a\": 1,}",
            "{a: 1}",
            "{'a': 1}",
            "nul",
            "12",
            "// comment",
            "{\"a\":1}\n{\"b\":2,}",
            "[{\"a\":1},\n{\"b\":2}",
            "\"a\",\"b\"extra{",
            "None",
            "undefined",
        ] {
            assert_eq!(text_format(text), None, "{text}");
        }
        assert_eq!(binary_format(b"{\"a\""), None);
    }
}
