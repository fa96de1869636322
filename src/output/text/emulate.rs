//! The text log of `emulate`.

use console::measure_text_width;

use crate::core::delivery::Exchange;
use crate::core::text::{count, list, one_line};
use crate::output::json::{CheckedWebhook, EmulatorTally, NotFired, ShownAccount, ShownCall, ShownChange};
use crate::output::style::Style;

use super::delivery::{milliseconds, state_word};
use super::listen::clock;
use super::wrap::{shortened, wrapped};

/// The indent of lines that belong to a request or a change.
const INDENT: usize = 10;

#[derive(Debug, Clone, Copy)]
pub struct LogStyle {
    /// The maximum length of a line; none for no limit.
    pub width: Option<u16>,
    pub style: Style,
    /// Whether lines name the account, because there are several.
    pub names_account: bool,
}

impl LogStyle {
    fn width(self) -> usize {
        self.width.map_or(usize::MAX, usize::from)
    }

    fn account(self, account: ShownAccount<'_>) -> String {
        match (self.names_account, account.key_end) {
            (false, _) => String::new(),
            (true, "") => format!("  account {}", account.number),
            (true, end) => format!("  key …{}", one_line(end)),
        }
    }

    /// A line below the first, wrapped between words.
    fn indented(self, text: &str) -> String {
        // Two spaces separate the parts of a line, so a wrapped line may end with one.
        let text = wrapped(text, self.width(), INDENT, INDENT + 2).replace(" \n", "\n");
        format!("{}{text}\n", " ".repeat(INDENT))
    }
}

/// A request on one line, with the path truncated if the line would be too long. Its message and ignored fields follow.
pub fn call_text(call: &ShownCall<'_>, log: LogStyle) -> String {
    let style = log.style;
    let start = format!("{}  {} ", style.faint(&clock(call.time)), style.strong(&one_line(call.method)));
    let status = match call.status {
        Some(status @ 200..=299) => style.success(&status.to_string()),
        Some(status) if call.is_empty_list => status.to_string(),
        Some(status) => style.warning(&status.to_string()),
        None => style.error("closed"),
    };
    let account = call.account.map_or(String::new(), |own| log.account(own));
    let end = format!("  {status}{}", style.faint(&account));
    let taken = measure_text_width(&start) + measure_text_width(&end);
    let target = shortened(&one_line(call.path), log.width().saturating_sub(taken).max(10));
    let mut text = format!("{start}{target}{end}\n");
    if let Some(message) = call.message {
        text.push_str(&log.indented(&one_line(message)));
    }
    if !call.ignored.is_empty() {
        let fields: Vec<String> = call.ignored.iter().map(|field| one_line(field).into_owned()).collect();
        text.push_str(&log.indented(&format!("ignored: {}", list(&fields, "and"))));
    }
    text
}

/// The outcome of a change for one webhook.
#[derive(Debug, Clone)]
pub enum FiringOutcome {
    NotFired(CheckedWebhook),
    /// The result of its delivery, without secrets.
    Sent {
        webhook: CheckedWebhook,
        exchange: Box<Exchange>,
        /// Its number in the history.
        delivery: Option<i64>,
        /// Whether to explain the failure; false if it was explained before.
        is_explained: bool,
    },
}

/// A change with the outcome for each webhook: first those that fired, then those that did not, grouped by reason.
pub fn emulated_change_text(
    change: &ShownChange<'_>,
    time: i64,
    outcomes: &[FiringOutcome],
    log: LogStyle,
) -> String {
    let style = log.style;
    let head = format!("{} of {}", change.trigger, change.kind);
    let account = style.faint(&log.account(change.account));
    let mut text = format!("{}  {}{account}\n", style.faint(&clock(time)), style.strong(&head));
    let mut not_fired: Vec<(&[NotFired], Vec<String>)> = Vec::new();
    for outcome in outcomes {
        match outcome {
            FiringOutcome::NotFired(webhook) => {
                let same = not_fired.iter_mut().find(|(reasons, _)| *reasons == webhook.reasons);
                match same {
                    Some((_, names)) => names.push(shown_name(webhook)),
                    None => not_fired.push((&webhook.reasons, vec![shown_name(webhook)])),
                }
            }
            FiringOutcome::Sent { webhook, exchange, delivery, is_explained } => {
                text.push_str(&sent_text(webhook, exchange, *delivery, *is_explained, log));
            }
        }
    }
    for (reasons, names) in not_fired {
        let words: Vec<&str> = reasons.iter().map(|reason| reason.what.as_str()).collect();
        let (names, words) = (names.join(", "), words.join("; "));
        let line = format!("{} {names}: {}", style.faint("not fired"), one_line(&words));
        text.push_str(&log.indented(&line));
        for help in reasons.iter().filter_map(|reason| reason.help.as_deref()) {
            text.push_str(&log.indented(&format!("= {}: {}", style.strong("help"), one_line(help))));
        }
    }
    if outcomes.is_empty() {
        text.push_str(&log.indented(&style.faint("no webhooks are defined")));
    }
    text
}

fn sent_text(
    webhook: &CheckedWebhook,
    exchange: &Exchange,
    delivery: Option<i64>,
    is_explained: bool,
    log: LogStyle,
) -> String {
    let style = log.style;
    let failure = exchange.failure.as_ref();
    let result = match (&exchange.response, failure) {
        (Some(response), _) => format!("  {}", response.status_line()),
        (None, Some(failure)) => format!("  {}", failure.kind.name()),
        (None, None) => String::new(),
    };
    let mut facts = vec![milliseconds(exchange.phases.total)];
    facts.extend(delivery.map(|id| format!("delivery {id}")));
    let (state, name) = (state_word(exchange.state, style), shown_name(webhook));
    let mut text =
        log.indented(&format!("{state} {name}{}  {}", one_line(&result), style.faint(&facts.join(" · "))));
    let failure = failure.map(|own| (&own.what, &own.next));
    let notes = exchange.notes.iter().map(|own| (&own.what, &own.next));
    for (what, next) in failure.into_iter().chain(notes).filter(|_| is_explained) {
        text.push_str(&log.indented(&format!("  {}", one_line(what))));
        text.push_str(&log.indented(&format!("  = {}: {}", style.strong("help"), one_line(next))));
    }
    text
}

fn shown_name(webhook: &CheckedWebhook) -> String {
    let handle = one_line(&webhook.handle);
    match webhook.name.as_deref().filter(|_| webhook.api_id.is_some()) {
        Some(name) => format!("{handle} ({})", one_line(name)),
        None => handle.into_owned(),
    }
}

pub fn dropped_text(change: &ShownChange<'_>, log: LogStyle) -> String {
    let style = log.style;
    let when = format!(
        "{} of {} ({}) fired no webhooks, because the last run ended first",
        change.trigger,
        change.kind,
        one_line(change.cause)
    );
    format!("{}  {}{}\n", style.faint(&clock(change.time)), style.warning("dropped"), {
        let account = log.account(change.account);
        format!("  {}{account}", wrapped(&when, log.width(), INDENT + 9, INDENT))
    })
}

/// The number of requests, of changes with those that fired webhooks, and of deliveries.
pub fn emulator_summary(tally: EmulatorTally, dropped: usize) -> String {
    let number = |number: u64, noun: &str| count(usize::try_from(number).unwrap_or(usize::MAX), noun);
    let fired = match tally.changes_fired {
        _ if tally.changes == 0 => String::new(),
        0 => " (none fired webhooks)".to_owned(),
        fired if fired == tally.changes => String::new(),
        fired => format!(" ({fired} of them fired webhooks)"),
    };
    let mut words = vec![number(tally.requests, "request"), number(tally.changes, "change") + fired.as_str()];
    words.push(format!("delivered {}", tally.delivered));
    let others = [("failed", tally.failed), ("in doubt", tally.in_doubt), ("not sent", tally.not_sent)];
    words.extend(
        others.iter().filter(|(_, number)| *number > 0).map(|(what, number)| format!("{what} {number}")),
    );
    if dropped > 0 {
        words.push(format!("webhooks of {} not fired", count(dropped, "change")));
    }
    words.join(", ")
}
