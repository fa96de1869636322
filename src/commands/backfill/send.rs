//! Sends a new or resumed run, and prints its summary.

use std::time::Instant;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result, failed, refused};
use crate::commands::exit::Exit;
use crate::core::backfill::{Pace, Run, RunParameters};
use crate::core::text::one_line;
use crate::io::files::STANDARD_INPUT;
use crate::output::printer::Printer;

use super::args::StartArgs;
use super::input::ReadError;
use super::ledger::Ledger;
use super::reader::Reader;
use super::report::{Report, Stop, counted};
use super::session::{Session, SessionState};
use super::setup::{Prepared, Setup};

/// Asks before anything goes to another machine.
pub(super) fn confirm(
    cx: &mut Context,
    args: &StartArgs,
    parameters: &RunParameters,
    elements: &str,
) -> Result<()> {
    let rate = args.speed.rate.map_or(String::new(), |rate| format!(", at most {rate}"));
    let what = format!(
        "{elements} of {} ({} {}, {} concurrent{rate})",
        one_line(&parameters.data),
        parameters.method,
        one_line(&parameters.url),
        args.speed.concurrency,
    );
    cx.confirm(&what, "")
}

/// Sends a run. `banner` says what is about to happen.
pub(super) fn send(
    args: &StartArgs,
    cx: &mut Context,
    banner: &str,
    setup: Setup,
    prepared: Prepared,
    mut run: Run,
    ledger: Ledger,
) -> Result {
    run.elements = run.elements.or(setup.source.elements());
    let Prepared { concurrency, transport, proxy, failed_to, input } = prepared;
    cx.printer.status(&announcement(banner, &run.parameters, proxy.as_deref()));
    let (is_json, selected) = (args.format.is_json(), run.selected());
    let mut session = Session {
        report: Report::new(&mut cx.printer, is_json, ledger.run(), run.totals.clone(), selected),
        ledger,
        reader: Reader::new(input, run.parameters.selection, run.elements),
        renderer: setup.renderer,
        transport,
        concurrency,
        retry: (&args.retry).into(),
        pace: Pace::new(args.speed.rate, concurrency, args.speed.stop_after),
        failed_to,
        start: Instant::now(),
        state: SessionState::default(),
    };
    session.run().map_err(|error| failed("cannot set up the network", &error))?;
    Ok(finish(session, run))
}

fn announcement(banner: &str, parameters: &RunParameters, proxy: Option<&str>) -> String {
    let RunParameters { method, url, selection, .. } = parameters;
    let through = proxy.map_or(String::new(), |proxy| format!(" through the proxy {proxy}"));
    let instead = if parameters.is_elsewhere { " instead of its payload URL" } else { "" };
    let shard = selection.shard.map_or(String::new(), |shard| format!(" (shard {shard})"));
    format!("{banner}{shard}: {method} {}{instead}{through}", one_line(url))
}

/// Why a run ended, as in JSON: it was stopped, its input could not be read to the end, or it is done.
fn reason(stop: Option<Stop>, read_error: Option<&ReadError>) -> &'static str {
    match stop {
        Some(Stop::Signal) => "signal",
        Some(Stop::Failures(_)) => "failures",
        Some(Stop::Wait(_)) => "retry-after",
        Some(Stop::Unrecorded) => "unrecorded",
        None => read_error.map_or("done", ReadError::reason),
    }
}

fn finish(mut session: Session<'_>, mut run: Run) -> Exit {
    let unrecorded = session.end();
    let Session { ledger, reader, renderer, mut pace, mut report, state, .. } = session;
    let (read_error, stop) = (reader.read_error, state.stop);
    run.elements = reader.elements.or(run.elements);
    report.selected = run.selected();
    report.totals.pending = report.selected.map(|selected| selected.saturating_sub(report.totals.ended()));
    report.count_warnings(&renderer.warnings);
    let unreported = pace.take_unreported();
    if unreported > 0 {
        let pauses = counted(unreported, "more pause");
        report.printer.status(&format!("the receiver requested {pauses}"));
    }
    if let Some(history) = ledger.history() {
        if let Err(error) = history.end_run(run.id) {
            report.printer.warning(&format!("{error}: the end of the run is not recorded"));
        }
        // What `hooks backfill show` prints from now on.
        if let Ok(Some(recorded)) = history.run(run.id) {
            report.totals = recorded.totals;
        }
    }
    if run.elements == Some(0) {
        let data = one_line(&run.parameters.data);
        report.printer.warning(&format!("{data} contained no elements; nothing was sent"));
    }
    report.summarize(reason(stop, read_error.as_ref()));
    let mut exit = report.exit();
    if unrecorded > 0 {
        report.printer.warning(&format!(
            "{} could not be recorded: resuming the run sends those again, as in doubt",
            counted(unrecorded as u64, "result")
        ));
        exit = exit.max(Exit::NotDelivered);
    }
    let is_changed = matches!(read_error, Some(ReadError::Changed(_)));
    let is_cut_off = read_error.is_some();
    if let Some(read_error) = read_error {
        let error = Error::from(read_error);
        error.report(report.printer);
        exit = exit.max(error.exit());
    }
    report_changes_of_event(report.printer, &run, reader.gone, reader.new);
    if ledger.run().is_some() && !is_changed {
        run.totals = report.totals.clone();
        hint_at_resume(report.printer, &run, is_cut_off);
    }
    exit.max(match stop {
        Some(Stop::Signal) => Exit::Interrupted,
        Some(Stop::Unrecorded) => Exit::NotDelivered,
        Some(Stop::Wait(_) | Stop::Failures(_)) => Exit::No,
        None => Exit::Success,
    })
}

/// Reports how many answers the run cannot send again, and how to send those that are new.
fn report_changes_of_event(printer: &mut Printer, run: &Run, gone: u64, new: u64) {
    if gone > 0 {
        let answers = counted(gone, "answer");
        printer.warning(&format!(
            "{answers} in doubt or failed cannot be sent again: no longer in the account, or no longer matching"
        ));
    }
    if new == 0 {
        return;
    }
    let (answers, verb) = (counted(new, "answer"), if new == 1 { "is" } else { "are" });
    printer.hint(&match run.id {
        0 => format!("{answers} {verb} new since this run began: not sent"),
        id => format!(
            "{answers} {verb} new since run {id} began; `hooks backfill resume {id} --new` sends them"
        ),
    });
}

/// Names the command that resumes a run; `is_cut_off` means that its data could not be read to the end.
pub(super) fn hint_at_resume(printer: &mut Printer, run: &Run, is_cut_off: bool) {
    let Run { id, parameters, totals, .. } = run;
    let failed = counted(totals.retryable(), &format!("failed {}", parameters.noun()));
    let with = match (parameters.data == STANDARD_INPUT, is_cut_off) {
        _ if parameters.reads_key_from_stdin() => " with the API key on standard input",
        _ if parameters.event.is_some() => "",
        (true, true) => " with the complete input",
        (true, false) => " with the same input",
        (false, true) => " once the file is complete and otherwise unchanged",
        (false, false) => "",
    };
    // A URL with credentials is not stored.
    let to = if parameters.is_url_masked { " --to URL" } else { "" };
    let resume = format!("`hooks backfill resume {id}{to}`");
    let resume_failed = format!("`hooks backfill resume {id}{to} --failed`");
    match (totals.is_resumable(), totals.retryable() > 0) {
        _ if parameters.is_masked => {}
        (true, true) => {
            printer.hint(&format!("{resume} continues{with}; with `--failed` it also sends {failed} again"));
        }
        (true, false) => printer.hint(&format!("{resume} continues{with}")),
        (false, true) => printer.hint(&format!("{resume_failed} sends {failed} again{with}")),
        (false, false) => {}
    }
    let invalid = totals.invalid() - totals.filtered() - totals.gone();
    if invalid > 0 {
        let what = counted(invalid, parameters.noun());
        let verb = if invalid == 1 { "is" } else { "are" };
        let how = if parameters.event.is_some() {
            "change the webhook, or use `--set` or `--allow-missing` in a new run"
        } else {
            "fix a copy and backfill that file (a changed file cannot be resumed)"
        };
        printer.hint(&format!("{what} {verb} invalid: {how}"));
    }
}

/// Refuses to use a run that another program is sending.
pub(super) fn in_progress(run: i64) -> Error {
    refused(format!("run {run} is in progress in another program")).help("wait until it ends, or stop it")
}
