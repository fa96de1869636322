//! Escapes text for terminals and CI logs: control, invisible and reordering characters, and log commands.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character can control a terminal, is invisible, or reorders text.
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

/// Escapes every unsafe character except line feeds and tabs.
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n' || c == '\t')
}

/// Escapes every unsafe character, so that the text stays on one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, |_| false)
}

/// Replaces the hash signs of markers for commands in a CI log (`##[`, `##vso[`, `##teamcity[`) by `hash`.
pub fn escape_markers<'t>(text: &'t str, hash: &str) -> Cow<'t, str> {
    let mut escaped = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(at) = text[from..].find("##").map(|at| from + at) {
        let name = text[at..].trim_start_matches('#');
        let start = text.len() - name.len() - 2;
        if name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[') {
            escaped.push_str(&text[copied..start]);
            escaped.push_str(hash);
            escaped.push_str(hash);
            copied = start + 2;
        }
        from = start + 2;
    }
    if escaped.is_empty() {
        return Cow::Borrowed(text);
    }
    escaped.push_str(&text[copied..]);
    Cow::Owned(escaped)
}

/// Escapes commands in a CI log with a backslash: markers anywhere in a line, and `::` at its start.
pub fn log_safe(text: &str) -> Cow<'_, str> {
    let text = escape_markers(text, "\\#");
    if !text.contains("::") {
        return text;
    }
    let mut safe = String::new();
    let mut copied = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let rest = without_indent(line);
        if is_command(rest) {
            let start = at + line.len() - rest.len();
            safe.push_str(&text[copied..start]);
            safe.push('\\');
            copied = start;
        }
        at += line.len();
    }
    if safe.is_empty() {
        return text;
    }
    safe.push_str(&text[copied..]);
    Cow::Owned(safe)
}

/// Whether a line is a command of GitHub's runner, `::name properties::value`.
fn is_command(line: &str) -> bool {
    line.strip_prefix("::").is_some_and(|rest| rest.contains("::"))
}

/// A line without leading whitespace and styles.
fn without_indent(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some(style) = rest.strip_prefix("\u{1b}[") {
        let end = style.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        let Some(after) = end.strip_prefix('m') else { break };
        rest = after.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_are_escaped_and_plain_text_is_unchanged() {
        assert_eq!(one_line("\u{1b}[31mred\n"), "\\x1b[31mred\\n");
        assert_eq!(printable("a\n\tb\u{202e}c\u{9b}"), "a\n\tb\\u{202e}c\\x9b");
        assert!(matches!(printable("Jürgen 🫵"), Cow::Borrowed(_)));
    }

    #[test]
    fn log_commands_are_escaped_and_other_text_is_unchanged() {
        for (text, safe) in [
            ("a ##[set-output name=d]yes", "a \\#\\#[set-output name=d]yes"),
            ("##vso[task]\n###[x", "\\#\\#vso[task]\n#\\#\\#[x"),
            ("####TeamCity[", "##\\#\\#TeamCity["),
            ("::error::x", "\\::error::x"),
            ("a\n \u{a0}::x ::y\n\u{1b}[2m ::z::", "a\n \u{a0}\\::x ::y\n\u{1b}[2m \\::z::"),
            ("\n:::: ##[", "\n\\:::: \\#\\#["),
        ] {
            assert_eq!(log_safe(text), safe);
            assert_eq!(log_safe(safe), safe);
        }
        for text in
            ["# ## a[0] ##vso task[", "http://[::1]:80 a::b", "\u{1b}[2K::x::", ":::  a.toml:1:2", "##", ""]
        {
            assert!(matches!(log_safe(text), Cow::Borrowed(own) if own == text), "{text}");
        }
        assert_eq!(escape_markers("##[x] # ##", "\\u0023"), "\\u0023\\u0023[x] # ##");
    }

    proptest! {
        #[test]
        fn no_command_survives(text in "[#:\\[a \n\u{1b}m\u{a0}]{0,20}") {
            let safe = log_safe(&text);
            prop_assert!(!safe.lines().any(|line| is_command(line.trim_start())));
            let mut markers = safe.split("##").skip(1);
            prop_assert!(!markers.any(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')));
        }

        #[test]
        fn nothing_unsafe_survives(text in any::<String>()) {
            prop_assert!(!one_line(&text).chars().any(is_unsafe));
            prop_assert!(!printable(&text).chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'));
        }
    }
}
