//! Words for a shell.

use std::borrow::Cow;

/// A text as one word for a shell, quoted if necessary.
pub fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) { text.into() } else { quoted(text).into() }
}

/// Quotes a text so that `sh`, `bash`, `zsh` and `fish` read it as one word.
///
/// Between single quotes, a POSIX shell keeps every character, and `fish` all but `\\` and `\'`: a backslash that could begin
/// one of these is written outside the quotes, where all shells agree.
pub(super) fn quoted(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    word.push('\'');
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '\\']) {
        let special = &rest[at..];
        let run = special.len() - special.trim_start_matches(['\'', '\\']).len();
        word.push_str(&rest[..at]);
        if &special[..run] == "\\" && run < special.len() {
            word.push('\\');
        } else {
            word.push('\'');
            special[..run].chars().for_each(|c| word.extend(['\\', c]));
            word.push('\'');
        }
        rest = &special[run..];
    }
    word.push_str(rest);
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_special_characters_are_quoted() {
        for plain in ["rsvp-to-cms", "--to", "http://127.0.0.1:8080/a", "data/answer.json", "--set=amount=3"]
        {
            assert_eq!(word(plain), plain);
        }
        for (text, quoted) in
            [("", "''"), ("my answer.json", "'my answer.json'"), ("a;b", "'a;b'"), ("~", "'~'")]
        {
            assert_eq!(word(text), quoted);
        }
    }

    #[test]
    fn only_quotes_and_ambiguous_backslashes_are_written_outside_the_quotes() {
        for (text, word) in [
            ("", "''"),
            ("a b $x `y` !z", "'a b $x `y` !z'"),
            ("it's", r"'it'\''s'"),
            ("''", r"''\'\'''"),
            (r#"{"a":"\"\n"}"#, r#"'{"a":"\"\n"}'"#),
            (r"a\\b", r"'a'\\\\'b'"),
            (r"a\'b", r"'a'\\\''b'"),
            (r"end\", r"'end'\\''"),
            ("two\nlines", "'two\nlines'"),
        ] {
            assert_eq!(quoted(text), word, "{text}");
        }
    }
}
