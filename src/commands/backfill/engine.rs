//! Sends: so many lines at once, each written down before its first byte goes out and after its answer came
//! in. A place takes its next line only when the last one is written down, so that a program that is killed
//! leaves no more lines in doubt than were under way.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;

use crate::core::exchange::{Exchange, FailureKind, Next, Retry, State, retry_after};
use crate::core::model::{Trigger, TriggerElement};
use crate::core::record::{Delivery, LineOfRun, Reason, Sending, masked};
use crate::core::request::Destination;
use crate::core::run::{Breaker, Ending, Event, Pace};
use crate::io::history::{Attempt, now};
use crate::io::http::Transport;
use crate::io::interrupt::Signals;
use crate::io::pause::jitter;

use super::input::{Fed, Job, Unusable};
use super::messenger::{Messenger, Way};
use super::scribe::{Ended, Entry, Report};
use super::stop::{Stop, Why};

/// Where things come from and go to: what the history has of an attempt beside its request.
pub(super) struct Circumstances {
    pub(super) run: Option<i64>,
    pub(super) file: String,
    pub(super) data: String,
    pub(super) trigger: Trigger,
    pub(super) kind: TriggerElement,
    pub(super) destination: Destination,
}

/// What all places share.
pub(super) struct Engine {
    pub(super) transport: Transport,
    pub(super) queue: tokio::sync::Mutex<Queue>,
    pub(super) messenger: Messenger,
    pub(super) pace: Mutex<Pace>,
    pub(super) breaker: Mutex<Breaker>,
    pub(super) stop: Arc<Stop>,
    pub(super) start: Instant,
    pub(super) retry: Retry,
    pub(super) stop_after: u32,
    pub(super) circumstances: Circumstances,
    /// How many more attempts the history takes in full.
    pub(super) attempts_left: AtomicI64,
}

/// Sends until there is nothing more, or it is to stop. Returns why it stopped.
pub(super) fn run(engine: Engine, places: usize, way: Way) -> std::io::Result<Option<Why>> {
    let runtime = crate::io::runtime::builder()?.build()?;
    let why = runtime.block_on(async {
        let mut signals = Signals::listen()?;
        let engine = Arc::new(engine);
        let carrier = Arc::clone(&engine);
        tokio::spawn(async move { carrier.messenger.carry(way).await });
        let mut at_work = tokio::task::JoinSet::new();
        for _ in 0..places {
            at_work.spawn(Arc::clone(&engine).place());
        }
        loop {
            tokio::select! {
                ended = at_work.join_next() => match ended {
                    Some(Ok(())) => {}
                    Some(Err(error)) => return Err(std::io::Error::other(error)),
                    None => break,
                },
                () = signals.next() => engine.interrupt(),
            }
        }
        engine.messenger.end().await;
        let why = engine.stop.why();
        // What came of it is still being told: whoever does not want to wait for that may say so.
        loop {
            tokio::select! {
                biased;
                () = engine.stop.is_over() => break,
                () = signals.next() => engine.stop.at_once(),
            }
        }
        Ok(why)
    });
    // A lookup cannot be cancelled; the program does not wait for it.
    runtime.shutdown_background();
    why
}

/// What waits to be sent; it comes in groups.
pub(super) struct Queue {
    from: Receiver<Vec<Fed>>,
    group: VecDeque<Fed>,
}

impl Queue {
    pub(super) fn new(from: Receiver<Vec<Fed>>) -> Self {
        Self { from, group: VecDeque::new() }
    }

    /// The next, if it is there already.
    fn at_hand(&mut self) -> Option<Fed> {
        if self.group.is_empty() {
            self.group = self.from.try_recv().ok()?.into();
        }
        self.group.pop_front()
    }

    /// Waits for the next on a thread of its own; none when there is no more.
    pub(super) fn blocking_next(&mut self) -> Option<Fed> {
        if self.group.is_empty() {
            self.group = self.from.blocking_recv()?.into();
        }
        self.group.pop_front()
    }

    /// The next; none when there is no more.
    async fn next(&mut self) -> Option<Fed> {
        if self.group.is_empty() {
            self.group = self.from.recv().await?.into();
        }
        self.group.pop_front()
    }
}

impl Engine {
    fn interrupt(&self) {
        if self.stop.is_on() {
            self.stop.at_once();
        } else {
            self.begin_none(Why::Interrupted);
        }
    }

    fn begin_none(&self, why: Why) {
        if self.stop.begin_none(why.clone()) {
            self.tell(Report::Stopping(why));
        }
    }

    fn tell(&self, report: Report) {
        self.messenger.send(Entry { reports: vec![report], ..Entry::default() });
    }

    /// One of the places: takes one line after the other.
    async fn place(self: Arc<Self>) {
        // How the last line ended, which is written down together with the beginning of the next.
        let mut ended = Entry::default();
        while let Some(fed) = self.next(&mut ended).await {
            match fed {
                Fed::Job(mut job) => {
                    job.taken();
                    let mut entry = std::mem::take(&mut ended);
                    entry.events.push(Event::Begun { line: job.line, mark: job.mark });
                    if !self.write(entry).await {
                        return;
                    }
                    ended = self.deliver(*job).await;
                }
                Fed::Unusable(unusable) => add_unusable(&mut ended, unusable),
                Fed::Warned(warning) => self.tell(Report::Warned(warning)),
            }
        }
        self.write(ended).await;
    }

    /// The next to do; none when there is no more, or no new ones begin. What waits to be written does not wait for it.
    async fn next(&self, ended: &mut Entry) -> Option<Fed> {
        let at_hand = self.queue.try_lock().ok().and_then(|mut queue| queue.at_hand());
        let fed = if let Some(fed) = at_hand {
            fed
        } else {
            self.write(std::mem::take(ended)).await;
            tokio::select! {
                biased;
                () = self.stop.none_begins() => return None,
                fed = async { self.queue.lock().await.next().await } => fed?,
            }
        };
        if matches!(fed, Fed::Job(_)) && !self.keep_pace(ended).await {
            return None;
        }
        (!self.stop.is_on()).then_some(fed)
    }

    /// Waits until the next may begin; false when none does.
    async fn keep_pace(&self, ended: &mut Entry) -> bool {
        loop {
            let now = self.start.elapsed();
            let taken = self.pace.lock().unwrap_or_else(PoisonError::into_inner).take(now);
            let Err(wait) = taken else { return true };
            self.write(std::mem::take(ended)).await;
            tokio::select! {
                () = self.stop.none_begins() => return false,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Waits before another attempt; false when there is to be none.
    async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.none_begins() => false,
            () = tokio::time::sleep(wait) => self.keep_pace(&mut Entry::default()).await,
        }
    }

    /// Waits until something is written down; false when it cannot be, and no new ones begin.
    async fn write(&self, entry: Entry) -> bool {
        if entry.events.is_empty() && entry.reports.is_empty() {
            return true;
        }
        let is_written = self.messenger.written(entry).await;
        if !is_written {
            self.begin_none(Why::Unrecorded);
        }
        is_written
    }

    /// Sends a line, and says how it ended.
    async fn deliver(&self, job: Job) -> Entry {
        let mut entry = Entry::default();
        let mut attempts = 0;
        let exchange = loop {
            attempts += 1;
            let exchange = self.transport.send_until(&job.request, self.stop.all_ends()).await;
            // Of an attempt that is followed by another nothing is left to be sent.
            entry.attempts.iter_mut().for_each(|attempt| attempt.is_last = false);
            if exchange.state == State::Delivered {
                break exchange;
            }
            self.slow_down(&exchange);
            entry.attempts.extend(self.attempt(&job, &exchange));
            match self.retry.next(attempts, &exchange, jitter(), now() / 1000) {
                Next::After(wait) if self.pause(wait).await => {}
                Next::After(_) | Next::TooLate(_) | Next::Nothing => break exchange,
            }
        };
        self.judge(&exchange);
        let Job { line, id, repeated, .. } = job;
        let ending = Ending::of(&exchange, attempts);
        let reason = exchange.failure.as_ref().map(Reason::from);
        let notes = exchange.notes.iter().map(Reason::from).collect();
        entry.events.push(Event::Ended { line, ending: ending.clone() });
        let (findings, is_unusable) = (Vec::new(), false);
        entry.reports.push(Report::Ended(Box::new(Ended {
            line,
            id,
            ending,
            repeated,
            reason,
            notes,
            findings,
            is_unusable,
        })));
        entry
    }

    /// What the history has of an attempt that did not deliver, for the first of them.
    fn attempt(&self, job: &Job, exchange: &Exchange) -> Option<Attempt> {
        let own = &self.circumstances;
        let run = own.run?;
        if self.attempts_left.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return None;
        }
        let sending = Sending {
            file: &own.file,
            trigger: own.trigger,
            kind: own.kind,
            element: &job.element,
            data: &own.data,
            destination: &own.destination,
            replay_of: None,
            line: Some(LineOfRun { run, line: job.line }),
        };
        let exchange = Some(masked(&job.request, exchange));
        Some(Attempt {
            delivery: Delivery { exchange, ..Delivery::of(&job.request, sending) },
            is_last: true,
        })
    }

    /// Lets all wait when the receiver asks one to.
    fn slow_down(&self, exchange: &Exchange) {
        let Some(answer) = exchange.answer.as_ref().filter(|answer| matches!(answer.status, 429 | 503))
        else {
            return;
        };
        let Some(wait) = retry_after(answer, now() / 1000) else { return };
        if wait > Retry::LONGEST_ASKED {
            self.begin_none(Why::Wait(wait));
            return;
        }
        let at = Instant::now();
        let until = at.duration_since(self.start) + wait;
        if self.pace.lock().unwrap_or_else(PoisonError::into_inner).pause_until(until) {
            self.tell(Report::Paused { at, wait });
        }
    }

    /// Gives the receiver up after too many failures in a row.
    fn judge(&self, exchange: &Exchange) {
        let is_our_doing =
            exchange.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Interrupted);
        let is_delivered = exchange.state == State::Delivered;
        if !is_our_doing && self.breaker.lock().unwrap_or_else(PoisonError::into_inner).record(is_delivered) {
            self.begin_none(Why::Failures(self.stop_after));
        }
    }
}

fn add_unusable(entry: &mut Entry, Unusable { line, mark, id, failure, findings }: Unusable) {
    entry.events.push(Event::Unusable { line, mark, failure: failure.clone() });
    let ending = Ending::untried(State::NotSent, Some(failure));
    let ended = Ended::unusable(line, id, ending, findings);
    entry.reports.push(Report::Ended(Box::new(ended)));
}
