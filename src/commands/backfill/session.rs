//! One session of a run: which element is sent next, and what is recorded before and after. Nothing here waits; the
//! workers in `engine` do.
//!
//! Before an element is sent, the ledger has it in doubt: a new one because the high-water mark is moved past it, one that
//! is sent again because its record says so. Never more than twice `concurrency` elements are in doubt, whatever happens.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::core::backfill::{ElementRecord, Explanation, Fingerprint, Pace, Retries, Selection};
use crate::core::delivery::{Exchange, Failure, Next, Retry, State, retry_after};
use crate::core::diagnostic::Diagnostic;
use crate::core::history::masked;
use crate::core::text::Source;
use crate::io::clock::{jitter, now};
use crate::io::files::{GrowingFile, finding};
use crate::io::history::{Batch, HistoryError};

use super::input::{self, Input, Job, Recipe, Text};
use super::ledger::{Ledger, Previous};
use super::report::{Ended, Report, Stop};

/// What a worker does next.
pub(super) enum Step {
    Send(Box<Job>),
    /// Wait until this time of the session, or until something changes.
    Wait(Duration),
    /// Wait until something changes.
    Idle,
    /// Let the others work, then ask again.
    Yield,
    End,
}

/// An element that may be sent, as the ledger has it in doubt.
enum Ready {
    /// Its request is not made yet.
    Line(Line),
    Job(Box<Job>, Option<ElementRecord>),
}

/// An element to send. `before` is its record if it has one.
struct Line {
    element: u64,
    text: Text,
    before: Option<ElementRecord>,
    repeated: bool,
}

/// One session of a run.
pub(super) struct Session {
    pub(super) ledger: Option<Ledger>,
    pub(super) input: Input,
    pub(super) recipe: Recipe,
    pub(super) selection: Selection,
    pub(super) concurrency: usize,
    pub(super) retry: Retry,
    pub(super) pace: Pace,
    pub(super) stop_after: u32,
    pub(super) start: Instant,
    pub(super) previous: Previous,
    /// Kept if the fingerprint of the whole input is not known in advance.
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) failed_to: Option<GrowingFile>,
    pub(super) report: Report,
    pub(super) progress: Progress,
}

/// How far a session is.
#[derive(Default)]
pub(super) struct Progress {
    /// How many elements of the input were read.
    read_to: u64,
    /// The high-water mark as it is recorded.
    started_to: u64,
    /// The last new element that was begun.
    begun_to: u64,
    /// Elements that were read and wait for their turn.
    selected: VecDeque<Line>,
    ready: VecDeque<Ready>,
    in_flight: usize,
    /// What ended and is not recorded yet.
    ended: Vec<Ended>,
    /// Records of elements that were not sent again after all.
    restored: Vec<ElementRecord>,
    waiting: Retries<(Box<Job>, ElementRecord)>,
    /// How many elements the input has, once its end was reached.
    pub(super) elements: Option<u64>,
    /// Why nothing more can be read.
    pub(super) trouble: Option<Diagnostic>,
    pub(super) stop: Option<Stop>,
}

impl Progress {
    /// A session that continues at a high-water mark.
    pub(super) fn from(started_to: u64) -> Self {
        Self { started_to, begun_to: started_to, ..Self::default() }
    }
}

/// So many bytes of elements are read ahead at most.
const AHEAD: usize = 4 << 20;
/// After so many elements that are not sent, the others have their turn.
const SKIPPED: usize = 1000;

impl Session {
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Whether the loop beside the workers has something to do.
    pub(super) fn is_supervision_due(&self) -> bool {
        self.report.has_output() || self.input.has_room()
    }

    /// What a worker that is free does next.
    pub(super) fn next(&mut self) -> Step {
        loop {
            if self.progress.stop.is_some() {
                return Step::End;
            }
            if self.progress.ready.is_empty() {
                match self.grant() {
                    Ok(true) => return Step::Yield,
                    Ok(false) => {}
                    Err(error) => {
                        self.unrecorded(&error);
                        return Step::End;
                    }
                }
            }
            let Some(ready) = self.progress.ready.pop_front() else { return self.nothing_ready() };
            let Some((job, before)) = self.job(ready) else { continue };
            if let Err(wait) = self.pace.take(self.now()) {
                self.progress.ready.push_front(Ready::Job(job, before));
                return Step::Wait(self.now() + wait);
            }
            self.progress.begun_to = self.progress.begun_to.max(job.element);
            self.progress.in_flight += 1;
            return Step::Send(job);
        }
    }

    fn nothing_ready(&self) -> Step {
        let is_over = self.progress.elements.is_some() || self.progress.trouble.is_some();
        match self.progress.waiting.first_due() {
            Some(due) => Step::Wait(due),
            None if is_over => Step::End,
            None => Step::Idle,
        }
    }

    /// The request of an element that is ready; none if it cannot be sent.
    fn job(&mut self, ready: Ready) -> Option<(Box<Job>, Option<ElementRecord>)> {
        let Line { element, text, before, repeated } = match ready {
            Ready::Job(job, before) => return Some((job, before)),
            Ready::Line(line) => line,
        };
        let mut warnings = Vec::new();
        let made = self.recipe.request(element, &text, &mut warnings);
        self.report.warn(warnings);
        match made {
            Ok((request, id)) => {
                let text = text.ok().filter(|_| self.failed_to.is_some());
                Some((Box::new(Job { element, id, request, text, attempts: 0, repeated }), before))
            }
            Err(invalid) => {
                self.progress.begun_to = self.progress.begun_to.max(element);
                self.write_failed(element, text.ok().as_deref().map(Source::text));
                self.progress.ended.push(Ended::invalid(element, invalid));
                None
            }
        }
    }

    /// Records that more elements may be sent, together with all that ended. True if there is more to read first.
    fn grant(&mut self) -> Result<bool, HistoryError> {
        let room = (2 * self.concurrency).saturating_sub(self.progress.in_flight);
        let (mut batch, mut bytes, mut skipped) = (VecDeque::new(), 0, 0);
        let now = self.now();
        while batch.len() < room
            && let Some((job, record)) = self.progress.waiting.take_due(now)
        {
            batch.push_back(Ready::Job(job, Some(record)));
        }
        let mut has_more = false;
        while batch.len() < room && bytes < AHEAD && !self.progress.waiting.is_full() {
            if self.previous.is_compared()
                && let Some(line) = self.progress.selected.pop_front()
            {
                bytes += line.text.as_ref().map_or(0, |text| text.text().len());
                batch.push_back(Ready::Line(line));
            } else if skipped > SKIPPED {
                has_more = batch.is_empty();
                break;
            } else if self.read()? {
                skipped += 1;
            } else {
                break;
            }
        }
        if !batch.is_empty() {
            self.record(&batch)?;
            self.progress.ready = batch;
        }
        Ok(has_more)
    }

    /// Reads the next element; false if there is none now.
    fn read(&mut self) -> Result<bool, HistoryError> {
        let progress = &mut self.progress;
        if progress.elements.is_some() || progress.trouble.is_some() {
            return Ok(false);
        }
        let next =
            if progress.read_to >= self.selection.last() { Ok(input::Next::End) } else { self.input.next() };
        let text = match next {
            Ok(input::Next::Element(text)) => text,
            Ok(input::Next::Later) => return Ok(false),
            Ok(input::Next::End) => {
                match self.previous.missing(progress.read_to) {
                    Some(missing) => progress.trouble = Some(missing),
                    None => progress.elements = Some(progress.read_to),
                }
                return Ok(false);
            }
            Err(trouble) => {
                progress.trouble = Some(trouble);
                return Ok(false);
            }
        };
        progress.read_to += 1;
        let element = progress.read_to;
        if let Some(fingerprint) = &mut self.fingerprint {
            fingerprint.add(text.as_ref().ok().map(|text| text.text()));
            if let Some(changed) = self.previous.compare(element, fingerprint) {
                progress.trouble = Some(changed);
                progress.selected.clear();
                return Ok(false);
            }
        }
        if self.selection.contains(element)
            && let Some((before, repeated)) = self.previous.wanted(self.ledger.as_ref(), element)?
        {
            progress.selected.push_back(Line { element, text, before, repeated });
        }
        Ok(true)
    }

    /// Records all that ended, and that the elements of `batch` may be sent.
    fn record(&mut self, batch: &VecDeque<Ready>) -> Result<(), HistoryError> {
        let mut in_doubt = Vec::new();
        let mut started_to = self.progress.started_to;
        for ready in batch {
            let (element, before) = match ready {
                Ready::Line(line) => (line.element, line.before.as_ref()),
                Ready::Job(job, before) => (job.element, before.as_ref()),
            };
            in_doubt.extend(before.map(|_| element));
            started_to = started_to.max(element);
        }
        self.write(in_doubt, started_to)?;
        for ready in batch {
            if let Ready::Line(line) = ready {
                self.report.again(line.before.as_ref(), line.repeated);
            }
        }
        Ok(())
    }

    fn write(&mut self, in_doubt: Vec<u64>, started_to: u64) -> Result<(), HistoryError> {
        let progress = &mut self.progress;
        if let Some(Ledger { history, run, .. }) = &self.ledger {
            // That of another input is not recorded.
            let fingerprint = self.fingerprint.as_ref().filter(|_| self.previous.is_compared());
            let ended = &progress.ended;
            let explained = ended
                .iter()
                .filter_map(|ended| Some((ended.record.failure.as_deref()?, ended.explanation.as_ref()?)));
            let batch = Batch {
                records: progress.restored.iter().chain(ended.iter().map(|ended| &ended.record)).collect(),
                in_doubt,
                started_to,
                elements: progress.elements,
                prefix: fingerprint.map(|own| (progress.read_to, own.current())),
                explanations: explained.collect(),
            };
            history.record(*run, &batch)?;
        }
        progress.started_to = started_to;
        progress.restored.clear();
        // An element is reported after it is recorded.
        progress.ended.drain(..).for_each(|ended| self.report.ended(ended));
        Ok(())
    }

    /// Records what ended and is not recorded yet. Called every now and then.
    pub(super) fn flush(&mut self) {
        let is_nothing = self.progress.ended.is_empty() && self.progress.restored.is_empty();
        if !is_nothing && let Err(error) = self.write(Vec::new(), self.progress.started_to) {
            self.unrecorded(&error);
        }
    }

    fn unrecorded(&mut self, error: &HistoryError) {
        self.report.unrecorded(&error.to_string());
        self.stop(Stop::Unrecorded);
    }

    /// Begins no more elements. The high-water mark is set back to the last that was begun.
    pub(super) fn stop(&mut self, why: Stop) {
        let progress = &mut self.progress;
        if progress.stop.is_some() {
            return;
        }
        progress.stop = Some(why);
        self.report.stopping(why);
        for ready in std::mem::take(&mut progress.ready) {
            let (Ready::Line(Line { before, .. }) | Ready::Job(_, before)) = ready;
            progress.restored.extend(before);
        }
        let begun_to = progress.begun_to;
        if why != Stop::Unrecorded
            && let Err(error) = self.write(Vec::new(), begun_to)
        {
            self.report.unrecorded(&error.to_string());
        }
    }

    /// Takes the result of an attempt.
    pub(super) fn finish(&mut self, mut job: Box<Job>, exchange: &Exchange) {
        self.progress.in_flight -= 1;
        job.attempts += 1;
        if exchange.state != State::Delivered {
            self.slow_down(exchange);
        }
        let own = ElementRecord::of(job.element, exchange, job.attempts);
        let mut record = ElementRecord { id: job.id.clone(), repeated: job.repeated, ..own };
        if let Next::After(wait) = self.retry.next(job.attempts, exchange, jitter(), now() / 1000) {
            record.state = None;
            self.progress.ended.push(Ended::waiting(record.clone()));
            let bytes = job.request.body.len();
            self.progress.waiting.add(self.start.elapsed() + wait, (job, record), bytes);
        } else {
            let is_delivered = exchange.state == State::Delivered;
            if !is_delivered {
                self.write_failed(job.element, job.text.as_deref().map(Source::text));
            }
            let explanation = self.explain(&job, exchange, &record);
            let notes = exchange.notes.clone();
            self.progress.ended.push(Ended { record, explanation, notes, findings: None });
            if self.pace.is_too_much(is_delivered) {
                self.stop(Stop::Failures(self.stop_after));
            }
        }
        if self.progress.stop.is_some() {
            self.flush();
        }
    }

    /// Explains the first failure of a kind.
    fn explain(&self, job: &Job, exchange: &Exchange, record: &ElementRecord) -> Option<Explanation> {
        /// The longest part of a response body that is kept, in characters.
        const LONGEST: usize = 1000;
        let name = record.failure.as_deref()?;
        let is_known =
            |ended: &Ended| ended.explanation.is_some() && ended.record.failure.as_deref() == Some(name);
        if self.report.is_explained(name) || self.progress.ended.iter().any(is_known) {
            return None;
        }
        let Exchange { failure, response, .. } = masked(&job.request, exchange);
        let Failure { what, next, .. } = failure?;
        let body = response.map(|response| String::from_utf8_lossy(&response.body).into_owned());
        let response = body.filter(|body| !body.is_empty()).map(|body| body.chars().take(LONGEST).collect());
        Some(Explanation { what, next, response })
    }

    /// Pauses the whole run if the receiver asks to wait.
    fn slow_down(&mut self, exchange: &Exchange) {
        let Some(response) =
            exchange.response.as_ref().filter(|response| matches!(response.status, 429 | 503))
        else {
            return;
        };
        match retry_after(response, now() / 1000) {
            Some(wait) if wait > Retry::LONGEST_ASKED => self.stop(Stop::Wait(wait)),
            Some(wait) if self.pace.pause(self.now(), wait) => {
                self.report.paused(wait, self.pace.take_unreported());
            }
            _ => {}
        }
    }

    /// Writes an element that was not delivered to the file of `--failed-to`, as one line.
    fn write_failed(&mut self, element: u64, text: Option<&str>) {
        let Some(file) = &mut self.failed_to else { return };
        let Some(text) = text else { return self.report.not_written(element) };
        // A line break inside an element of a list is only ever whitespace.
        let line = text.trim().replace(['\r', '\n'], " ") + "\n";
        if let Err(error) = file.write(line.as_bytes()) {
            self.failed_to = None;
            self.report.output_failed(finding(&error));
        }
    }

    /// Records the last of it. Returns how many results could not be recorded.
    pub(super) fn end(&mut self) -> usize {
        let started_to =
            if self.progress.stop.is_some() { self.progress.begun_to } else { self.progress.started_to };
        if let Some(file) = self.failed_to.take()
            && let Err(error) = file.finish()
        {
            self.report.output_failed(finding(&error));
        }
        let ended = self.progress.ended.len();
        if let Err(error) = self.write(Vec::new(), started_to) {
            self.report.unrecorded(&error.to_string());
            self.progress.ended.drain(..).for_each(|ended| self.report.ended(ended));
            return ended;
        }
        0
    }
}
