//! The webhooks that match a request: `match`.

use crate::core::capture::{Captured, Format};
use crate::core::received::{
    BodyCoverage, Difference, HostMatch, Ranked, Ranking, RequestPart, TriggerEvidence,
};
use crate::core::text::{count, one_line, size};
use crate::output::json::Recognized;
use crate::output::style::Style;

use super::listen::whole_differences_text;
use super::wrap::wrapped;

/// The maximum number of webhooks that are listed after the closest one.
const MAX_FURTHER_WEBHOOKS: usize = 4;

/// A request: problems of its body, the webhooks that match or the closest one, and what is unknown.
pub fn recognized_text(
    recognized: &Recognized<'_>,
    reveal: bool,
    width: Option<u16>,
    style: Style,
) -> String {
    let Recognized { number, captured, ranking } = recognized;
    let mut page = Page { text: String::new(), width, style };
    page.heading(*number, captured, reveal);
    if let Some(problem) = &captured.body_problem {
        page.line(2, &style.warning("warning:"), problem);
    }
    let matches: Vec<&Ranked<'_>> = ranking.candidates.iter().filter(|own| own.is_match()).collect();
    for own in &matches {
        page.line(2, &style.success("match:"), &described(own));
        page.reasons(own);
    }
    if matches.is_empty() {
        page.unmatched(ranking, reveal);
    }
    let (label, words) = trigger_words(ranking);
    if !ranking.candidates.is_empty() {
        page.line(2, &style.faint(label), words);
    }
    for unknown in unknowns(captured) {
        page.line(2, &style.faint("unknown:"), &unknown);
    }
    let accepted = accepted(captured, matches.first().copied().or(ranking.candidates.first()));
    if !accepted.is_empty() {
        page.line(2, &style.faint("not compared:"), &accepted.join(", "));
    }
    page.text
}

/// Lines of text that are wrapped between words.
struct Page {
    text: String,
    width: Option<u16>,
    style: Style,
}

impl Page {
    /// A line that begins with a label; longer text is wrapped and aligned after the label.
    fn line(&mut self, indent: usize, label: &str, words: &str) {
        const DEEPEST: usize = 6;
        let width = self.width.map_or(usize::MAX, usize::from);
        let line = format!("{label} {}", one_line(words));
        let line = wrapped(&line, width, indent, (indent + 2).min(DEEPEST)).replace('\u{a0}', " ");
        self.text.push_str(&format!("{}{line}\n", " ".repeat(indent)));
    }

    fn heading(&mut self, number: usize, captured: &Captured, reveal: bool) {
        let label = self.style.strong(&format!("request {number}:"));
        let coverage = captured.coverage;
        let method = one_line(captured.request.head.method()).into_owned();
        let target = if coverage.target { captured.request.shown_target(reveal) } else { String::new() };
        let what = match (method.is_empty(), target.is_empty()) {
            (true, true) if !coverage.headers => "a body".to_owned(),
            (true, true) => "headers and a body".to_owned(),
            _ => format!("{method} {target}").trim().to_owned(),
        };
        // A size is not broken between number and unit.
        let size = size(captured.body_bytes).replace(' ', "\u{a0}");
        let (format, line) = (captured.format.in_words(), captured.line);
        let place = match captured.format {
            Format::History => String::new(),
            _ => format!(", line {line}"),
        };
        self.line(0, &label, &format!("{what} ({format}{place}, {size})"));
    }

    /// Why a webhook matches, and what is unusual.
    fn reasons(&mut self, own: &Ranked<'_>) {
        let style = self.style;
        if !own.same.is_empty() {
            self.line(4, &style.faint("same:"), &same_words(&own.same));
        }
        if let HostMatch::Other { expected, actual } = &own.host {
            self.line(4, &style.warning("host:"), &format!("{actual}, expected {expected} (ignored)"));
        }
        if own.is_other_trigger {
            let words =
                format!("{}, but the element indicates another, see below", own.webhook.trigger.value);
            self.line(4, &style.warning("trigger:"), &words);
        }
    }

    fn unmatched(&mut self, ranking: &Ranking<'_>, reveal: bool) {
        let style = self.style;
        let label = style.error("no match");
        let Some((closest, further)) = ranking.candidates.split_first() else {
            let words = match ranking.bare_element {
                Some(kind) => {
                    format!("(this is a bare {kind} element; a webhook sends it inside `element_data`)")
                }
                None => "(no similar webhook)".to_owned(),
            };
            return self.line(2, &label, &words);
        };
        self.line(2, &format!("{label}, closest:"), &described(closest));
        let differences: Vec<&Difference> = closest.differences.iter().collect();
        self.text.push_str(&whole_differences_text(&differences, reveal, self.width, style));
        if !closest.same.is_empty() {
            self.line(4, &style.faint("same:"), &same_words(&closest.same));
        }
        if !further.is_empty() {
            let mut words: Vec<String> =
                further.iter().take(MAX_FURTHER_WEBHOOKS).map(|own| differing(own)).collect();
            if further.len() > MAX_FURTHER_WEBHOOKS {
                words.push(format!("{} more", further.len() - MAX_FURTHER_WEBHOOKS));
            }
            self.line(4, &style.faint("then:"), &words.join(", "));
        }
    }
}

fn described(own: &Ranked<'_>) -> String {
    let webhook = own.webhook;
    let off = if webhook.active.value { "" } else { ", inactive" };
    format!("{} ({} {}{off})", webhook.handle.value, webhook.trigger.value, webhook.trigger_element.value)
}

fn differing(own: &Ranked<'_>) -> String {
    format!("{} ({})", own.webhook.handle.value, count(own.differences.len(), "difference"))
}

/// The parts that are the same, those of one kind together.
fn same_words(parts: &[RequestPart]) -> String {
    let named = |wanted: fn(&RequestPart) -> bool| {
        let names = parts.iter().filter(|part| wanted(part)).filter_map(RequestPart::name);
        names.map(|name| one_line(name).into_owned()).collect::<Vec<_>>()
    };
    let simple = parts.iter().filter(|part| part.name().is_none());
    let mut words: Vec<String> = simple.map(|part| part.as_str().replace('_', " ")).collect();
    for (noun, names) in [
        ("header", named(|part| matches!(part, RequestPart::Header(_)))),
        ("body field", named(|part| matches!(part, RequestPart::Body(_)))),
    ] {
        if !names.is_empty() {
            let plural = if names.len() == 1 { "" } else { "s" };
            words.push(format!("{noun}{plural} {}", names.join(", ")));
        }
    }
    words.join(", ")
}

fn trigger_words(ranking: &Ranking<'_>) -> (&'static str, &'static str) {
    match ranking.trigger {
        TriggerEvidence::Create => ("trigger:", "create, since `date_updated` is null"),
        TriggerEvidence::UpdateOrDelete => ("trigger:", "update or delete, since `date_updated` is set"),
        TriggerEvidence::None => ("unknown:", "the trigger (requests do not contain it)"),
    }
}

/// The parts that the input does not contain.
fn unknowns(captured: &Captured) -> Vec<String> {
    let coverage = captured.coverage;
    let mut unknown = Vec::new();
    let is_inbox = captured.webhook_site_inbox().is_some();
    if is_inbox && !coverage.target {
        unknown.push("URL (a webhook.site inbox)".to_owned());
    }
    let absent: Vec<&str> =
        [("method", coverage.method), ("URL", coverage.target || is_inbox), ("headers", coverage.headers)]
            .into_iter()
            .filter_map(|(name, is_known)| (!is_known).then_some(name))
            .collect();
    if !absent.is_empty() {
        unknown.push(format!("{} (not in the input)", absent.join(", ")));
    }
    if coverage.body == BodyCoverage::Cut {
        unknown.push("the rest of the body".to_owned());
    }
    unknown
}

/// The variables and masks for which any value was accepted.
fn accepted(captured: &Captured, own: Option<&Ranked<'_>>) -> Vec<String> {
    let mut words = Vec::new();
    if captured.masked > 0 {
        words.push(count(captured.masked, "masked value"));
    }
    words.extend(own.iter().flat_map(|own| &own.unset).map(|name| format!("`${{{name}}}`")));
    words
}
