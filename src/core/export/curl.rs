//! The `curl` command that sends the same request.

use std::fmt::Write;

use crate::core::request::{PreparedHeader, PreparedRequest, is_this_machine};

use super::shell::quoted;

/// The longest body that is an argument, in bytes. Linux takes 128 KiB in one argument, Windows 32 KiB in
/// the whole command line; `printf` is part of the shell and knows no such limit.
const LONGEST_ARGUMENT: usize = 24 * 1024;
/// From this size on `curl` asks before it sends the body.
const EXPECT_THRESHOLD: usize = 1024 * 1024;

/// Writes a command for `sh`, `bash`, `zsh` or `fish` that sends the request; without `reveal` with a mask for
/// every secret.
///
/// It does not read the user's `.curlrc`, so that nothing is added to or left out of the request.
pub fn curl(request: &PreparedRequest, reveal: bool) -> String {
    let body = request.shown_body(reveal);
    let body = quoted(&String::from_utf8_lossy(&body));
    let is_piped = body.len() > LONGEST_ARGUMENT;
    let mut command = String::new();
    if is_piped {
        let _ = write!(command, "printf '%s' {body} | ");
    }
    // `--globoff` for brackets and braces, `--path-as-is` for `..`, which would be changed on the way.
    command.push_str("curl --disable --globoff --path-as-is --http1.1");
    let mut option = |name: &str, value: &str| {
        let _ = write!(command, " \\\n  {name} {value}");
    };
    if is_this_machine(&request.url) {
        option("--noproxy", "'*'");
    }
    option("--request", request.method.as_str());
    option("--url", &quoted(request.url_text(reveal)));
    for header in request.headers.iter().filter(|header| !super::MADE_BY_SENDER.contains(&&*header.name)) {
        option("--header", &quoted(&header_argument(header, &request.shown_header_value(header, reveal))));
    }
    if body.len() >= EXPECT_THRESHOLD {
        option("--header", "'Expect:'");
    }
    // Not `--data` and not `--json`: they read a file when the body begins with `@`.
    if is_piped {
        option("--data-binary", "@-");
    } else {
        option("--data-raw", &body);
    }
    command
}

/// A header as `curl` wants it: `name:` alone would take a header away, `name;` sends an empty one.
fn header_argument(header: &PreparedHeader, value: &str) -> String {
    if value.is_empty() { format!("{};", header.name) } else { format!("{}: {value}", header.name) }
}
