//! What TOML syntax errors do not say by themselves, and what the parser accepts although TOML does not.

use crate::core::text::{Span, look_alike};

/// The line around an offset.
pub(super) fn line_of(text: &str, offset: usize) -> Span {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    start..text[offset..].find('\n').map_or(text.len(), |newline| offset + newline)
}

/// What to do about a line with a syntax error, if that can be seen.
pub(super) fn help(line: &str, code: &str) -> Option<String> {
    const LONGEST: usize = 4096;
    if code != "toml-syntax" || line.is_ascii() || line.len() > LONGEST {
        return None;
    }
    if let Some(odd) = line.chars().find_map(look_alike) {
        return Some(format!("the line contains {}: {}", odd.describe(), odd.advice()));
    }
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let is_bare = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '\u{300}'..='\u{36f}'));
    (is_bare && !key.is_ascii()).then(|| format!("put the key in quotes: `\"{key}\" = …`"))
}

/// Whether the digits of an integer are ones of its base.
pub(super) fn is_integer(number: &str, radix: u32) -> bool {
    let digits = number.trim_start_matches(['+', '-']);
    !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))
}
