//! Splits a large definitions file into parts that can be parsed one after another.

use memchr::memmem;

use crate::core::text::Span;

/// Smaller files are parsed as a whole; larger ones in parts of about this size.
const PART: usize = 512 * 1024;

/// A part of a file: whole lines.
pub(super) struct Part {
    pub(super) lines: Span,
    /// Whether it begins with a header `[webhooks.HANDLE]`; else it is the beginning of the file and defines no webhook.
    pub(super) is_blocks: bool,
}

/// The parts of a text; none if it is small, or if tables of its parts may belong together.
///
/// A cut within a string or an array makes the part before it invalid TOML, which whoever parses it notices.
pub(super) fn parts(text: &str) -> Option<Vec<Part>> {
    if text.len() <= 2 * PART || text.lines().any(may_define_all_webhooks) {
        return None;
    }
    let first = if is_block_header(text) { 0 } else { next_block(text, 0)? };
    let mut parts = vec![Part { lines: 0..first, is_blocks: false }];
    let mut start = first;
    while start < text.len() {
        let end = next_block(text, start + PART).unwrap_or(text.len());
        parts.push(Part { lines: start..end, is_blocks: true });
        start = end;
    }
    Some(parts)
}

/// Whether a line may be the header `[webhooks]`, which a file may have once: also in quotes, or as `[[webhooks]]`.
fn may_define_all_webhooks(line: &str) -> bool {
    let Some(header) = line.trim_start().strip_prefix('[') else { return false };
    let name = header.split(']').next().unwrap_or_default().trim();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name == "webhooks" || (!name.contains('.') && !name.bytes().all(is_plain))
}

/// The offset of the next header `[webhooks.HANDLE]` at the start of a line.
fn next_block(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let starts = memmem::find_iter(rest, "\n[webhooks.").map(|newline| from + newline + 1);
    starts.into_iter().find(|start| is_block_header(&text[*start..]))
}

/// Whether a text begins with `[webhooks.HANDLE]`, without quotes.
fn is_block_header(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("[webhooks.") else { return false };
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = rest.bytes().take_while(is_plain).count();
    length > 0 && rest[length..].starts_with(']')
}
