//! Rules for header names and values.

use crate::core::text::one_line;

/// Longest rendered value of one header, in bytes.
pub(super) const LONGEST_VALUE: usize = 8 * 1024;

/// The most headers that a webhook may have; the HTTP library panics above 24,576.
pub const MOST_HEADERS: usize = 256;

/// Headers that must not be repeated: receivers disagree on which one counts. `host` is never a definition's.
pub(super) const SINGLE: [&str; 2] = ["authorization", "content-type"];

/// Headers that frame the message or belong to one connection (RFC 9110, 7.6.1): not a definition's to set.
pub const FRAMING: [&str; 10] = [
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "proxy-connection",
    "host",
];

/// Why a name cannot be a header's, and the way out.
pub(super) fn name_problem(name: &str) -> Option<(&'static str, String, String)> {
    let problem = |code, message: String, help: &str| Some((code, message, help.to_owned()));
    if name.is_empty() {
        return problem(
            "header-name",
            "the header has no name".to_owned(),
            "name it, as in `Authorization = \"…\"`",
        );
    }
    if name.contains("{{") || name.contains("${") {
        let message = "a header name takes no variables".to_owned();
        return problem(
            "variable-in-header-name",
            message,
            "the platform puts variables into header and body values only",
        );
    }
    if let Some(odd) = name.chars().find(|c| !is_token_character(*c)) {
        let message = format!(
            "`{}` cannot be a header name: it holds `{}`",
            one_line(name),
            one_line(&odd.to_string())
        );
        return problem("header-name", message, "letters, digits and `-` are safe, as in `X-Api-Key`");
    }
    if name.len() > 256 {
        return problem("header-name", "the header name is longer than 256 bytes".to_owned(), "shorten it");
    }
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let is_of_proxy = name.get(.."proxy-".len()).is_some_and(|start| start.eq_ignore_ascii_case("proxy-"));
    if is_of_proxy || FRAMING.iter().any(|framing| is(framing)) {
        let help = if is("host") {
            "it is made from the URL; to send somewhere else use `--to URL`"
        } else {
            "take it out: it frames the message and is set for every request"
        };
        return problem("header-framing", format!("`{name}` is not a definition's to set"), help);
    }
    None
}

/// RFC 9110, 5.6.2.
fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// The first byte that a header value cannot hold, and its name (RFC 9110, 5.5).
pub(super) fn forbidden_byte(value: &str) -> Option<(usize, String)> {
    let (offset, byte) =
        value.bytes().enumerate().find(|(_, byte)| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f)?;
    let name = match byte {
        0 => "a NUL byte".to_owned(),
        b'\n' => "a line feed (LF)".to_owned(),
        b'\r' => "a carriage return (CR)".to_owned(),
        byte => format!("the control character 0x{byte:02X}"),
    };
    Some((offset, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tokens_that_do_not_frame_the_message_are_names() {
        for good in ["X-Api-Key", "authorization", "x_y", "A.b!"] {
            assert_eq!(name_problem(good), None, "{good}");
        }
        for (bad, code) in [
            ("", "header-name"),
            ("X Y", "header-name"),
            ("X:", "header-name"),
            ("Größe", "header-name"),
            ("X-{{id}}", "variable-in-header-name"),
            ("Content-Length", "header-framing"),
            ("TRANSFER-ENCODING", "header-framing"),
            ("Proxy-Authorization", "header-framing"),
            ("Host", "header-framing"),
        ] {
            assert_eq!(name_problem(bad).unwrap().0, code, "{bad}");
        }
    }

    #[test]
    fn every_control_byte_but_the_tab_is_found() {
        for byte in 0..=0x7f_u8 {
            let value = format!("a{}b", char::from(byte));
            let is_bad = byte < 0x20 && byte != b'\t' || byte == 0x7f;
            assert_eq!(forbidden_byte(&value).map(|(offset, _)| offset), is_bad.then_some(1), "{byte}");
        }
        // The low bytes of these are CR and LF; they stay the characters they are.
        assert_eq!(forbidden_byte("\u{10d}\u{560a}%0d%0a"), None);
    }
}
