//! Comments that ignore a rule: `# hooks: ignore[code]` on a line or above it.

use toml_parser::Source as TomlSource;
use toml_parser::lexer::TokenKind;

use crate::core::text::Span;

const MARKER: &str = "hooks:";

#[derive(Debug, PartialEq, Eq)]
pub struct Ignore {
    /// Empty if the comment contains no rule.
    pub code: String,
    /// Where the rule is in the comment.
    pub place: Span,
    /// The lines that it applies to.
    pub lines: Span,
}

/// The comments of a text, in the order of the lines that they apply to.
pub fn ignores(text: &str) -> Vec<Ignore> {
    if !text.contains(MARKER) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // The comments above the next line with content.
    let mut above: Vec<Span> = Vec::new();
    // A line ends at a line break that is not in a string.
    let (mut start, mut comment, mut has_content) = (0, None, false);
    for token in TomlSource::new(text).lex() {
        let span = token.span().start()..token.span().end();
        match token.kind() {
            TokenKind::Newline | TokenKind::Eof if has_content => {
                for comment in above.drain(..).chain(comment.take()) {
                    read(text, comment, &(start..span.end), &mut found);
                }
                (start, has_content) = (span.end, false);
            }
            TokenKind::Newline | TokenKind::Eof => {
                above.extend(comment.take().filter(|comment: &Span| text[comment.clone()].contains(MARKER)));
                start = span.end;
            }
            TokenKind::Whitespace => {}
            TokenKind::Comment => comment = Some(span),
            _ => has_content = true,
        }
    }
    for comment in above {
        read(text, comment, &(text.len()..text.len()), &mut found);
    }
    found
}

fn read(text: &str, comment: Span, lines: &Span, found: &mut Vec<Ignore>) {
    let written = &text[comment.clone()];
    let Some(rest) = written.trim_start_matches('#').trim_start().strip_prefix(MARKER) else { return };
    let mut push = |code: &str, place: Span| {
        found.push(Ignore { code: code.to_owned(), place, lines: lines.clone() });
    };
    let names = rest.trim_start().strip_prefix("ignore").and_then(|rest| rest.trim_start().strip_prefix('['));
    let Some((names, _)) = names.and_then(|names| names.split_once(']')) else {
        push("", comment);
        return;
    };
    // The names are slices of the comment.
    let mut at = comment.start + (names.as_ptr() as usize - written.as_ptr() as usize);
    for name in names.split(',') {
        let code = name.trim();
        let start = at + (name.len() - name.trim_start().len());
        push(code, start..start + code.len());
        at += name.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, &str)> {
        ignores(text).into_iter().map(|ignore| (ignore.code, &text[ignore.lines])).collect()
    }

    fn about<'a>(code: &str, lines: &'a str) -> (String, &'a str) {
        (code.to_owned(), lines)
    }

    #[test]
    fn a_comment_applies_to_its_line_or_the_next_one_with_content() {
        let text = "# hooks: ignore[a]\n\n# x\nb = 1 # hooks: ignore[ c , d ]\n";
        let line = "b = 1 # hooks: ignore[ c , d ]\n";
        assert_eq!(found(text), [about("a", line), about("c", line), about("d", line)]);
        assert_eq!(found("# hooks: ignore[a]"), [about("a", "")]);
    }

    #[test]
    fn a_multi_line_string_counts_as_one_line_and_contains_no_comments() {
        let text = "# hooks: ignore[a]\nb = \"\"\"x\n# hooks: ignore[z]\n\"\"\" # hooks: ignore[c]\nd = 1\n";
        let codes: Vec<_> = ignores(text).into_iter().map(|ignore| ignore.code).collect();
        assert_eq!(codes, ["a", "c"]);
        assert!(found(text).iter().all(|(_, lines)| lines.starts_with("b = ") && lines.ends_with("[c]\n")));
    }

    #[test]
    fn a_comment_without_a_rule_is_found() {
        assert_eq!(found("a = 1 #hooks: ignore\n")[0].0, "");
        assert_eq!(found("a = 1 # hooks are nice\n"), []);
    }

    #[test]
    fn each_name_has_its_position() {
        let text = "a = 1 # hooks: ignore[ b,cc , d ]\n";
        let places: Vec<_> = ignores(text).into_iter().map(|ignore| &text[ignore.place]).collect();
        assert_eq!(places, ["b", "cc", "d"]);
    }
}
