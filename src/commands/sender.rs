//! Sends requests, records each attempt, and retries as `--retry` allows.

use crate::core::delivery::{Exchange, FailureKind, Retry, RetryDecision, State, duration_in_words};
use crate::core::history::{Sending, masked};
use crate::core::request::PreparedRequest;
use crate::io::clock::{jitter, now, pause};
use crate::io::http::{Options, send_once};
use crate::output::{json, text};

use super::args::{RetryArgs, SendArgs};
use super::context::Context;
use super::error::{Result, failed};
use super::exit::Exit;
use super::recorder::Recorder;

#[derive(Debug)]
pub struct Sender<'a> {
    args: &'a SendArgs,
    retry: Retry,
    options: Options,
    recorder: Recorder,
    reveal: bool,
}

/// The last attempt to send a request.
#[derive(Debug)]
pub struct Sent {
    pub exchange: Exchange,
    pub attempts: u32,
    /// Its number in the history, if it is recorded.
    pub delivery: Option<i64>,
    /// Whether Ctrl-C ended the wait for another attempt.
    pub is_interrupted: bool,
}

impl<'a> Sender<'a> {
    /// Without `reveal`, results are masked.
    pub fn new(cx: &mut Context, args: &'a SendArgs, retry: &RetryArgs, reveal: bool) -> Result<Self> {
        let (options, recorder) = (args.options(cx)?, Recorder::new(cx, args.no_history));
        Ok(Self { args, retry: retry.into(), options, recorder, reveal })
    }

    /// Sends a request until it is delivered or must not be retried. Each attempt is a delivery in the history.
    pub fn send(
        &mut self,
        cx: &mut Context,
        request: &PreparedRequest,
        sending: &Sending<'_>,
    ) -> Result<Sent> {
        let Self { args, retry, options, recorder, reveal } = self;
        let mut sending = *sending;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let recording = recorder.begin(cx, request, &sending);
            let exchange = match send_once(options, request) {
                Ok(exchange) => exchange,
                Err(error) => {
                    recorder.forget(cx, &recording);
                    return Err(args.setup_error(error));
                }
            };
            let masked = masked(request, &exchange);
            let delivery = recorder.finish(cx, recording, &masked);
            let exchange = if *reveal { exchange } else { masked };
            let next = retry.next(attempts, &exchange, jitter(), now() / 1000);
            let sent = Sent { exchange, attempts, delivery, is_interrupted: false };
            match next {
                RetryDecision::After(wait) => {
                    let when = if wait.is_zero() {
                        "retrying now".to_owned()
                    } else {
                        format!("retrying in {}", duration_in_words(wait))
                    };
                    let (all, why) = (retry.most.saturating_add(1), in_words(&sent.exchange));
                    let line = format!("attempt {attempts} of {all} failed: {why}; {when}");
                    let is_interrupted = pause(wait, || cx.printer.status(&line));
                    if is_interrupted.map_err(|error| failed("cannot wait", &error))? {
                        cx.printer.status("interrupted: not retried");
                        return Ok(Sent { is_interrupted: true, ..sent });
                    }
                    sending.replay_of = delivery.or(sending.replay_of);
                }
                RetryDecision::TooLate(wait) => {
                    let wait = duration_in_words(wait);
                    cx.printer.warning(&format!("not retried: the receiver requests a pause of {wait}"));
                    return Ok(sent);
                }
                RetryDecision::Nothing => {
                    let is_last = attempts > retry.most;
                    if !is_last && sent.exchange.state == State::InDoubt && !is_interrupted(&sent.exchange) {
                        cx.printer.warning("not retried: the request may have arrived");
                    }
                    return Ok(sent);
                }
            }
        }
    }
}

impl Sent {
    pub fn exit(&self) -> Exit {
        if self.is_interrupted || is_interrupted(&self.exchange) {
            return Exit::Interrupted;
        }
        Exit::of(self.exchange.state)
    }

    /// Prints the result: as JSON, in full, or as one line that begins with `name`. `data` is the source of the element.
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

fn is_interrupted(exchange: &Exchange) -> bool {
    exchange.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Interrupted)
}

fn in_words(exchange: &Exchange) -> String {
    match (&exchange.response, &exchange.failure) {
        (Some(response), _) => response.status_line(),
        (None, Some(failure)) => failure.what.trim_end_matches('.').to_owned(),
        (None, None) => exchange.state.to_string(),
    }
}

/// Prints the failure and the notes of a delivery.
pub(super) fn explain(cx: &mut Context, exchange: &Exchange) {
    if let Some(failure) = &exchange.failure {
        cx.printer.error(Some(failure.kind.name()), &failure.what, std::slice::from_ref(&failure.next));
    }
    for note in &exchange.notes {
        cx.printer.warning_with_help(&note.what, &note.next);
    }
}
