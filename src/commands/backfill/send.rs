//! Sends a run that begins or is resumed, and sums it up.

use std::time::Instant;

use tokio::sync::mpsc::Receiver;

use crate::commands::context::Context;
use crate::commands::error::{Error, Result, failed, refused};
use crate::commands::exit::Exit;
use crate::core::backfill::{Fingerprint, Pace, RunParameters, Totals};
use crate::core::text::one_line;
use crate::io::files::{GrowingFile, STANDARD_INPUT, finding};
use crate::io::http::{Options, Transport};
use crate::io::process;

use super::args::StartArgs;
use super::engine;
use super::input::{FromThread, Input};
use super::ledger::{INPUT_CHANGED, Ledger, Previous};
use super::report::{Report, Stop, counted};
use super::session::{Progress, Session};
use super::setup::Setup;

/// Readable by this user only: elements contain names and addresses.
pub(super) const MODE: u32 = 0o600;

/// A run that is about to send.
pub(super) struct Work {
    /// What is about to happen, in words.
    pub(super) banner: String,
    pub(super) setup: Setup,
    pub(super) ready: Ready,
    pub(super) parameters: RunParameters,
    pub(super) ledger: Option<Ledger>,
    pub(super) previous: Previous,
    pub(super) progress: Progress,
    pub(super) totals: Totals,
    /// How many elements the input has, as an earlier session found.
    pub(super) elements: Option<u64>,
}

/// What a run needs to send. It is made before the run is recorded, so that what is refused leaves no run behind.
pub(super) struct Ready {
    concurrency: usize,
    transport: Transport,
    proxy: Option<String>,
    failed_to: Option<GrowingFile>,
    input: Input,
    stream: Option<Receiver<FromThread>>,
}

pub(super) fn prepare(args: &StartArgs, cx: &mut Context, setup: &Setup) -> Result<Ready> {
    let concurrency = within_limits(args.speed.concurrency, cx);
    let options = Options { idle_connections: concurrency, ..args.send.options(cx)? };
    let transport = Transport::new(&options).map_err(|error| args.send.setup_error(error))?;
    let mut proxy = None;
    if let Some(url) = setup.recipe.compiled.url() {
        transport.prepare(url).map_err(|error| args.send.setup_error(error))?;
        proxy = transport.proxy(url);
    }
    let (input, stream) = Input::open(&args.requests.data, setup.format, setup.survey.is_none())?;
    let create = |path| GrowingFile::create(path, MODE).map_err(|error| finding(&error));
    let failed_to = args.failed_to.failed_to.as_deref().map(create).transpose()?;
    Ok(Ready { concurrency, transport, proxy, failed_to, input, stream })
}

/// Asks before anything goes to another machine.
pub(super) fn confirm(
    cx: &mut Context,
    args: &StartArgs,
    parameters: &RunParameters,
    selected: &str,
) -> Result<()> {
    let rate = args.speed.rate.map_or(String::new(), |rate| format!(", at most {rate}"));
    let what = format!(
        "{selected} of {} ({} {}, {} concurrent{rate})",
        one_line(&parameters.data),
        parameters.method,
        one_line(&parameters.url),
        args.speed.concurrency,
    );
    cx.confirm(&what, "")
}

/// How many elements are selected, once known.
pub(super) fn selected(parameters: &RunParameters, elements: Option<u64>) -> Option<String> {
    elements.map(|all| counted(parameters.selection.count(all), "element"))
}

pub(super) fn send(args: &StartArgs, cx: &mut Context, work: Work) -> Result {
    let Work { banner, setup, ready, parameters, ledger, previous, progress, totals, elements } = work;
    let Ready { concurrency, transport, proxy, failed_to, input, stream } = ready;
    let elements = setup.elements().or(elements);
    let run = ledger.as_ref().map(|ledger| ledger.run);
    announce(cx, &banner, &parameters, proxy.as_deref());
    let session = Session {
        ledger,
        input,
        recipe: setup.recipe,
        selection: parameters.selection,
        concurrency,
        retry: args.send.retry(),
        pace: Pace::new(args.speed.rate, concurrency, args.speed.stop_after),
        stop_after: args.speed.stop_after,
        start: Instant::now(),
        previous,
        fingerprint: parameters.input.is_none().then(Fingerprint::default),
        failed_to,
        report: Report::new(
            args.format.is_json(),
            run,
            totals,
            elements.map(|all| parameters.selection.count(all)),
        ),
        progress,
    };
    let session = engine::run(cx, session, transport, stream)
        .map_err(|error| failed("cannot set up the network", &error))?;
    Ok(finish(cx, &parameters, elements, session))
}

/// Lowers the concurrency if the limit of open files is too low for it.
fn within_limits(wanted: usize, cx: &mut Context) -> usize {
    /// Files of the program itself: history, signals, data.
    const OWN: u64 = 32;
    /// Files per request: the connection and the name lookup.
    const EACH: u64 = 2;
    let needed = OWN + EACH * wanted as u64;
    let Some(limit) = process::open_files(needed).filter(|limit| *limit < needed) else { return wanted };
    let lowered = usize::try_from(limit.saturating_sub(OWN) / EACH).unwrap_or(wanted).max(1);
    cx.printer.warning(&format!(
        "the limit of open files is too low for `--concurrency {wanted}`: lowered to {lowered}; raise it with `ulimit -n {needed}`"
    ));
    lowered
}

fn announce(cx: &mut Context, banner: &str, parameters: &RunParameters, proxy: Option<&str>) {
    let RunParameters { method, url, .. } = parameters;
    let through = proxy.map_or(String::new(), |proxy| format!(" through the proxy {proxy}"));
    let instead = if parameters.is_elsewhere { " instead of its payload URL" } else { "" };
    let shard = parameters.selection.shard.map_or(String::new(), |shard| format!(" (shard {shard})"));
    let url = one_line(url);
    cx.printer.status(&format!("{banner}{shard}: {method} {url}{instead}{through}"));
}

/// The name of why a run ended: why it was stopped, if it was, and whether its input could be read to the end.
fn reason(stop: Option<Stop>, is_whole: bool) -> &'static str {
    match stop {
        Some(Stop::Signal) => "signal",
        Some(Stop::Failures(_)) => "failures",
        Some(Stop::Wait(_)) => "retry-after",
        Some(Stop::Unrecorded) => "unrecorded",
        None if is_whole => "done",
        None => "bad-input",
    }
}

fn finish(cx: &mut Context, parameters: &RunParameters, elements: Option<u64>, mut session: Session) -> Exit {
    let unrecorded = session.end();
    let unreported = session.pace.take_unreported();
    let Session { ledger, recipe, mut report, progress, .. } = session;
    let Progress { trouble, stop, elements: read, .. } = progress;
    let elements = read.or(elements);
    report.selected = elements.map(|all| parameters.selection.count(all));
    report.totals.pending = report.selected.map(|selected| selected.saturating_sub(report.totals.ended()));
    report.print(cx);
    for (code, number) in recipe.warnings.iter().filter(|(_, number)| **number > 1) {
        cx.printer.warning(&format!("{code} applies to {}", counted(*number, "element")));
    }
    if unreported > 0 {
        cx.printer.status(&format!("the receiver asked to wait {}", counted(unreported, "more time")));
    }
    if let Some(Ledger { history, run, .. }) = &ledger {
        match history.end_run(*run).and_then(|()| history.run(*run)) {
            Ok(Some(run)) if unrecorded == 0 => report.totals = run.totals,
            Ok(_) => {}
            Err(error) => cx.printer.warning(&format!("{error}: the end of the run is not recorded")),
        }
    }
    if elements == Some(0) {
        cx.printer
            .warning(&format!("{} contained no elements; nothing was sent", one_line(&parameters.data)));
    }
    report.sum_up(cx, reason(stop, trouble.is_none()));
    let mut exit = report.exit();
    if unrecorded > 0 {
        let them = counted(unrecorded as u64, "result");
        cx.printer.warning(&format!(
            "{them} could not be recorded: resuming the run sends those again, as in doubt"
        ));
        exit = exit.max(Exit::NotDelivered);
    }
    let is_changed = trouble.as_ref().is_some_and(|trouble| trouble.code == INPUT_CHANGED);
    let is_cut_off = trouble.is_some();
    if let Some(trouble) = trouble {
        cx.printer.findings(&[trouble]);
        exit = exit.max(Exit::Unusable);
    }
    if let Some(Ledger { run, .. }) = ledger.filter(|_| !is_changed) {
        hint_at_resume(cx, run, parameters, is_cut_off, &report.totals);
    }
    exit.max(match stop {
        Some(Stop::Signal) => Exit::Interrupted,
        Some(Stop::Unrecorded) => Exit::NotDelivered,
        Some(Stop::Wait(_) | Stop::Failures(_)) => Exit::No,
        None => Exit::Success,
    })
}

/// Names the command that resumes a run; `is_cut_off` says that its data could not be read to the end.
pub(super) fn hint_at_resume(
    cx: &mut Context,
    run: i64,
    parameters: &RunParameters,
    is_cut_off: bool,
    totals: &Totals,
) {
    let failed = counted(totals.retryable(), "failed element");
    let with = match (parameters.data == STANDARD_INPUT, is_cut_off) {
        (true, true) => " with the complete input",
        (true, false) => " with the same input",
        (false, true) => " once the file is complete and otherwise unchanged",
        (false, false) => "",
    };
    // A URL with credentials is not stored.
    let to = if parameters.is_url_masked { " --to URL" } else { "" };
    let resume = format!("`hooks backfill resume {run}{to}`");
    let resume_failed = format!("`hooks backfill resume {run}{to} --failed`");
    match (totals.is_resumable(), totals.retryable() > 0) {
        _ if parameters.is_masked => {}
        (true, true) => {
            cx.printer
                .hint(&format!("{resume} continues{with}; with `--failed` it also sends {failed} again"));
        }
        (true, false) => cx.printer.hint(&format!("{resume} continues{with}")),
        (false, true) => cx.printer.hint(&format!("{resume_failed} sends {failed} again{with}")),
        (false, false) => {}
    }
    let invalid = totals.invalid() - totals.filtered();
    if invalid > 0 {
        let what = counted(invalid, "element");
        let verb = if invalid == 1 { "is" } else { "are" };
        cx.printer.hint(&format!(
            "{what} {verb} invalid: fix a copy and backfill that file (a changed file cannot be resumed)"
        ));
    }
}

/// Refuses to use a run that another program is sending.
pub(super) fn in_progress(run: i64) -> Error {
    refused(format!("run {run} is in progress in another program")).help("wait until it ends, or stop it")
}
