//! Validates the parts of a definition, for requests and for `hooks check`.

use url::Url;

use crate::core::diagnostic::Diagnostic;
use crate::core::model::Method;
use crate::core::text::{nearest, one_line};

use super::environment::Environment;

/// The maximum length of a header name, in bytes.
const MAX_NAME_LENGTH: usize = 256;
/// The maximum length of a rendered header value, in bytes.
const MAX_VALUE_LENGTH: usize = 8 * 1024;

/// The maximum number of headers of a webhook; the HTTP library panics above 24,576.
pub const MAX_HEADERS: usize = 256;

/// Headers that must not be repeated, because receivers disagree on which one counts.
const SINGLE: [&str; 2] = ["authorization", "content-type"];

/// Headers that frame the message or belong to a connection (RFC 9110, 7.6.1): hooks controls them.
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

pub(super) const ELEMENT_DATA: &str = "element_data";
const VALUES_ONLY: &str = "the braces are sent as they are: the platform is assumed to replace variables in header and body values only";

/// Whether a text has the form of a prokey: a UUID.
pub fn is_prokey(text: &str) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let is_right = |(index, byte): (usize, u8)| {
        if DASHES.contains(&index) { byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    text.len() == 36 && text.bytes().enumerate().all(is_right)
}

pub fn header_name(name: &str) -> Option<Diagnostic> {
    let problem = |code, message: String, help: &str| Some(Diagnostic::error(code, message).help(help));
    if name.is_empty() {
        return problem(
            "header-name",
            "the header has no name".to_owned(),
            "give it a name, e.g. `Authorization = \"…\"`",
        );
    }
    if name.contains("{{") || name.contains("${") {
        let message = "variables in a header name are not replaced".to_owned();
        return problem("variable-in-header-name", message, "use variables in header and body values only");
    }
    if let Some(odd) = name.chars().find(|c| !is_token_character(*c)) {
        let odd = match odd {
            ' ' => "a space".to_owned(),
            odd => format!("`{}`", one_line(&odd.to_string())),
        };
        let message = format!("`{}` is not a valid header name: it contains {odd}", one_line(name));
        return problem("header-name", message, "use letters, digits and `-`, e.g. `X-Api-Key`");
    }
    if name.len() > MAX_NAME_LENGTH {
        let message = format!("the header name is longer than {MAX_NAME_LENGTH} bytes");
        return problem("header-name", message, "shorten it");
    }
    let is_for_proxy = name.get(.."proxy-".len()).is_some_and(|start| start.eq_ignore_ascii_case("proxy-"));
    if is_for_proxy || FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing)) {
        let message = format!("a definition must not set `{name}`: hooks controls it");
        let is_host = name.eq_ignore_ascii_case("host");
        let help = if is_host { "remove it; to send to another host use `--to URL`" } else { "remove it" };
        return problem("header-framing", message, help);
    }
    None
}

pub fn header_repeated(name: &str) -> Diagnostic {
    let message = format!("the header `{name}` is repeated (letter case is ignored)");
    if SINGLE.contains(&name) {
        Diagnostic::error("header-repeated", message).help("receivers disagree on which one counts: keep one")
    } else {
        Diagnostic::warning("header-repeated", message).help("both are sent, in this order")
    }
}

pub fn too_many_headers(number: usize) -> Option<Diagnostic> {
    (number > MAX_HEADERS).then(|| {
        let message = format!("the webhook has {number} headers, more than {MAX_HEADERS}");
        Diagnostic::error("too-many-headers", message).help("remove some, or send the values as body fields")
    })
}

/// A rendered header value, trimmed. `subject` names the header, and `source` says what inserted the byte at an offset.
pub fn header_value(
    value: &str,
    subject: impl FnOnce() -> String,
    source: impl FnOnce(usize) -> String,
) -> Option<Diagnostic> {
    if let Some((offset, byte)) = forbidden_byte(value) {
        let message = format!("{} would contain {byte} at byte {offset}{}", subject(), source(offset));
        let help = "use a variable without line breaks, or a body field";
        return Some(Diagnostic::error("header-value-invalid", message).help(help));
    }
    (value.len() > MAX_VALUE_LENGTH).then(|| {
        let subject = subject();
        let message = format!("{subject} would be {} bytes long, more than {MAX_VALUE_LENGTH}", value.len());
        Diagnostic::error("header-value-too-long", message)
            .help("receivers reject headers of this size: use a body field")
    })
}

pub fn header_non_ascii(name: &str, value: &str) -> Option<Diagnostic> {
    (!value.is_ascii()).then(|| {
        Diagnostic::warning(
            "header-non-ascii",
            format!("the header `{name}` contains non-ASCII characters, which are sent as UTF-8"),
        )
        .help(
            "use a body field: not every receiver decodes them, and how the platform sends them is not known",
        )
    })
}

pub fn body_field_repeated(key: &str) -> Diagnostic {
    let message = format!("the body field `{}` is repeated", one_line(key));
    Diagnostic::warning("body-field-repeated", message)
        .help("both are sent, in this order; most receivers read only the last")
}

pub fn body_key(key: &str) -> Option<Diagnostic> {
    if key.contains("{{") || key.contains("${") {
        let message = "variables in the key of a body field are not replaced";
        return Some(Diagnostic::warning("variable-in-body-key", message).help(VALUES_ONLY));
    }
    (key == ELEMENT_DATA).then(|| {
        Diagnostic::warning("element-data-hidden", "this body field replaces the element")
            .help("give it another key; what the platform does with this one is not documented")
    })
}

pub fn body_on(method: Method) -> Option<Diagnostic> {
    matches!(method, Method::Get | Method::Delete).then(|| {
        Diagnostic::warning(
            "body-on-get",
            format!("{method} is sent with a body, as the platform is assumed to do"),
        )
        .help("many servers, caches and firewalls drop or reject it: prefer POST, PUT or PATCH")
    })
}

pub fn variable_in_url() -> Diagnostic {
    let help = format!("{VALUES_ONLY}; `${{NAME}}` from the environment works");
    Diagnostic::warning("variable-in-url", "variables in the payload URL are not replaced").help(help)
}

/// Warnings about a valid payload URL.
pub fn payload_url_warnings(url: &Url) -> Vec<Diagnostic> {
    let mut odd = Vec::new();
    if !url.username().is_empty() || url.password().is_some() {
        odd.push(user_info());
    }
    if url.fragment().is_some() {
        let message = "the part of the payload URL after `#` is never sent";
        odd.push(Diagnostic::warning("fragment-in-url", message).help("remove it"));
    }
    odd
}

pub fn user_info() -> Diagnostic {
    Diagnostic::warning("credentials-in-url", "the payload URL contains credentials").help("use an `Authorization` header with `${NAME}` to keep them out of the file; they are sent as Basic authorization")
}

pub fn variable_on_delete(name: &str) -> Diagnostic {
    Diagnostic::error("variable-on-delete", format!("`{{{{{name}}}}}` cannot be used on delete"))
        .help("on delete, only `{{id}}` is available; the whole element is still sent as `element_data`")
}

pub fn environment_encoding(name: &str) -> Diagnostic {
    let message = format!("the value of the environment variable `{name}` is not UTF-8");
    Diagnostic::error("environment-encoding", message).help("set it to UTF-8 text")
}

/// For a body value `{ json = "${NAME}" }`.
pub fn environment_not_json(name: &str) -> Diagnostic {
    let message = format!("the value of the environment variable `{name}` is not valid JSON");
    Diagnostic::error("body-value-json", message)
        .help("set it to a number, a boolean, `null`, a list or an object; for text, use a plain string here")
}

pub fn environment_empty(name: &str, source: &str) -> Diagnostic {
    let source = if source == "the environment" { source.to_owned() } else { format!("`{source}`") };
    Diagnostic::warning("environment-empty", format!("the environment variable `{name}` is empty"))
        .help(format!("set a value in {source}; CI systems pass a missing secret as an empty string"))
}

pub fn environment_missing(name: &str, environment: &dyn Environment) -> Diagnostic {
    let near = nearest(name, environment.own_names()).map(|near| format!("did you mean `${{{near}}}`?"));
    let set = format!("set it in the environment, or as `{name}=…` in `{}`", environment.own_file());
    Diagnostic::error("environment-missing", format!("the environment variable `{name}` is not set"))
        .maybe_help(near)
        .help(set)
}

/// RFC 9110, 5.6.2.
fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// The first byte that a header value must not contain, and its name (RFC 9110, 5.5).
fn forbidden_byte(value: &str) -> Option<(usize, String)> {
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
            assert_eq!(header_name(good), None, "{good}");
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
            assert_eq!(header_name(bad).unwrap().code, code, "{bad}");
        }
    }

    #[test]
    fn every_control_byte_but_the_tab_is_found() {
        for byte in 0..=0x7f_u8 {
            let value = format!("a{}b", char::from(byte));
            let is_bad = byte < 0x20 && byte != b'\t' || byte == 0x7f;
            assert_eq!(forbidden_byte(&value).map(|(offset, _)| offset), is_bad.then_some(1), "{byte}");
        }
        // The low bytes of these characters are CR and LF.
        assert_eq!(forbidden_byte("\u{10d}\u{560a}%0d%0a"), None);
    }
}
