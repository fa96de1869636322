//! Sends one request, and again where `--retry` allows it and it may help.

use crate::core::delivery::{Exchange, FailureKind, Next, Retry, State, duration_in_words};
use crate::core::history::Sending;
use crate::core::request::PreparedRequest;
use crate::io::clock::{jitter, now, pause};
use crate::output::{json, text};

use super::context::Context;
use super::error::{Result, failed};
use super::exit::Exit;
use super::recorder::Recorder;

#[derive(Debug)]
pub struct Attempted<T> {
    pub exchange: Exchange,
    /// What else sending brought.
    pub with: T,
    pub attempts: u32,
    /// The number of the last attempt in the history, if it is recorded.
    pub delivery: Option<i64>,
    /// Whether Ctrl-C ended the wait for another one.
    pub is_interrupted: bool,
}

impl<T> Attempted<T> {
    /// The exit code of the delivery: that of its last attempt.
    pub fn exit(&self) -> Exit {
        if self.is_interrupted { Exit::Interrupted } else { exit(&self.exchange) }
    }

    /// Prints the result: as JSON, in full, or as one line that begins with `name`. `data` is where the element is from.
    pub fn show(
        &self,
        cx: &mut Context,
        request: &PreparedRequest,
        name: &str,
        data: &str,
        is_json: bool,
        is_whole: bool,
    ) {
        let (exchange, style) = (&self.exchange, cx.printer.style());
        let text = if is_json {
            json::delivery_json(request, exchange, data, self.attempts, self.delivery)
        } else if is_whole {
            text::delivery_text(exchange, style)
        } else {
            text::delivery_line(name, exchange, style)
        };
        cx.printer.result(&text, &text::delivery_line(name, exchange, cx.printer.style_err()));
    }
}

/// Sends until it is delivered, or another attempt is of no use or not allowed. Each attempt is a row of the
/// history, which repeats the one before.
pub fn attempt<T>(
    cx: &mut Context,
    retry: Retry,
    recorder: &mut Recorder,
    request: &PreparedRequest,
    sending: &Sending<'_>,
    reveal: bool,
    mut send: impl FnMut() -> Result<(Exchange, T)>,
) -> Result<Attempted<T>> {
    let mut sending = *sending;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let (exchange, with) = recorder.around(cx, request, &sending, reveal, &mut send)?;
        sending.replay_of = recorder.last().or(sending.replay_of);
        let is_interrupted = match retry.next(attempts, &exchange, jitter(), now() / 1000) {
            Next::After(wait) => {
                let all = retry.most.saturating_add(1);
                let when = if wait.is_zero() {
                    "now again".to_owned()
                } else {
                    format!("next in {}", duration_in_words(wait))
                };
                let line = format!("attempt {attempts} of {all} failed: {}; {when}", in_words(&exchange));
                let waited = pause(wait, || cx.printer.status(&line));
                if !waited.map_err(|error| failed("cannot wait", &error))? {
                    continue;
                }
                cx.printer.status("interrupted: not tried again");
                true
            }
            Next::TooLate(wait) => {
                let wait = duration_in_words(wait);
                cx.printer
                    .warning(&format!("not tried again: the receiver wants to be left alone for {wait}"));
                false
            }
            Next::Nothing => {
                let was_asked_for = retry.most > 0 && attempts <= retry.most;
                if was_asked_for && exchange.state == State::InDoubt && !is_ended_by_signal(&exchange) {
                    cx.printer.warning("not retried: it may have arrived");
                }
                false
            }
        };
        return Ok(Attempted { exchange, with, attempts, delivery: recorder.last(), is_interrupted });
    }
}

fn is_ended_by_signal(exchange: &Exchange) -> bool {
    exchange.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Interrupted)
}

fn in_words(exchange: &Exchange) -> String {
    match (&exchange.response, &exchange.failure) {
        (Some(response), _) => response.status_line(),
        (None, Some(failure)) => failure.what.trim_end_matches('.').to_owned(),
        (None, None) => exchange.state.to_string(),
    }
}

/// Explains a failure and says what else is to be known.
pub(super) fn explain(cx: &mut Context, exchange: &Exchange) {
    if let Some(failure) = &exchange.failure {
        cx.printer.error(Some(failure.kind.name()), &failure.what, std::slice::from_ref(&failure.next));
    }
    for note in &exchange.notes {
        cx.printer.warning_with_help(&note.what, &note.next);
    }
}

fn exit(exchange: &Exchange) -> Exit {
    match exchange.state {
        _ if exchange.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Interrupted) => {
            Exit::Interrupted
        }
        State::Delivered => Exit::Success,
        State::Failed => Exit::No,
        State::InDoubt | State::NotSent => Exit::NotDelivered,
    }
}
