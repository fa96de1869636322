//! The ledger of a run, opened: a new one, or one to go on with after everything was held against it.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result, refused, usage};
use crate::commands::lines::under_way;
use crate::core::diagnostic::Diagnostic;
use crate::core::exchange::ElementFault;
use crate::core::export::shell_word;
use crate::core::run::{Account, Head, Run, Tally, mark};
use crate::core::secrets::shown_command;
use crate::core::text::{count, one_line};
use crate::io::files::{Elements, InputFormat, STANDARD_INPUT};
use crate::io::history::{History, HistoryError, RunLock, default_path};

use super::resume::{Choice, INPUT_CHANGED};
use super::scribe::Book;

/// A run that is about to send.
#[derive(Default)]
pub(super) struct Sitting {
    pub(super) book: Option<Book>,
    pub(super) before: Option<Arc<Account>>,
    pub(super) choice: Choice,
    /// How many elements there are to send, when a run of standard input knows it from before.
    pub(super) chosen: Option<u64>,
    /// Held for as long as it lasts.
    _lock: Option<RunLock>,
}

/// What is asked of a sitting.
pub(super) struct Wish<'a> {
    pub(super) head: &'a Head,
    pub(super) path: Option<&'a Path>,
    pub(super) resume: Option<i64>,
    pub(super) with_failed: bool,
    pub(super) no_history: bool,
    /// Whether what is written must survive a loss of power: not so when the receiver goes down with this machine.
    pub(super) is_power_safe: bool,
}

/// A run to go on with, as it was found.
pub(super) struct Found {
    run: Run,
    history: History,
    lock: RunLock,
    account: Account,
}

/// Finds the run to go on with; none when there is none, or nothing is left of it.
///
/// # Errors
/// When it is not the same run, or another program is at it.
pub(super) fn find(cx: &mut Context, wish: &Wish<'_>) -> Result<Option<Found>> {
    let Some(id) = wish.resume else { return Ok(None) };
    if wish.no_history {
        return Err(usage("to go on with a run its history is needed, and the history is turned off")
            .help("leave out `--no-history`, and unset `HOOKS_HISTORY`"));
    }
    let history = default_path().map(|path| History::open_existing(&path)).transpose()?.flatten();
    let history = history.ok_or_else(|| unknown_run(id))?;
    let lock = RunLock::take(history.path(), id)?.ok_or_else(|| under_way(id))?;
    let run = history.run(id)?.ok_or_else(|| unknown_run(id))?;
    compare(&run, wish.head)?;
    if run.head.definition != wish.head.definition {
        let webhook = one_line(&run.head.webhook).into_owned();
        cx.printer
            .warning(&format!("`{webhook}` has changed since the run began: what is sent now may differ"));
    }
    let account = history.account(id)?;
    Ok(Some(Found { run, history, lock, account }))
}

/// Warns if a complete run already delivered the same file to the same URL; returns an addition to the question.
pub(super) fn warn_of_same(cx: &mut Context, wish: &Wish<'_>) -> Option<String> {
    if wish.no_history || wish.resume.is_some() || wish.head.input.is_none() {
        return None;
    }
    // A history that cannot be read is reported when the run begins.
    let history = History::open_existing(&default_path()?).ok()??;
    let run = history.same_run(wish.head).ok()??;
    let (id, url) = (run.id, one_line(&run.head.url));
    let delivered = count(usize::try_from(run.tally.delivered).unwrap_or(usize::MAX), "element");
    cx.printer.warning(&format!(
        "run {id} already delivered {delivered} of this file to {url}; `hooks history runs {id}` shows it"
    ));
    Some(format!(" again (run {id} delivered {delivered} of it)"))
}

impl Found {
    /// Whether nothing would be sent.
    pub(super) fn is_complete(&self, with_failed: bool) -> bool {
        let tally = &self.run.tally;
        !(self.run.is_to_be_resumed() || with_failed && tally.failed + tally.not_sent > 0)
    }

    /// How many of its lines were sent again after they were in doubt.
    pub(super) fn repeated(&self) -> u64 {
        self.account.repeated()
    }

    /// What became of its lines.
    pub(super) fn run(&self) -> &Run {
        &self.run
    }

    /// Goes on with it.
    ///
    /// # Errors
    /// When the input is another one, or the history cannot be written.
    pub(super) fn sit(self, wish: &Wish<'_>) -> Result<Sitting> {
        let Self { run, history, lock, account } = self;
        let account = Arc::new(account);
        let mut choice = Choice::left_of(Arc::clone(&account), wish.with_failed);
        if run.head.input.is_none() || run.head.input != wish.head.input {
            let mut marks = Vec::new();
            history.events(run.id, |event| marks.extend(event.mark().map(|mark| (event.line(), mark))))?;
            choice = choice.comparing(marks);
            if let Some(path) = wish.path.filter(|_| run.head.input.is_some()) {
                return Err(difference(path, choice));
            }
        }
        history.expect_a_run(wish.is_power_safe)?;
        history.reopen_run(run.id)?;
        let chosen = run.head.chosen();
        let book = Some(Book { history, run: run.id });
        Ok(Sitting { book, before: Some(account), choice, chosen, _lock: Some(lock) })
    }
}

/// Begins a new run.
///
/// # Errors
/// When the history cannot be written.
pub(super) fn begin(cx: &mut Context, wish: &Wish<'_>) -> Result<Sitting> {
    if wish.no_history {
        cx.printer.status("nothing is recorded: when this run is stopped, nobody can go on with it");
        return Ok(Sitting::default());
    }
    let begun = || {
        let Some(path) = default_path() else { return Ok(None) };
        let history = History::open(&path)?;
        history.expect_a_run(wish.is_power_safe)?;
        let run = history.begin_run(wish.head)?;
        let lock = RunLock::take(&path, run)?;
        Ok(Some((Book { history, run }, lock)))
    };
    let refused = |message: String, help: Option<&str>| -> Error {
        Diagnostic::error("history", format!("{message}: the run could not be recorded"))
            .maybe_help(help.map(str::to_owned))
            .help("`--no-history` sends without one; when such a run is stopped, nobody can go on with it")
            .into()
    };
    match begun() {
        Ok(Some((book, lock))) => Ok(Sitting { book: Some(book), _lock: lock, ..Sitting::default() }),
        Ok(None) => {
            Err(refused("there is no folder for the history".to_owned(), Some("`XDG_STATE_HOME` names one")))
        }
        Err(error) => {
            let error: HistoryError = error;
            Err(refused(error.to_string(), Some(error.help())))
        }
    }
}

/// That there is no such run.
pub(in crate::commands) fn unknown_run(id: i64) -> Error {
    refused(format!("the history has no run {id}")).help("`hooks history runs` lists those that it has")
}

/// Whether the same is asked for as when the run began.
fn compare(run: &Run, now: &Head) -> Result<()> {
    let then = &run.head;
    let or_all =
        |limit: Option<u64>| limit.map_or("no `--limit`".to_owned(), |limit| format!("`--limit {limit}`"));
    let pairs = [
        ("fires", format!("`{}`", then.webhook), format!("`{}`", now.webhook)),
        ("sends to", format!("`{}`", then.url), format!("`{}`", now.url)),
        ("was begun with", format!("`--skip {}`", then.skip), format!("`--skip {}`", now.skip)),
        ("was begun with", or_all(then.limit), or_all(now.limit)),
    ];
    let difference = match pairs.iter().find(|(_, then, now)| then != now) {
        Some((what, then, now)) => format!("{what} {}, not {}", one_line(then), one_line(now)),
        None if then.changes.is_some() && then.changes != now.changes => {
            "was begun with other `--set`, `--set-json` or `--allow-missing`".to_owned()
        }
        None => return Ok(()),
    };
    Err(Diagnostic::error("run-differs", format!("run {} {difference}", run.id))
        .help(format!("`hooks history runs {}` shows the command that goes on with it", run.id))
        .into())
}

/// Finds the first line by which a file differs from the one that it was.
fn difference(path: &Path, mut choice: Choice) -> Error {
    let mut walk = || -> std::result::Result<(), Diagnostic> {
        let elements =
            Elements::open(path, InputFormat::Json).map_err(|error| crate::io::files::finding(&error))?;
        for item in elements {
            let item = item?;
            let own = item.text.ok().map(|text| mark(text.text().as_bytes()));
            choice.compare(item.number, own)?;
        }
        choice.missing().map_or(Ok(()), Err)
    };
    walk()
        .err()
        .unwrap_or_else(|| {
            let message = "the input has changed: what was sent is as it was, other lines are not";
            Diagnostic::error(INPUT_CHANGED, message)
                .help("go on with the same input, or begin a new run, with `--skip N` to leave out the first")
        })
        .into()
}

/// The command line as typed, quoted for a shell, without `--resume` and `--failed`, and with a placeholder for a URL
/// that contains a secret.
pub(super) fn command(typed: &[String]) -> String {
    let mut command = String::from("hooks");
    let typed = shown_command(typed);
    let mut words = typed.iter();
    while let Some(word) = words.next() {
        if word == "--resume" {
            words.next();
        } else if word != "--failed" && !word.starts_with("--resume=") {
            let _ = write!(command, " {}", shell_word(word));
        }
    }
    command
}

/// The way on: what is pending or in doubt, what failed, and what has to be mended first.
/// Names the command that resumes a run; `is_cut_off` says that its data could not be read to the end.
pub(super) fn hint_at_resume(
    cx: &mut Context,
    run: i64,
    head: &Head,
    (is_left, is_cut_off): (bool, bool),
    tally: &Tally,
) {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let failed = tally.worth_another_try();
    let which = format!("the {} that failed or did not go out", count(number(failed), "element"));
    let command = format!("`{} --resume {run}", head.command);
    // Standard input is gone; what comes next must be the same.
    let with = match (head.data == STANDARD_INPUT, is_cut_off) {
        (true, true) => ", with the complete input,",
        (true, false) => ", with the same input,",
        (false, true) => ", once the file is complete and otherwise unchanged,",
        (false, false) => "",
    };
    match (is_left, failed > 0) {
        (true, true) => {
            cx.printer
                .hint(&format!("{command}`{with} goes on; with `--failed` it also sends again {which}"));
        }
        (true, false) => cx.printer.hint(&format!("{command}`{with} goes on")),
        (false, true) => cx.printer.hint(&format!("{command} --failed`{with} sends again {which}")),
        (false, false) => {}
    }
    let filtered = [ElementFault::ProkeyFilter, ElementFault::NoProkey].iter();
    let filtered: u64 = filtered.filter_map(|fault| tally.failures.get(fault.name())).sum();
    let unusable = tally.unusable() - filtered;
    if unusable > 0 {
        let what = count(number(unusable), "element");
        cx.printer.hint(&format!(
            "{what} cannot be sent: mend a copy, in a file of its own; a changed input is another run"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_what_was_typed_without_the_run() {
        let typed = |words: &str| words.split('|').map(str::to_owned).collect::<Vec<_>>();
        for (words, expected) in [
            ("fire|a|my data.json|--each", "hooks fire a 'my data.json' --each"),
            ("fire|a|x.json|--resume|7|--each|--failed", "hooks fire a x.json --each"),
            ("fire|a|x.json|--each|--resume=7|-y", "hooks fire a x.json --each -y"),
        ] {
            assert_eq!(command(&typed(words)), expected);
        }
    }
}
