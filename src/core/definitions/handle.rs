//! Handles: which are valid, and the error for one that the file does not define.

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{list, one_line, similar_names};

/// The error for a handle that is not in this file; `known` are its handles.
pub fn unknown_webhook<'a>(
    file: &str,
    handle: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let help = match similar_names(handle, known).as_slice() {
        [] => "run `hooks list` to see all webhooks".to_owned(),
        near => format!("did you mean {}?", list(near, "or")),
    };
    let message = format!("`{}` has no webhook `{}`", one_line(file), one_line(handle));
    Diagnostic::error("unknown-webhook", message).help(help)
}

/// Whether a text is a valid handle: ASCII letters, digits, `-` and `_`.
pub fn is_handle(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
