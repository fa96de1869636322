//! Comments that ask for silence: `# hooks: ignore[code]` on a line or above it.

use toml_parser::Source as TomlSource;
use toml_parser::lexer::TokenKind;

use crate::core::diagnostic::Level;
use crate::core::request::judge::Judgement;
use crate::core::text::{Span, one_line};

use super::findings::{Finding, Findings};
use super::rules::rule;
use super::settings::{Levels, nearest_rule};

const MARK: &str = "hooks:";

/// One name in one comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ignore {
    code: String,
    /// Where the name stands.
    place: Span,
    /// The lines that it is about.
    lines: Span,
    is_used: bool,
}

/// A run of tokens up to a line break that is no part of a text.
#[derive(Default)]
struct Line {
    span: Span,
    comment: Option<Span>,
    has_content: bool,
}

/// Finds the comments of a text, by the lines that they are about.
pub(super) fn ignores(text: &str) -> Vec<Ignore> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let lines = lines(text);
    let mut found = Vec::new();
    // The comments that stand above the next line with content.
    let mut above: Vec<Span> = Vec::new();
    for line in &lines {
        if !line.has_content {
            above.extend(line.comment.clone());
            continue;
        }
        for comment in above.drain(..).chain(line.comment.clone()) {
            read(text, comment, &line.span, &mut found);
        }
    }
    for comment in above {
        read(text, comment, &(text.len()..text.len()), &mut found);
    }
    found
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Line::default();
    for token in TomlSource::new(text).lex() {
        let span = token.span().start()..token.span().end();
        line.span.end = span.end;
        match token.kind() {
            TokenKind::Newline | TokenKind::Eof => {
                let next = Line { span: span.end..span.end, ..Line::default() };
                lines.push(std::mem::replace(&mut line, next));
            }
            TokenKind::Whitespace => {}
            TokenKind::Comment => line.comment = Some(span),
            _ => line.has_content = true,
        }
    }
    lines
}

fn read(text: &str, comment: Span, lines: &Span, found: &mut Vec<Ignore>) {
    let written = &text[comment.clone()];
    let Some(rest) = written.trim_start_matches('#').trim_start().strip_prefix(MARK) else { return };
    let mut push = |code: &str, place: Span| {
        found.push(Ignore { code: code.to_owned(), place, lines: lines.clone(), is_used: false });
    };
    let names = rest.trim_start().strip_prefix("ignore").and_then(|rest| rest.trim_start().strip_prefix('['));
    let Some((names, _)) = names.and_then(|names| names.split_once(']')) else {
        push("", comment);
        return;
    };
    // Where the names stand in the comment, of which they are a part.
    let mut at = comment.start + (names.as_ptr() as usize - written.as_ptr() as usize);
    for name in names.split(',') {
        let code = name.trim();
        let start = at + (name.len() - name.trim_start().len());
        push(code, start..start + code.len());
        at += name.len() + 1;
    }
}

/// Takes out what is to be ignored.
pub(super) fn silence(found: &mut Vec<Finding>, ignores: &mut [Ignore]) {
    if ignores.is_empty() {
        return;
    }
    found.retain(|finding| {
        let Some(at) = finding.start() else { return true };
        let code = finding.diagnostic.code;
        if rule(code).is_some_and(|rule| !rule.can_be_changed()) {
            return true;
        }
        // The lines of two comments are the same or apart, so the first that does not end before is one.
        let first = ignores.partition_point(|ignore| ignore.lines.end <= at);
        let here = ignores[first..].iter_mut().take_while(|ignore| ignore.lines.start <= at);
        let mut is_ignored = false;
        for ignore in here.filter(|ignore| ignore.code == code) {
            ignore.is_used = true;
            is_ignored = true;
        }
        !is_ignored
    });
}

/// Notes the comments that ignore nothing.
pub(super) fn note_unused(
    ignores: &[Ignore],
    levels: &Levels,
    has_environment: bool,
    findings: &mut Findings<'_>,
) {
    for ignore in ignores.iter().filter(|ignore| !ignore.is_used) {
        let code = ignore.code.as_str();
        let judged = |message: String, help: String| Judgement {
            level: Level::Note,
            ..Judgement::warning("ignore-unused", message, help)
        };
        let judgement = if code.is_empty() {
            judged(
                "this comment names no rule to ignore".to_owned(),
                "write it as `# hooks: ignore[plain-http]`".to_owned(),
            )
        } else if rule(code).is_none() {
            judged(format!("there is no rule `{}` to ignore", one_line(code)), nearest_rule(code))
        } else if levels.is_off(code) || (code == "environment-missing" && !has_environment) {
            continue;
        } else {
            judged(
                format!("there is no `{code}` here to ignore"),
                "take the comment away, or put it on the line or directly above it".to_owned(),
            )
        };
        findings.at(judgement, ignore.place.clone());
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
    fn a_comment_is_about_its_line_or_the_next_one_with_content() {
        let text = "# hooks: ignore[a]\n\n# x\nb = 1 # hooks: ignore[ c , d ]\n";
        let line = "b = 1 # hooks: ignore[ c , d ]\n";
        assert_eq!(found(text), [about("a", line), about("c", line), about("d", line)]);
        assert_eq!(found("# hooks: ignore[a]"), [about("a", "")]);
    }

    #[test]
    fn a_text_over_several_lines_is_one_line_and_what_stands_in_it_no_comment() {
        let text = "# hooks: ignore[a]\nb = \"\"\"x\n# hooks: ignore[z]\n\"\"\" # hooks: ignore[c]\nd = 1\n";
        let codes: Vec<_> = ignores(text).into_iter().map(|ignore| ignore.code).collect();
        assert_eq!(codes, ["a", "c"]);
        assert!(found(text).iter().all(|(_, lines)| lines.starts_with("b = ") && lines.ends_with("[c]\n")));
    }

    #[test]
    fn a_comment_that_names_nothing_is_found_too() {
        assert_eq!(found("a = 1 #hooks: ignore\n")[0].0, "");
        assert_eq!(found("a = 1 # hooks are nice\n"), []);
    }
}
