//! Lines of runs that `replay` sends again: what becomes of them stands in the ledgers of their runs, too, so that
//! `--resume RUN --failed` does not send once more what has arrived meanwhile.

use std::collections::BTreeMap;

use crate::core::exchange::{Exchange, State};
use crate::core::record::LineOfRun;
use crate::core::run::{Ending, Event, INTERRUPTED};
use crate::io::history::{History, HistoryError, Ledger, RunLock};

use super::context::Context;
use super::error::{Error, Result, refused};
use super::recorder::{self, is_off};

/// The ledgers of the runs whose lines are sent, held against other programs.
#[derive(Debug)]
pub(super) struct Lines<'h> {
    history: &'h History,
    runs: BTreeMap<i64, (Ledger<'h>, RunLock)>,
}

impl<'h> Lines<'h> {
    /// Takes hold of the runs of these lines; of those that the history no longer has, nothing is written.
    ///
    /// # Errors
    /// When another program is at one of them, or the history cannot be used.
    pub(super) fn hold(
        cx: &mut Context,
        history: Option<&'h History>,
        no_history: bool,
        lines: impl Iterator<Item = LineOfRun>,
    ) -> Result<Option<Self>> {
        let Some(history) = history else { return Ok(None) };
        if no_history || is_off(cx) {
            return Ok(None);
        }
        let mut runs = BTreeMap::new();
        for LineOfRun { run, .. } in lines {
            if runs.contains_key(&run) || history.run(run)?.is_none() {
                continue;
            }
            let lock = RunLock::take(history.path(), run)?.ok_or_else(|| under_way(run))?;
            history.reopen_run(run)?;
            runs.insert(run, (history.ledger(run)?, lock));
        }
        Ok(Some(Self { history, runs }))
    }

    /// Notes that a line is about to be sent: until its end is known, it may have been received.
    pub(super) fn begun(&mut self, cx: &mut Context, line: LineOfRun) {
        self.note(cx, line, Ending::untried(State::InDoubt, None));
    }

    /// Notes how it ended, after so many attempts; without one, it was not tried after all.
    pub(super) fn ended(&mut self, cx: &mut Context, line: LineOfRun, last: Option<(&Exchange, u32)>) {
        let untried = || Ending::untried(State::NotSent, Some(INTERRUPTED.into()));
        self.note(cx, line, last.map_or_else(untried, |(exchange, attempts)| Ending::of(exchange, attempts)));
    }

    fn note(&mut self, cx: &mut Context, LineOfRun { run, line }: LineOfRun, ending: Ending) {
        let Some((ledger, _)) = self.runs.get_mut(&run) else { return };
        let mut event = String::new();
        Event::Ended { line, ending }.write(&mut event);
        if let Err(error) = ledger.append(&event, &[], &[]) {
            self.runs.remove(&run);
            warn(cx, &error, run);
        }
    }

    /// Counts anew what became of the lines of each run, and lets go of it.
    pub(super) fn end(self, cx: &mut Context) {
        for run in self.runs.into_keys() {
            let counted = self.history.account(run);
            let ended = counted.and_then(|account| self.history.end_run(run, None, account.tally()));
            if let Err(error) = ended {
                warn(cx, &error, run);
            }
        }
    }
}

fn warn(cx: &mut Context, error: &HistoryError, run: i64) {
    recorder::warn(cx, error, &format!("what becomes of lines of run {run} does not stand in its ledger"));
}

/// That another program is at a run.
pub(super) fn under_way(run: i64) -> Error {
    refused(format!("run {run} is under way in another program")).help("wait for its end, or stop it")
}
