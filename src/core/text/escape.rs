//! Makes text from outside harmless before it reaches a terminal or a CI log: no control characters,
//! no invisible or reordering ones.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character could steer a terminal, hide, or reorder what a person reads.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unsafe(c) && !keep(c)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !is_unsafe(c) || keep(c) => safe.push(c),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if u32::from(c) < 0x100 => {
                let _ = write!(safe, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(safe)
}

/// Shows every control, invisible or reordering character as an escape; keeps line feeds and tabs.
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n' || c == '\t')
}

/// Like [`printable`], with line feeds and tabs as escapes too, so that the text stays on one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// Like [`one_line`], for a text that begins a line: it cannot be taken for a command by the log
/// readers of CI systems (`::add-mask::`, `##vso[…]`, `##teamcity[…]`).
pub fn line_start(text: &str) -> Cow<'_, str> {
    let safe = one_line(text);
    if safe.trim_start().starts_with(['#', ':']) {
        Cow::Owned(format!("\\{}", safe.trim_start()))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_shown_and_plain_text_is_untouched() {
        assert_eq!(one_line("\u{1b}[31mred\n"), "\\x1b[31mred\\n");
        assert_eq!(printable("a\n\tb\u{202e}c\u{9b}"), "a\n\tb\\u{202e}c\\x9b");
        assert!(matches!(printable("Jürgen 🫵"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_unsafe_survives(text in any::<String>()) {
            prop_assert!(!one_line(&text).chars().any(is_unsafe));
            prop_assert!(!printable(&text).chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'));
        }
    }
}
