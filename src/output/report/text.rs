//! Findings for people: the message, the line with carets, the ways out.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Shown, Origin, Renderer, Snippet};

use crate::core::check::Verdict;
use crate::core::diagnostic::{Diagnostic, Level, Location};
use crate::core::secrets::may_hold_secret;
use crate::core::text::{Span, count, is_unsafe, one_line};
use crate::output::style::Style;

use super::layout::{Layout, most_important};

/// How many findings are printed at most; errors first.
const MOST_SHOWN: usize = 100;
/// The longest line that is shown whole.
const LONGEST_LINE: usize = 4096;
const DEFAULT_WIDTH: usize = 140;
/// Selects the emoji form of the character before it, which is wider than the text form.
const EMOJI_SELECTOR: char = '\u{fe0f}';
/// Takes the place of a selector for the renderer: a character of the line, but of no width, even after an emoji.
const STAND_IN: &str = "\u{34f}";

pub(super) fn render(verdict: &Verdict, layout: Layout<'_>) -> String {
    let findings: Vec<_> = verdict.findings().map(|(_, finding)| &finding.diagnostic).collect();
    let (mut shown, left_out) = first(&findings, layout.style, layout.width);
    if left_out > 0 {
        let more = format!("{} not shown; `--format json` lists all", count(left_out, "more finding"));
        shown.push_str(&format!("{}\n\n", layout.style.strong(&more)));
    }
    format!("{shown}{}\n", summary(verdict, layout.style))
}

/// Findings as text, up to a limit.
pub fn texts(findings: &[&Diagnostic], style: Style, width: Option<u16>) -> String {
    let (mut shown, left_out) = first(findings, style, width);
    if left_out > 0 {
        let more = format!("{} not shown", count(left_out, "more finding"));
        shown.push_str(&format!("{}\n\n", style.strong(&more)));
    }
    shown
}

/// As many findings as are printed, in their order, and how many are left out.
fn first(findings: &[&Diagnostic], style: Style, width: Option<u16>) -> (String, usize) {
    let (chosen, left_out) = most_important(findings.to_vec(), |finding| finding.level, MOST_SHOWN);
    (chosen.into_iter().map(|finding| text(finding, style, width)).collect(), left_out)
}

fn summary(verdict: &Verdict, style: Style) -> String {
    let webhooks = verdict.files.iter().map(|file| file.webhooks).sum();
    let looked_at = format!("{} in {}", count(webhooks, "webhook"), count(verdict.files.len(), "file"));
    let counts: Vec<String> = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "note")]
        .into_iter()
        .map(|(level, noun)| (verdict.count(level), noun))
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    let fixable = verdict.findings().filter(|(_, finding)| finding.fix.is_some()).count();
    let fixable = match fixable {
        0 => String::new(),
        number => format!("; `--fix` fixes {number}"),
    };
    if counts.is_empty() {
        return style.good(&format!("nothing to report: {looked_at}"));
    }
    let found = format!("{} ({looked_at}){fixable}", counts.join(", "));
    if verdict.is_failed() { style.bad(&found) } else { style.odd(&found) }
}

/// One finding as text, with a blank line after it.
pub fn text(finding: &Diagnostic, style: Style, width: Option<u16>) -> String {
    let level = match finding.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let message = one_line(&finding.message);
    if finding.primary.is_none() {
        return without_place(finding, style);
    }
    let mut group = Group::with_title(level.primary_title(message.as_ref()).id(finding.code));
    if let Some(primary) = &finding.primary {
        group = place(group, primary, AnnotationKind::Primary);
    }
    for related in &finding.related {
        group = place(group, related, AnnotationKind::Context);
    }
    let helps: Vec<_> = finding.helps.iter().map(|help| one_line(help)).collect();
    for help in &helps {
        group = group.element(Shown::HELP.message(help.as_ref()));
    }
    let renderer = if style.is_on { Renderer::styled() } else { Renderer::plain() };
    let renderer =
        renderer.decor_style(DecorStyle::Ascii).term_width(width.map_or(DEFAULT_WIDTH, usize::from).max(40));
    // The renderer shows control characters of a source line as pictures, but not all of them.
    let shown = renderer.render(&[group]).replace(|c| is_unsafe(c) && c != '\n' && c != '\u{1b}', "\u{fffd}");
    format!("{}\n\n", shown.replace(STAND_IN, ""))
}

/// A finding about the surroundings, in the same words.
fn without_place(finding: &Diagnostic, style: Style) -> String {
    let label = match finding.level {
        Level::Error => style.bad(&format!("error[{}]", finding.code)),
        Level::Warning => style.odd(&format!("warning[{}]", finding.code)),
        Level::Note => style.name(&format!("note[{}]", finding.code)),
    };
    let helps =
        finding.helps.iter().map(|help| format!("  = {}: {}\n", style.strong("help"), one_line(help)));
    format!("{label}: {}\n{}\n", one_line(&finding.message), helps.collect::<String>())
}

fn place<'a>(group: Group<'a>, location: &'a Location, kind: AnnotationKind) -> Group<'a> {
    let text = location.source.text();
    let start = location.span.start.min(text.len());
    let end = location.span.end.clamp(start, text.len());
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    let at = location.place();
    // Of a line that begins before the text does, blanks stand for the beginning: columns count it.
    let left_out = if first == 0 { location.source.begins().column - 1 } else { 0 };
    let length = left_out + last - first;
    if location.is_hidden || length > LONGEST_LINE || may_hold_secret(text, first..last) {
        let origin = Origin::path(one_line(location.source.name())).line(at.line).char_column(at.column);
        return group.element(origin);
    }
    // The renderer counts the columns of single characters: with a selector after it, an emoji takes one more.
    let shown = |range: Span| text[range].replace(EMOJI_SELECTOR, STAND_IN);
    let lines = format!("{:left_out$}{}", "", shown(first..last));
    let start_shown = left_out + shown(first..start).len();
    let span = start_shown..start_shown + shown(start..end).len();
    let annotation = kind.span(span);
    let label = location.label;
    let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
    let path = one_line(location.source.name());
    let snippet = Snippet::source(lines).line_start(at.line).path(path).annotation(annotation);
    group.element(snippet)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::core::text::{Place, Source};

    use super::*;

    fn plain(finding: &Diagnostic) -> String {
        text(finding, Style::OFF, None)
    }

    #[test]
    fn a_finding_shows_its_line_and_its_way_out() {
        let source = Arc::new(Source::new("webhooks.toml", "[a]\nb = \"{{emial}}\"\nc = 1\n"));
        let finding = Diagnostic::error("variable-missing", "`{{emial}}` is not in x.json")
            .at(&source, 9..18)
            .help("did you mean `{{email}}`?");
        let expected = "error[variable-missing]: `{{emial}}` is not in x.json
 --> webhooks.toml:2:6
  |
2 | b = \"{{emial}}\"
  |      ^^^^^^^^^
  |
  = help: did you mean `{{email}}`?

";
        assert_eq!(plain(&finding), expected);
    }

    #[test]
    fn a_part_of_a_line_is_shown_with_its_place_in_the_file() {
        let begins = Place { line: 3, column: 12 };
        let source = Arc::new(Source::part("list.json", "{a: 1}", begins));
        let expected = "error[json-syntax]: a key
 --> list.json:3:13
  |
3 |            {a: 1}
  |             ^

";
        assert_eq!(plain(&Diagnostic::error("json-syntax", "a key").at(&source, 1..2)), expected);
    }

    #[test]
    fn lines_that_may_hold_secrets_or_are_endless_are_named_but_not_shown() {
        let long = format!("x = \"{}\"", "y".repeat(10_000));
        for line in ["Authorization = \"Bearer hunter2\"", "api_key = 'hunter2", long.as_str()] {
            let source = Arc::new(Source::new("w.toml", line));
            let shown = plain(&Diagnostic::error("x", "wrong").at(&source, 4..5));
            assert!(
                shown.contains("w.toml:1:5") && !shown.contains("hunter2") && shown.len() < 200,
                "{shown}"
            );
        }
        let source = Arc::new(Source::new("w.toml", "Authorization = \"Bearer ${TOKEN}\""));
        assert!(plain(&Diagnostic::error("x", "wrong").at(&source, 24..32)).contains("${TOKEN}"));
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let source = Arc::new(Source::new("w\u{1b}[31m.toml", "a\u{1b}[31m\u{202e}b\u{9b}"));
        let finding = Diagnostic::error("x", "odd \u{1b}[0m\n::error::").at(&source, 0..1).help("\u{1b}");
        let shown = plain(&finding);
        assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{shown:?}");
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{shown:?}");
    }

    #[test]
    fn carets_are_below_their_text_after_an_emoji() {
        let text = "a = \"⚠\u{fe0f} {{x}}\"";
        let start = text.find("{{").unwrap();
        let source = Arc::new(Source::new("w.toml", text));
        let shown = plain(&Diagnostic::error("x", "wrong").at(&source, start..start + 5));
        let line = |start: &str| shown.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        // The plain form of this emoji takes one column.
        let column = line("1 |").split("{{").next().unwrap().chars().count();
        assert_eq!(line("  |       ").find('^'), Some(column), "{shown}");
        assert!(!shown.contains(['\u{fe0f}', '\u{34f}']));
        // The selector is a character of the file, as in `--json`.
        assert!(shown.contains("w.toml:1:9\n"), "{shown}");
    }
}
