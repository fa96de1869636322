//! What `hooks replay` prints: what would be sent, each result, and how many were delivered.

use std::collections::HashSet;

use crate::core::exchange::{Exchange, State};
use crate::core::request::PreparedRequest;
use crate::core::text::{count, one_line};
use crate::output::{json, text};

use super::context::Context;
use super::fire::explain;
use super::recorder::name_recorded;

/// What a request to be sent is listed as: the name of the record that it is from, and its destination.
pub(super) fn listed(name: &str, request: &PreparedRequest) -> String {
    format!("{}: {} {}\n", one_line(name), request.method, one_line(&request.shown_url))
}

/// Lists what would be sent where, as `lines` or as JSON.
pub(super) fn show_dry_run(cx: &mut Context, requests: &[PreparedRequest], lines: &[String], is_json: bool) {
    for (request, line) in requests.iter().zip(lines) {
        let line = if is_json { json::would_send_json(request) } else { line.clone() };
        cx.printer.data(&line);
    }
    cx.printer.status(&format!("{} to send, nothing was sent", count(requests.len(), "request")));
}

/// Prints the number of delivered requests, if there are several.
pub(super) fn summarize(cx: &mut Context, states: &[State], of: usize) {
    if of > 1 {
        let number = |wanted: State| states.iter().filter(|state| **state == wanted).count();
        let mut words = format!("delivered {}", number(State::Delivered));
        for state in
            [State::Failed, State::InDoubt, State::NotSent].into_iter().filter(|state| number(*state) > 0)
        {
            words.push_str(&format!(", {} {}", state.in_words(), number(state)));
        }
        cx.printer.status(&format!("{words} of {of}"));
    }
}

/// A request that was sent, and its result.
pub(super) struct Sent<'a> {
    /// The name that identifies it among others.
    pub(super) name: &'a str,
    /// Where it is from.
    pub(super) data: &'a str,
    pub(super) request: &'a PreparedRequest,
    pub(super) exchange: &'a Exchange,
    pub(super) attempts: u32,
    /// The number under which it is recorded.
    pub(super) delivery: Option<i64>,
}

/// Prints the result: in full if it is the only one, else as one line. A failure in `told` is not explained again.
pub(super) fn tell(cx: &mut Context, sent: &Sent<'_>, of: usize, is_json: bool, told: &mut HashSet<String>) {
    let style = cx.printer.style();
    let text = if is_json {
        json::delivery_json(sent.request, sent.exchange, sent.data, sent.attempts, sent.delivery)
    } else if of == 1 {
        text::delivery_text(sent.exchange, style)
    } else {
        text::delivery_line(sent.name, sent.exchange, style)
    };
    cx.printer.result(&text, &text::delivery_line(sent.name, sent.exchange, cx.printer.style_err()));
    if sent.exchange.failure.as_ref().is_none_or(|failure| told.insert(failure.what.clone())) {
        explain(cx, sent.exchange);
    }
    if !is_json {
        name_recorded(cx, sent.delivery);
    }
}
