//! Sends a run that begins or is resumed, and sums it up.

use std::time::Instant;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result, failed, refused};
use crate::commands::exit::Exit;
use crate::core::backfill::{Pace, Run, RunParameters};
use crate::core::text::one_line;
use crate::io::files::STANDARD_INPUT;
use crate::output::printer::Printer;

use super::args::StartArgs;
use super::ledger::{INPUT_CHANGED, Ledger};
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
    run.elements = setup.elements().or(run.elements);
    let Prepared { concurrency, transport, proxy, failed_to, input } = prepared;
    cx.printer.status(&announcement(banner, &run.parameters, proxy.as_deref()));
    let (is_json, selected) = (args.format.is_json(), run.selected());
    let mut session = Session {
        report: Report::new(&mut cx.printer, is_json, ledger.run(), run.totals.clone(), selected),
        ledger,
        reader: Reader::new(input, run.parameters.selection),
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

/// The name of why a run ended: why it was stopped, if it was, and whether its input could be read to the end.
fn reason(stop: Option<Stop>, is_complete: bool) -> &'static str {
    match stop {
        Some(Stop::Signal) => "signal",
        Some(Stop::Failures(_)) => "failures",
        Some(Stop::Wait(_)) => "retry-after",
        Some(Stop::Unrecorded) => "unrecorded",
        None if is_complete => "done",
        None => "bad-input",
    }
}

fn finish(mut session: Session<'_>, mut run: Run) -> Exit {
    let unrecorded = session.end();
    let Session { ledger, reader, renderer, mut pace, mut report, state, .. } = session;
    let (trouble, stop) = (reader.trouble, state.stop);
    run.elements = reader.elements.or(run.elements);
    report.selected = run.selected();
    report.totals.pending = report.selected.map(|selected| selected.saturating_sub(report.totals.ended()));
    report.count_warnings(&renderer.warnings);
    let unreported = pace.take_unreported();
    if unreported > 0 {
        let times = counted(unreported, "more time");
        report.printer.status(&format!("the receiver asked to wait {times}"));
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
    report.summarize(reason(stop, trouble.is_none()));
    let mut exit = report.exit();
    if unrecorded > 0 {
        report.printer.warning(&format!(
            "{} could not be recorded: resuming the run sends those again, as in doubt",
            counted(unrecorded as u64, "result")
        ));
        exit = exit.max(Exit::NotDelivered);
    }
    let is_changed = trouble.as_ref().is_some_and(|trouble| trouble.code == INPUT_CHANGED);
    let is_cut_off = trouble.is_some();
    if let Some(trouble) = trouble {
        report.printer.findings(&[trouble]);
        exit = exit.max(Exit::Unusable);
    }
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

/// Names the command that resumes a run; `is_cut_off` says that its data could not be read to the end.
pub(super) fn hint_at_resume(printer: &mut Printer, run: &Run, is_cut_off: bool) {
    let Run { id, parameters, totals, .. } = run;
    let failed = counted(totals.retryable(), "failed element");
    let with = match (parameters.data == STANDARD_INPUT, is_cut_off) {
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
    let invalid = totals.invalid() - totals.filtered();
    if invalid > 0 {
        let what = counted(invalid, "element");
        let verb = if invalid == 1 { "is" } else { "are" };
        printer.hint(&format!(
            "{what} {verb} invalid: fix a copy and backfill that file (a changed file cannot be resumed)"
        ));
    }
}

/// Refuses to use a run that another program is sending.
pub(super) fn in_progress(run: i64) -> Error {
    refused(format!("run {run} is in progress in another program")).help("wait until it ends, or stop it")
}
