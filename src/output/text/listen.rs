//! Received requests: `listen`.

use console::measure_text_width;

use crate::core::delivery::{duration_in_words, timestamp};
use crate::core::received::{
    Difference, ForwardError, Forwarded, HandledRequest, ReceivedRequest, RefusedRequest, RequestPart,
    ResponseState,
};
use crate::core::secrets::shown_url;
use crate::core::text::{count, one_line, size};
use crate::output::json::{ShownRequest, Tally};
use crate::output::style::Style;

use super::delivery::response_text;
use super::message::{BAR, Limit, body_text, head_text};
use super::wrap::{prose, shortened};

/// How much of a request is shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    Line,
    /// All of it, with as much of the body as suits a terminal.
    Screen,
    /// All of it, with as much of the body as suits a file.
    Whole,
}

impl Detail {
    /// How much of a body is shown, if any.
    fn of_body(self) -> Option<Limit> {
        let limit = |lines, bytes| Limit { lines, bytes, advice: "use `--json` for all of it" };
        match self {
            Self::Line => None,
            Self::Screen => Some(limit(60, 16 * 1024)),
            Self::Whole => Some(limit(1000, 64 * 1024)),
        }
    }
}

const MAX_DIFFERENCES: usize = 10;
/// The indent of lines that belong to a request.
const INDENT: &str = "          ";

/// `12:05:09`
pub(super) fn clock(milliseconds: i64) -> String {
    timestamp(milliseconds)[11..19].to_owned()
}

/// A request for people: a line, the differences from the closest webhook and, depending on `detail`, the whole request. If
/// the line would be longer than `width`, the path is truncated, and the match goes to a line of its own if that is not enough.
pub fn request_text(
    seen: &ShownRequest,
    detail: Detail,
    reveal: bool,
    width: Option<u16>,
    style: Style,
) -> String {
    let HandledRequest { time, request, .. } = &*seen.arrival;
    let start =
        format!("{}  {} ", style.faint(&clock(*time)), style.strong(&one_line(request.head.method())));
    let response = format!("  {}  {}", size(request.body.len()), styled_response(&seen.arrival, style));
    let target = request.shown_target(reveal);
    let target = one_line(&target);
    let space_before = |end: &str| {
        let taken = measure_text_width(&start) + measure_text_width(end);
        width.map_or(usize::MAX, |width| usize::from(width).saturating_sub(taken))
    };
    let best_match = styled_match(seen, style).map(|best_match| format!("  {best_match}"));
    let (on_first_line, on_next_line) = match &best_match {
        Some(best_match)
            if space_before(&format!("{response}{best_match}")) < target.chars().count().min(10) =>
        {
            (response, format!("        {best_match}\n"))
        }
        Some(best_match) => (format!("{response}{best_match}"), String::new()),
        None => (response, String::new()),
    };
    let target = shortened(&target, space_before(&on_first_line).max(10));
    let mut text = format!("{start}{target}{on_first_line}\n{on_next_line}");
    if let Some(why) = not_forwarded(&seen.arrival) {
        text.push_str(&format!("{INDENT}{} {}\n", style.name("forward:"), one_line(&why.what())));
    }
    let differences = seen.best_match.iter().flat_map(|best_match| &best_match.differences);
    text.push_str(&differences_text(&differences.collect::<Vec<_>>(), reveal, width, style));
    if let Some(limit) = detail.of_body() {
        text.push_str(&whole_text(request, limit, reveal, style));
        if let Some(Forwarded { url, outcome: Ok(response), .. }) = &seen.arrival.forwarded {
            let url = one_line(&shown_url(url, reveal)).into_owned();
            text.push_str(&format!(
                "{INDENT}{} {url}\n{}",
                style.name("response from"),
                response_text(response, limit, style)
            ));
        }
    }
    text
}

/// Why there was no response to return.
fn not_forwarded(arrival: &HandledRequest) -> Option<&ForwardError> {
    arrival.forwarded.as_ref()?.outcome.as_ref().err()
}

fn styled_response(arrival: &HandledRequest, style: Style) -> String {
    let words = match arrival.response {
        ResponseState::Status(status) => status.to_string(),
        ResponseState::Closed => "closed".to_owned(),
        ResponseState::Gone => "sender left".to_owned(),
    };
    match (&arrival.forwarded, &arrival.response) {
        (Some(Forwarded { outcome: Err(why), .. }), _) => style.error(&format!("{words} {}", why.name())),
        (Some(Forwarded { time, .. }), response) => {
            styled(response, &format!("{words} in {}", duration_in_words(*time)), style)
        }
        (None, response) => styled(response, &words, style),
    }
}

fn styled(response: &ResponseState, words: &str, style: Style) -> String {
    match response {
        ResponseState::Status(200..=299) => style.success(words),
        ResponseState::Status(_) => style.warning(words),
        ResponseState::Closed | ResponseState::Gone => style.error(words),
    }
}

fn styled_match(seen: &ShownRequest, style: Style) -> Option<String> {
    let best_match = seen.best_match.as_ref()?;
    Some(match (&best_match.webhook, &best_match.closest) {
        (Some(handle), _) => style.name(&one_line(handle)),
        (None, Some(closest)) => style.warning(&format!("no match, closest is {}", one_line(closest))),
        (None, None) => style.warning("no match"),
    })
}

/// A line for each difference, with values truncated to fit `width`.
pub fn differences_text(
    differences: &[&Difference],
    reveal: bool,
    width: Option<u16>,
    style: Style,
) -> String {
    let line = |label: &str, difference: &Difference| {
        let taken = INDENT.len() + measure_text_width(label) + 1;
        let space = width.map_or(usize::MAX, |width| usize::from(width).saturating_sub(taken));
        format!("{label} {}", difference_words(difference, reveal, Some(space)))
    };
    difference_lines(differences, line, style)
}

/// A line for each difference, wrapped between words, with whole values.
pub(super) fn whole_differences_text(
    differences: &[&Difference],
    reveal: bool,
    width: Option<u16>,
    style: Style,
) -> String {
    let line = |label: &str, difference: &Difference| {
        let line = format!("{INDENT}{label} {}", difference_words(difference, reveal, None));
        prose(&line, width).trim_start().to_owned()
    };
    difference_lines(differences, line, style)
}

fn difference_lines(
    differences: &[&Difference],
    line: impl Fn(&str, &Difference) -> String,
    style: Style,
) -> String {
    let mut text = String::new();
    for difference in differences.iter().take(MAX_DIFFERENCES) {
        let label = match (&difference.part, difference.part.name()) {
            (RequestPart::ProkeyFilter, _) => "prokey filter".to_owned(),
            (part, Some(name)) if !name.is_empty() => format!("{} {}", part.as_str(), one_line(name)),
            (part, _) => part.as_str().to_owned(),
        };
        text.push_str(&format!("{INDENT}{}\n", line(&style.name(&format!("{label}:")), difference)));
    }
    if differences.len() > MAX_DIFFERENCES {
        let more = count(differences.len() - MAX_DIFFERENCES, "more difference");
        text.push_str(&format!("{INDENT}{}\n", style.faint(&format!("… {more}; use `--json` for all"))));
    }
    text
}

/// The difference in words. `space` is the available width, if values are truncated.
fn difference_words(difference: &Difference, reveal: bool, space: Option<usize>) -> String {
    /// The minimum and maximum width of a value, in columns.
    const WIDTH: std::ops::RangeInclusive<usize> = 12..=60;
    let values = usize::from(difference.expected.is_some()) + usize::from(difference.actual.is_some());
    let words = if values == 2 { ", expected ".len() } else { "missing, expected ".len() };
    let longest = space.map_or(usize::MAX, |space| {
        let width = space.saturating_sub(words) / values.max(1);
        width.clamp(*WIDTH.start(), *WIDTH.end())
    });
    let shown = |text: &str| shortened(&one_line(text), longest);
    let is_hidden = difference.is_secret && !reveal;
    match (&difference.expected, &difference.actual) {
        (Some(_), Some(_)) if is_hidden => "not the expected value; `--reveal` shows both".to_owned(),
        (Some(_), None) if is_hidden => "missing".to_owned(),
        (None, Some(_)) if is_hidden => "not expected".to_owned(),
        (Some(expected), Some(actual)) => format!("{}, expected {}", shown(actual), shown(expected)),
        (Some(expected), None) => format!("missing, expected {}", shown(expected)),
        (None, Some(actual)) => format!("not expected: {}", shown(actual)),
        (None, None) => String::new(),
    }
}

/// A whole request, with a bar before each line.
fn whole_text(request: &ReceivedRequest, limit: Limit, reveal: bool, style: Style) -> String {
    let bar = style.faint(BAR);
    let first =
        format!("{} {} {}", request.head.method(), request.shown_target(reveal), request.head.version());
    let headers = request.head.headers();
    let headers = headers.map(|(name, value)| (name, ReceivedRequest::shown_header(name, value, reveal)));
    let mut text = head_text(&style.strong(&one_line(&first)), headers, style);
    text.push_str(&format!("{bar}\n"));
    text + &body_text(&request.decoded_body(), limit, style)
}

pub fn refused_line(refused: &RefusedRequest, reveal: bool, style: Style) -> String {
    let request = refused.request.as_ref().map_or(String::new(), |request| {
        format!(
            "{} {}  ",
            one_line(request.head.method()),
            shortened(&one_line(&request.shown_target(reveal)), 40)
        )
    });
    let status = refused.why.status().map_or(String::new(), |status| format!(" {status}"));
    let label = style.error(&format!("refused{status}"));
    format!("{}  {request}{label}  {}\n", style.faint(&clock(refused.time)), refused.why.what())
}

pub fn summary_text(tally: Tally, has_definitions: bool) -> String {
    let number = |number: u64, noun: &str| count(usize::try_from(number).unwrap_or(usize::MAX), noun);
    let mut text = number(tally.requests, "request");
    if has_definitions && tally.requests > 0 {
        text.push_str(&format!(", {} matched", tally.matched));
    }
    if tally.refused > 0 {
        text.push_str(&format!("; {} refused", tally.refused));
    }
    text
}
