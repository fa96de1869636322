//! Writes down what happens, a group at a time, on a thread of its own, and says when it stands there.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::core::diagnostic::Diagnostic;
use crate::core::record::{LineOfRun, Reason};
use crate::core::run::{Ending, Event};
use crate::io::history::{Attempt, History, HistoryError, Ledger};

use super::stop::Why;

/// What is to be written down together.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) events: Vec<Event>,
    pub(super) attempts: Vec<Attempt>,
    /// What is told when it is written.
    pub(super) reports: Vec<Report>,
}

/// What is told of a run while it goes on.
pub(super) enum Report {
    /// A line ended.
    Ended(Box<Ended>),
    /// Something odd, the first time that it is seen.
    Warned(Diagnostic),
    /// No new ones begin.
    Stopping(Why),
    /// None begins for a time, because the receiver asks for it.
    Paused {
        /// When it asked.
        at: Instant,
        /// For how long.
        wait: Duration,
    },
    /// The ledger cannot be written.
    Unrecorded(String),
}

/// How a line ended.
pub(super) struct Ended {
    pub(super) line: u64,
    pub(super) id: Option<String>,
    pub(super) ending: Ending,
    /// Whether it may have been received before.
    pub(super) repeated: bool,
    /// Why it was not delivered.
    pub(super) reason: Option<Reason>,
    /// What else is to be known of its answer.
    pub(super) notes: Vec<Reason>,
    /// What is wrong with it, when it cannot be sent.
    pub(super) findings: Vec<Diagnostic>,
    pub(super) is_unusable: bool,
}

impl Ended {
    /// A line that cannot be sent.
    pub(super) fn unusable(line: u64, id: Option<String>, ending: Ending, findings: Vec<Diagnostic>) -> Self {
        Self {
            line,
            id,
            ending,
            repeated: false,
            reason: None,
            notes: Vec::new(),
            findings,
            is_unusable: true,
        }
    }
}

/// The ledger to write into.
pub(super) struct Book {
    pub(super) history: History,
    pub(super) run: i64,
}

/// Who learns what of a group.
pub(super) struct Listeners {
    pub(super) reports: SyncSender<Vec<Report>>,
    /// Told of each group whether it was written.
    pub(super) written: mpsc::UnboundedSender<bool>,
}

/// Writes until nobody has anything more to say. Returns the book, and how many results could not be
/// written.
pub(super) fn write(
    book: Option<Book>,
    from: &Receiver<Vec<Entry>>,
    to: &Listeners,
) -> (Option<Book>, usize) {
    let mut unwritten = 0;
    if let Some(Book { history, run }) = &book {
        let mut writer = Writer::new(history, *run);
        groups(from, to, |group| writer.write(group));
        unwritten = writer.finish();
    } else {
        groups(from, to, |_| Ok(()));
    }
    (book, unwritten)
}

/// Has each group written, and tells of it.
fn groups(
    from: &Receiver<Vec<Entry>>,
    to: &Listeners,
    mut write: impl FnMut(&mut [Entry]) -> Result<(), String>,
) {
    let mut has_failed = false;
    while let Ok(mut group) = from.recv() {
        let written = write(&mut group);
        // An engine that has ended no longer waits.
        let _ = to.written.send(written.is_ok());
        let mut reports: Vec<Report> = group.into_iter().flat_map(|entry| entry.reports).collect();
        // Said once, as each of those under way fails to be written.
        if let Err(words) = written
            && !std::mem::replace(&mut has_failed, true)
        {
            reports.push(Report::Unrecorded(words));
        }
        // Who listens does so to the end; were it gone, there would be nobody to tell.
        let _ = to.reports.send(reports);
    }
}

struct Writer<'h> {
    run: i64,
    ledger: Result<Ledger<'h>, HistoryError>,
    /// Lines of which attempts stand in the history as not delivered.
    attempted: HashSet<u64>,
    /// Results that could not be written yet.
    waiting: Vec<Event>,
}

impl<'h> Writer<'h> {
    fn new(history: &'h History, run: i64) -> Self {
        let attempted = history.lines_with_attempts(run).unwrap_or_default().into_iter().collect();
        Self { run, ledger: history.ledger(run), attempted, waiting: Vec::new() }
    }

    /// Writes a group, or nothing of it. What has ended is kept for a later try: it cannot be made undone.
    fn write(&mut self, group: &mut [Entry]) -> Result<(), String> {
        let mut text = String::new();
        let (mut attempts, mut settled) = (Vec::new(), Vec::new());
        self.waiting.iter().for_each(|event| event.write(&mut text));
        for entry in group.iter_mut() {
            for event in &entry.events {
                event.write(&mut text);
                let line = event.line();
                if matches!(event, Event::Ended { .. }) && self.attempted.contains(&line) {
                    settled.push(LineOfRun { run: self.run, line });
                }
            }
            attempts.append(&mut entry.attempts);
        }
        if text.is_empty() {
            return Ok(());
        }
        let written = match &mut self.ledger {
            Ok(ledger) => ledger.append(&text, &attempts, &settled).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if written.is_ok() {
            self.waiting.clear();
            self.attempted.extend(attempts.iter().filter_map(|attempt| Some(attempt.delivery.line?.line)));
        } else {
            let ended = group.iter().flat_map(|entry| &entry.events);
            self.waiting.extend(ended.filter(|event| !matches!(event, Event::Begun { .. })).cloned());
        }
        written
    }

    /// Tries a last time to write what could not be written, and says how much still cannot.
    fn finish(mut self) -> usize {
        if self.waiting.is_empty() || self.write(&mut [Entry::default()]).is_ok() {
            return 0;
        }
        self.waiting.len()
    }
}
