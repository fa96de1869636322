//! Sends one request, and again where `--retry` allows it and it may help.

use crate::core::exchange::{Exchange, FailureKind, Next, Retry, State, duration_in_words};
use crate::core::record::Sending;
use crate::core::request::PreparedRequest;
use crate::io::clock::{jitter, now, pause};

use super::context::Context;
use super::error::Result;
use super::exit::Exit;
use super::fire;
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
        if self.is_interrupted { Exit::Interrupted } else { fire::exit(&self.exchange) }
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
                if !pause(wait, || cx.printer.status(&line)).map_err(anyhow::Error::new)? {
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
    match (&exchange.answer, &exchange.failure) {
        (Some(answer), _) => answer.status_line(),
        (None, Some(failure)) => failure.what.trim_end_matches('.').to_owned(),
        (None, None) => exchange.state.to_string(),
    }
}
