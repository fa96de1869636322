//! Findings for people: the message, the source line with carets, and the helps.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Shown, Origin, Renderer, Snippet};

use crate::core::check::CheckReport;
use crate::core::diagnostic::{Diagnostic, Level, SourceSpan};
use crate::core::secrets::may_hold_secret;
use crate::core::text::{Span, count, is_unsafe, one_line};
use crate::output::style::Style;
use crate::output::text::{is_message, wrapped_message};

use super::layout::{ReportLayout, most_important};

/// The maximum number of findings that are printed; errors first.
const MAX_FINDINGS: usize = 100;
/// The longest source line that is shown.
const MAX_LINE_LENGTH: usize = 4096;
const DEFAULT_WIDTH: usize = 140;
/// Selects the emoji form of the character before it, which is wider than its text form.
const EMOJI_SELECTOR: char = '\u{fe0f}';
/// Replaces the selector for the renderer: also one character, but without width, even after an emoji.
const REPLACED_SELECTOR: &str = "\u{34f}";

pub(super) fn render(report: &CheckReport, layout: ReportLayout<'_>) -> String {
    let findings = report.findings().map(|(_, finding)| &finding.diagnostic).collect();
    let shown = first(findings, layout.style, layout.width, "; `--format json` lists all");
    format!("{shown}{}\n", summary(report, layout.style))
}

/// The most important findings, for a person.
pub fn texts(findings: Vec<&Diagnostic>, style: Style, width: Option<u16>) -> String {
    first(findings, style, width, "")
}

fn first(findings: Vec<&Diagnostic>, style: Style, width: Option<u16>, hint: &str) -> String {
    let (chosen, left_out) = most_important(findings, |finding| finding.level, MAX_FINDINGS);
    let mut shown: String = chosen.into_iter().map(|finding| text(finding, style, width)).collect();
    if let Some(width) = width.map(usize::from) {
        let wrapped =
            |line: &str| if is_message(line) { wrapped_message(line, width) } else { line.to_owned() };
        shown = shown.split('\n').map(wrapped).collect::<Vec<_>>().join("\n");
    }
    if left_out > 0 {
        let more = format!("{} not shown{hint}", count(left_out, "more finding"));
        shown.push_str(&format!("{}\n\n", style.strong(&more)));
    }
    shown
}

/// The last line of a report: how many findings there are.
pub fn summary(report: &CheckReport, style: Style) -> String {
    let webhooks = report.files.iter().map(|file| file.webhooks).sum();
    let checked = format!("{} in {}", count(webhooks, "webhook"), count(report.files.len(), "file"));
    let counts: Vec<String> = [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .map(|level| (report.count(level), level.as_str()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    if counts.is_empty() {
        return style.success(&format!("no problems found: {checked}"));
    }
    let strict =
        if report.is_failed() && report.count(Level::Error) == 0 { "; warnings count as errors" } else { "" };
    let fixable = match report.fixable() {
        0 => String::new(),
        number => format!("; `--fix` fixes {number}"),
    };
    let found = format!("{} ({checked}){strict}{fixable}", counts.join(", "));
    if report.is_failed() { style.error(&found) } else { style.warning(&found) }
}

/// One finding as text, with an empty line after it.
pub fn text(finding: &Diagnostic, style: Style, width: Option<u16>) -> String {
    let Some(primary) = &finding.primary else { return without_source(finding, style) };
    let level = match finding.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let message = one_line(&finding.message);
    let title = Group::with_title(level.primary_title(message.as_ref()).id(finding.code));
    let mut group = place(title, primary, AnnotationKind::Primary);
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
    // The renderer replaces most control characters in a source line, but not all.
    let shown = renderer.render(&[group]).replace(|c| is_unsafe(c) && c != '\n' && c != '\u{1b}', "\u{fffd}");
    format!("{}\n\n", shown.replace(REPLACED_SELECTOR, ""))
}

/// A finding without a position in a file, in the same format.
fn without_source(finding: &Diagnostic, style: Style) -> String {
    let title = format!("{}[{}]", finding.level.as_str(), finding.code);
    let title = match finding.level {
        Level::Error => style.error(&title),
        Level::Warning => style.warning(&title),
        Level::Note => style.name(&title),
    };
    let helps =
        finding.helps.iter().map(|help| format!("  = {}: {}\n", style.strong("help"), one_line(help)));
    format!("{title}: {}\n{}\n", one_line(&finding.message), helps.collect::<String>())
}

fn place<'a>(group: Group<'a>, location: &'a SourceSpan, kind: AnnotationKind) -> Group<'a> {
    let text = location.source.text();
    let start = location.span.start.min(text.len());
    let end = location.span.end.clamp(start, text.len());
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    let at = location.start();
    // Spaces replace the beginning of a line that is not part of the text, so that columns are right.
    let left_out = if first == 0 { location.source.begins().column - 1 } else { 0 };
    let length = left_out + last - first;
    if location.is_hidden || length > MAX_LINE_LENGTH || may_hold_secret(text, first..last) {
        let origin = Origin::path(one_line(location.source.name())).line(at.line).char_column(at.column);
        return group.element(origin);
    }
    // The renderer counts the columns of single characters; an emoji with a selector after it is one column wider.
    let shown = |range: Span| text[range].replace(EMOJI_SELECTOR, REPLACED_SELECTOR);
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

    use crate::core::text::{Position, Source};

    use super::*;

    fn plain(finding: &Diagnostic) -> String {
        text(finding, Style::OFF, None)
    }

    #[test]
    fn a_finding_shows_its_line_and_its_help() {
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
    fn part_of_a_line_is_shown_with_its_position_in_the_file() {
        let begins = Position { line: 3, column: 12 };
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
    fn lines_that_may_contain_secrets_or_are_very_long_are_not_shown() {
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
        // The text form of this emoji is one column wide.
        let column = line("1 |").split("{{").next().unwrap().chars().count();
        assert_eq!(line("  |       ").find('^'), Some(column), "{shown}");
        assert!(!shown.contains(['\u{fe0f}', '\u{34f}']));
        // Columns count the selector, as in `--json`.
        assert!(shown.contains("w.toml:1:9\n"), "{shown}");
    }
}
