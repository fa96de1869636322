//! The `curl` command that sends the same request.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::core::request::{PreparedHeader, PreparedRequest, is_this_machine};

use super::shell::quoted;

/// The longest body that is passed as an argument, in bytes. Linux accepts 128 KiB in one argument, Windows 32 KiB in the
/// whole command line; `printf` is part of the shell and has no such limit.
const MAX_ARGUMENT_LENGTH: usize = 24 * 1024;
/// From this size, `curl` sends `Expect: 100-continue`.
const EXPECT_THRESHOLD: usize = 1024 * 1024;

/// A command for `sh`, `bash`, `zsh` or `fish` that sends the request; without `reveal`, secrets are masked. It does not read
/// `.curlrc`, which could change the request.
pub fn curl(request: &PreparedRequest, reveal: bool) -> String {
    let body = Body::of(&request.shown_body(reveal));
    let has = |name: &str| request.headers.iter().any(|header| &*header.name == name);
    let mut command = String::new();
    if let Body::Piped { text, through, .. } = &body {
        let _ = write!(command, "printf '%s' {text} | {through}");
    }
    // `--globoff` keeps brackets and braces, `--path-as-is` keeps `..`.
    command.push_str("curl --disable --globoff --path-as-is --http1.1");
    let mut option = |name: &str, value: &str| {
        let _ = write!(command, " \\\n  {name} {value}");
    };
    if is_this_machine(&request.url) {
        option("--noproxy", "'*'");
    }
    option("--request", request.method.as_str());
    option("--url", &quoted(request.url_text(reveal)));
    for header in request.headers.iter().filter(|header| !super::CREATED_BY_SENDER.contains(&&*header.name)) {
        option("--header", &quoted(&header_argument(header, &request.shown_header_value(header, reveal))));
    }
    if matches!(body, Body::Piped { length: EXPECT_THRESHOLD.., .. }) {
        option("--header", "'Expect:'");
    }
    let has_body = !matches!(body, Body::None) || has("content-length");
    if has_body && !has("content-type") {
        option("--header", "'Content-Type:'");
    }
    // `--data` and `--json` would read a file if the body begins with `@`.
    match body {
        Body::Piped { .. } => option("--data-binary", "@-"),
        Body::Argument(text) => option("--data-raw", &text),
        Body::None if has_body => option("--data-raw", "''"),
        Body::None => {}
    }
    command
}

/// How the body is passed to `curl`.
enum Body {
    None,
    /// As an argument, in quotes.
    Argument(String),
    /// As standard input: this quoted text, through another command.
    Piped {
        text: String,
        through: &'static str,
        length: usize,
    },
}

impl Body {
    fn of(body: &[u8]) -> Self {
        let is_harmless = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        let (length, text) = (body.len(), std::str::from_utf8(body).ok());
        // Control characters would act on the terminal where the command is pasted, and arguments cannot contain NUL.
        match text.filter(|text| text.chars().all(is_harmless)).map(quoted) {
            Some(_) if body.is_empty() => Self::None,
            Some(text) if text.len() <= MAX_ARGUMENT_LENGTH => Self::Argument(text),
            Some(text) => Self::Piped { text, through: "", length },
            None => Self::Piped { text: quoted(&STANDARD.encode(body)), through: "base64 -d | ", length },
        }
    }
}

/// A header as `curl` expects it: `name:` would remove the header, `name;` sends it empty.
fn header_argument(header: &PreparedHeader, value: &str) -> String {
    if value.is_empty() { format!("{};", header.name) } else { format!("{}: {value}", header.name) }
}
