//! One session of a run: the loop that sends elements and records the results.
//!
//! Before an element is sent, it is in doubt in the ledger: a new element because the high-water mark is moved past it, an element
//! that is sent again because its record says so. At most twice `concurrency` elements are in doubt, whatever happens.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::core::backfill::{ElementRecord, Explanation, Pace, Retries};
use crate::core::delivery::{Exchange, Failure, Retry, RetryDecision, State, retry_after};
use crate::core::history::masked;
use crate::core::request::PreparedRequest;
use crate::io::clock::{jitter, now};
use crate::io::files::{GrowingFile, finding};
use crate::io::history::HistoryError;
use crate::io::http::Transport;
use crate::io::interrupt::{self, ONE_SIGNAL, Signals};
use crate::io::process;

use super::input::Text;
use super::ledger::Ledger;
use super::reader::{Job, Reader, Selected};
use super::render::Renderer;
use super::report::{Ended, Report, Stop, explain_invalid};

/// The longest time until a result is recorded, and how often progress is shown.
const TICK: Duration = Duration::from_millis(100);
/// The maximum number of bytes of elements that are read ahead.
const READ_AHEAD: usize = 4 << 20;
/// After skipping this many elements, signals and results are handled.
const SKIPPED_AT_ONCE: usize = 1000;

/// A job with the result of its request.
struct FinishedJob {
    job: Box<Job>,
    request: PreparedRequest,
    exchange: Exchange,
}

pub(super) struct Session<'p> {
    pub(super) ledger: Ledger,
    pub(super) reader: Reader,
    pub(super) renderer: Renderer,
    pub(super) transport: Arc<Transport>,
    pub(super) concurrency: usize,
    pub(super) retry: Retry,
    pub(super) pace: Pace,
    pub(super) failed_to: Option<GrowingFile>,
    pub(super) report: Report<'p>,
    pub(super) start: Instant,
    pub(super) state: SessionState,
}

/// What a session has started, and what remains to be done.
#[derive(Default)]
pub(super) struct SessionState {
    /// The last element that was started.
    begun_to: u64,
    /// Elements that may be sent: they are in doubt in the ledger.
    ready: VecDeque<Box<Job>>,
    /// Results that are not recorded yet.
    ended: Vec<Ended>,
    /// The earlier records of elements that were not sent again after all.
    restored: Vec<ElementRecord>,
    retries: Retries<Box<Job>>,
    pub(super) stop: Option<Stop>,
}

impl Session<'_> {
    /// Sends until nothing is left, or the run stops.
    pub(super) fn run(&mut self) -> io::Result<()> {
        let runtime = process::runtime()?;
        let exits_on_signal = &interrupt::flags()?.exits;
        self.report.printer.exit_while_blocked(Arc::clone(exits_on_signal));
        let result = runtime.block_on(self.send_all(exits_on_signal));
        // A name lookup cannot be cancelled; the program does not wait for it.
        runtime.shutdown_background();
        result
    }

    async fn send_all(&mut self, exits_on_signal: &AtomicBool) -> io::Result<()> {
        let mut signals = Signals::listen()?;
        let mut stopped_at: Option<Instant> = None;
        let mut tick = tokio::time::interval(TICK);
        let mut in_flight = JoinSet::new();
        loop {
            let due = self.begin(&mut in_flight);
            let due = due.map(|due| tokio::time::sleep_until((self.start + due).into()));
            if in_flight.is_empty() && self.is_over() {
                return Ok(());
            }
            tokio::select! {
                biased;
                () = signals.next() => {
                    // A second signal usually ends the program in its handler.
                    if stopped_at.replace(Instant::now()).is_some() {
                        return Ok(());
                    }
                    self.stop(Stop::Signal);
                }
                Some(ended) = in_flight.join_next() => {
                    self.finish(ended?);
                    while let Some(ended) = in_flight.try_join_next() {
                        self.finish(ended?);
                    }
                }
                () = self.reader.arrival() => {}
                () = or_never(due) => {}
                _ = tick.tick() => self.flush(),
            }
            let is_stopping = stopped_at.is_some_and(|at| at.elapsed() >= ONE_SIGNAL);
            exits_on_signal.store(is_stopping, Ordering::SeqCst);
            self.report.show();
        }
    }

    fn is_over(&self) -> bool {
        let SessionState { ready, retries, stop, .. } = &self.state;
        stop.is_some() || ready.is_empty() && retries.is_empty() && self.reader.is_over()
    }

    /// Starts as many requests as may be in flight. Returns when to try again unless something happens first.
    fn begin(&mut self, in_flight: &mut JoinSet<FinishedJob>) -> Option<Duration> {
        let mut has_more = true;
        if self.state.ready.is_empty() && in_flight.len() < self.concurrency {
            has_more = self.grant(in_flight.len()).unwrap_or_else(|error| {
                self.unrecorded(&error);
                false
            });
        }
        while self.state.stop.is_none() && in_flight.len() < self.concurrency {
            let Some(mut job) = self.state.ready.pop_front() else {
                return if has_more { Some(self.now()) } else { self.state.retries.first_due() };
            };
            let Some(request) = job.request.take().or_else(|| self.render(&mut job)) else { continue };
            if let Err(wait) = self.pace.take(self.now()) {
                job.request = Some(request);
                self.state.ready.push_front(job);
                return Some(self.now() + wait);
            }
            self.state.begun_to = self.state.begun_to.max(job.element);
            let transport = Arc::clone(&self.transport);
            in_flight.spawn(async move {
                // Boxed, since a task is moved several times before it runs.
                let exchange = Box::pin(transport.send(&request)).await;
                FinishedJob { job, request, exchange }
            });
        }
        None
    }

    /// Reads more elements and records that they may be sent, together with all results. False if nothing more can be read now.
    fn grant(&mut self, in_flight: usize) -> Result<bool, HistoryError> {
        if self.state.stop.is_some() {
            return Ok(false);
        }
        let space = (2 * self.concurrency).saturating_sub(in_flight);
        let (mut batch, mut bytes, mut skipped) = (VecDeque::new(), 0, 0);
        let now = self.now();
        while batch.len() < space
            && let Some(job) = self.state.retries.take_due(now)
        {
            batch.push_back(job);
        }
        while batch.len() < space && bytes < READ_AHEAD && !self.state.retries.is_full() {
            match self.reader.next(&mut self.ledger, self.report.printer)? {
                Selected::Job(job) => {
                    bytes += job.bytes();
                    batch.push_back(job);
                }
                Selected::Skipped if skipped < SKIPPED_AT_ONCE => skipped += 1,
                Selected::Skipped | Selected::Nothing => break,
            }
        }
        let has_more = !batch.is_empty() || skipped == SKIPPED_AT_ONCE;
        if !batch.is_empty() {
            let started_to = batch.iter().map(|job| job.element).max().unwrap_or_default();
            let in_doubt = |before: &ElementRecord| ElementRecord {
                state: Some(State::InDoubt),
                failure: None,
                ..before.clone()
            };
            let in_doubt: Vec<_> = batch.iter().filter_map(|job| job.before.as_ref().map(in_doubt)).collect();
            self.record(&in_doubt, self.ledger.started_to().max(started_to))?;
            for job in batch.iter().filter(|job| job.attempts == 0) {
                self.report.resend(job.before.as_ref(), job.repeated);
            }
            self.state.ready = batch;
        }
        Ok(has_more)
    }

    /// Renders the request of an element; none if it is invalid.
    fn render(&mut self, job: &mut Job) -> Option<PreparedRequest> {
        let text = job.text.take()?;
        let mut warnings = Vec::new();
        let answer = job.answer.as_deref();
        let rendered = self.renderer.request(job.element, &text, answer, &mut warnings);
        self.report.warn(warnings);
        match rendered {
            Ok((request, id)) => {
                job.id = id;
                job.text = Some(text).filter(|_| self.failed_to.is_some());
                Some(request)
            }
            Err(invalid) => {
                self.state.begun_to = self.state.begun_to.max(job.element);
                self.write_failed(job.element, Some(text));
                let redactor = self.renderer.compiled.redactor();
                let explanation = self.report.explain_failure(invalid.failure, || {
                    let Explanation { what, next, response } = explain_invalid(&invalid)?;
                    let redacted = |text: String| redactor.redact(&text).into_owned();
                    Some(Explanation { what: redacted(what), next: redacted(next), response })
                });
                if let Some(explanation) = explanation {
                    self.ledger.explain(invalid.failure, explanation);
                }
                self.state.ended.push(Ended::invalid(job.element, invalid, job.repeated));
                None
            }
        }
    }

    /// Handles the result of an attempt.
    fn finish(&mut self, FinishedJob { mut job, request, exchange }: FinishedJob) {
        job.attempts += 1;
        let is_delivered = exchange.state == State::Delivered;
        if !is_delivered {
            self.slow_down(&exchange);
        }
        let own = ElementRecord::of(job.element, &exchange, job.attempts);
        let mut record = ElementRecord { id: job.id.clone(), repeated: job.repeated, ..own };
        if let RetryDecision::After(wait) = self.retry.next(job.attempts, &exchange, jitter(), now() / 1000) {
            record.state = None;
            job.before = Some(record.clone());
            job.request = Some(request);
            let bytes = job.bytes();
            self.state.retries.add(self.now() + wait, job, bytes);
            self.state.ended.push(record.into());
        } else {
            if !is_delivered {
                self.write_failed(job.element, job.text.take());
            }
            if let Some(failure) = &record.failure
                && let Some(explanation) =
                    self.report.explain_failure(failure, || explain(&request, &exchange))
            {
                self.ledger.explain(failure, explanation);
            }
            self.state.ended.push(Ended { notes: exchange.notes, ..record.into() });
            if self.pace.record_outcome(is_delivered) {
                self.stop(Stop::Failures(self.pace.stop_after()));
            }
        }
        if self.state.stop.is_some() {
            self.flush();
        }
    }

    /// Pauses the whole run if the receiver requests it.
    fn slow_down(&mut self, exchange: &Exchange) {
        let response = exchange.response.as_ref().filter(|response| matches!(response.status, 429 | 503));
        match response.and_then(|response| retry_after(response, now() / 1000)) {
            Some(wait) if wait > Retry::MAX_REQUESTED_WAIT => self.stop(Stop::Wait(wait)),
            Some(wait) if self.pace.pause(self.now(), wait) => {
                self.report.paused(wait, self.pace.take_unreported());
            }
            _ => {}
        }
    }

    /// Writes an element that was not delivered to the `--failed-to` file, on one line.
    fn write_failed(&mut self, element: u64, text: Option<Text>) {
        let Some(file) = &mut self.failed_to else { return };
        let Some(text) = text.and_then(Result::ok) else { return self.report.not_written(element) };
        // A line break inside an element of a list is only ever whitespace.
        let line = text.text().trim().replace(['\r', '\n'], " ") + "\n";
        if let Err(error) = file.write(line.as_bytes()) {
            self.failed_to = None;
            self.report.output_failed(finding(&error));
        }
    }

    /// Writes these records, all results and the high-water mark. A result is reported after it is recorded.
    fn record(&mut self, in_doubt: &[ElementRecord], started_to: u64) -> Result<(), HistoryError> {
        let SessionState { restored, ended, .. } = &mut self.state;
        let ended_records = ended.iter().map(|ended| &ended.record);
        let records = restored.iter().chain(ended_records).chain(in_doubt).collect();
        self.ledger.record(records, started_to, self.reader.elements)?;
        restored.clear();
        ended.drain(..).for_each(|ended| self.report.ended(ended));
        Ok(())
    }

    /// Records the results that are not recorded yet.
    fn flush(&mut self) {
        let is_nothing = self.state.ended.is_empty() && self.state.restored.is_empty();
        if !is_nothing && let Err(error) = self.record(&[], self.ledger.started_to()) {
            self.unrecorded(&error);
        }
    }

    fn unrecorded(&mut self, error: &HistoryError) {
        self.report.unrecorded(&error.to_string());
        self.stop(Stop::Unrecorded);
    }

    /// Starts no more elements. The high-water mark is set back to the last element that was started.
    fn stop(&mut self, why: Stop) {
        if self.state.stop.is_some() {
            return;
        }
        self.state.stop = Some(why);
        self.report.stopping(why);
        let not_begun = std::mem::take(&mut self.state.ready);
        self.state.restored.extend(not_begun.into_iter().filter_map(|job| job.before));
        if why != Stop::Unrecorded
            && let Err(error) = self.record(&[], self.begun_to())
        {
            self.report.unrecorded(&error.to_string());
        }
    }

    /// The high-water mark if nothing more is started.
    fn begun_to(&self) -> u64 {
        self.state.begun_to.max(self.ledger.earlier_to())
    }

    /// Records the last results. Returns how many could not be recorded; these are in doubt.
    pub(super) fn end(&mut self) -> usize {
        if let Some(file) = self.failed_to.take()
            && let Err(error) = file.finish()
        {
            self.report.output_failed(finding(&error));
        }
        let is_stopped = self.state.stop.is_some();
        let started_to = if is_stopped { self.begun_to() } else { self.ledger.started_to() };
        let Err(error) = self.record(&[], started_to) else { return 0 };
        self.report.unrecorded(&error.to_string());
        let ended = std::mem::take(&mut self.state.ended);
        let number = ended.len();
        for Ended { record, notes, findings } in ended {
            let state = record.state.map(|_| State::InDoubt);
            self.report.ended(Ended {
                record: ElementRecord { state, failure: None, ..record },
                notes,
                findings,
            });
        }
        number
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// Explains a failure, with the beginning of the response.
fn explain(request: &PreparedRequest, exchange: &Exchange) -> Option<Explanation> {
    /// The longest part of a response body that is kept, in characters.
    const MAX_BODY_LENGTH: usize = 1000;
    let Exchange { failure, response, .. } = masked(request, exchange);
    let Failure { what, next, .. } = failure?;
    let body = response.map(|response| String::from_utf8_lossy(&response.body).into_owned());
    let response =
        body.filter(|body| !body.is_empty()).map(|body| body.chars().take(MAX_BODY_LENGTH).collect());
    Some(Explanation { what, next, response })
}

async fn or_never(future: Option<impl Future<Output = ()>>) {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
