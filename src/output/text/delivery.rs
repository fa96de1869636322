//! Deliveries, and the webhooks that a trigger fires: `fire`, `trigger`, `replay`.

use std::time::Duration;

use crate::core::body::decode;
use crate::core::delivery::{BodyEnd, Exchange, Phases, Response, State};
use crate::core::diagnostic::Diagnostic;
use crate::core::model::Webhook;
use crate::core::received::ReceivedRequest;
use crate::core::request::{Mismatch, PreparedRequest};
use crate::core::text::one_line;
use crate::output::style::Style;

use super::message::{BAR, Limit, body_text, head_text};
use super::wrap::prose;

const OF_RESPONSE: Limit =
    Limit { lines: 60, bytes: 16 * 1024, advice: "`--json` shows everything that was kept" };
const OF_ARRIVED: Limit =
    Limit { lines: 1000, bytes: 16 * 1024, advice: "`hooks preview --format body` prints all of it" };

pub(super) fn state_word(state: State, style: Style) -> String {
    match state {
        State::Delivered => style.success(state.in_words()),
        State::InDoubt => style.warning(state.in_words()),
        State::Failed | State::NotSent => style.error(state.in_words()),
    }
}

/// State, status, times and response.
pub fn delivery_text(exchange: &Exchange, style: Style) -> String {
    let mut text = format!(
        "{}{}\n{}\n",
        state_word(exchange.state, style),
        style.strong(&status_text(exchange)),
        phases_text(exchange, style)
    );
    if let Some(response) = &exchange.response {
        text.push('\n');
        text.push_str(&response_text(response, OF_RESPONSE, style));
    }
    text
}

/// A delivery on one line.
pub fn delivery_line(name: &str, exchange: &Exchange, style: Style) -> String {
    let state = state_word(exchange.state, style);
    let words: Vec<String> =
        [milliseconds(exchange.phases.total)].into_iter().chain(through(exchange)).collect();
    format!("{state} {name}{}  {}\n", status_text(exchange), style.faint(&words.join(" · ")))
}

fn status_text(exchange: &Exchange) -> String {
    exchange.response.as_ref().map_or(String::new(), |response| format!("  {}", response.status_line()))
}

fn phases_text(exchange: &Exchange, style: Style) -> String {
    let Phases { lookup, connect, tls, first_byte, total } = exchange.phases;
    let steps = [("name lookup", lookup), ("connect", connect), ("TLS", tls), ("first byte", first_byte)];
    let mut words: Vec<String> = steps
        .into_iter()
        .filter_map(|(name, time)| Some(format!("{name} {}", milliseconds(time?))))
        .collect();
    if exchange.reused {
        words.insert(0, "connection reused".to_owned());
    }
    words.push(format!("total {}", milliseconds(total)));
    words.extend(through(exchange));
    style.faint(&words.join(" · "))
}

fn through(exchange: &Exchange) -> Option<String> {
    exchange.proxy.as_deref().map(|proxy| format!("through the proxy {}", one_line(proxy)))
}

pub(super) fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// A response, each line after a bar.
pub(super) fn response_text(response: &Response, limit: Limit, style: Style) -> String {
    let first = format!("{} {}", response.version, response.status_line());
    let headers = response.headers.iter().map(|(name, value)| (name.as_str(), value.into()));
    let mut text = head_text(&first, headers, style);
    if !response.body.is_empty() {
        let bar = style.faint(BAR);
        text.push_str(&format!("{bar}\n"));
        text.push_str(&body_text(&response.decoded_body(), limit, style));
    }
    let end = match response.body_end {
        BodyEnd::Complete => return text,
        BodyEnd::Stopped => "the response body is too long and was not read to its end",
        BodyEnd::CutShort => "the response body is incomplete",
        BodyEnd::Malformed => "the response body is malformed",
        BodyEnd::TimedOut => "timed out while reading the response body",
    };
    text + &style.warning(&format!("({end})")) + "\n"
}

/// The request that the receiver of `--echo` received. `shown` masks the first line (without a name) and each header.
pub fn arrived_text(
    received: &ReceivedRequest,
    shown_body: &[u8],
    shown: impl Fn(Option<&str>, &str) -> String,
    style: Style,
) -> String {
    let bar = style.faint(BAR);
    let head = String::from_utf8_lossy(received.head.bytes());
    let mut lines = head.trim_end().split("\r\n");
    let first = shown(None, lines.next().unwrap_or_default());
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        (name, shown(Some(name), value.trim_start()).into())
    });
    let mut text = head_text(&style.strong(&one_line(&first)), headers, style);
    text.push_str(&format!("{bar}\n"));
    text + &body_text(&decode(shown_body, None, None), OF_ARRIVED, style)
}

pub fn mismatch_line(webhook: &Webhook, reasons: &[Mismatch], width: Option<u16>, style: Style) -> String {
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    let handle = one_line(&webhook.handle.value);
    let line = format!("{} {handle}: {}", style.faint("not fired"), one_line(&reasons.join("; ")));
    prose(&line, width) + "\n"
}

/// A webhook that matches, but whose request cannot be built.
pub fn cannot_fire_line(
    webhook: &Webhook,
    errors: &[Diagnostic],
    width: Option<u16>,
    style: Style,
) -> String {
    let messages: Vec<&str> = errors.iter().map(|own| own.message.as_str()).collect();
    let handle = one_line(&webhook.handle.value);
    let line = format!("{} {handle}: {}", style.error("cannot fire"), one_line(&messages.join("; ")));
    prose(&line, width) + "\n"
}

pub fn would_fire_line(request: &PreparedRequest, width: Option<u16>, style: Style) -> String {
    let (label, url) = (style.success("would fire"), one_line(&request.shown_url));
    prose(&format!("{label} {}: {} {url}", request.webhook, request.method), width) + "\n"
}
