//! `hooks backfill WEBHOOK DATA`

use crate::commands::args::ApiConnection;
use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::commands::exit::Exit;
use crate::commands::recorder::is_off;
use crate::core::backfill::{Run, RunParameters, Totals, fingerprint};
use crate::core::diagnostic::Diagnostic;
use crate::core::request::Destination;
use crate::core::secrets::shown_command;
use crate::core::text::one_line;
use crate::io::env;
use crate::io::history::{History, HistoryError, RunLock, default_path};
use crate::output::json;

use super::args::StartArgs;
use super::dry_run;
use super::event_source::EventSource;
use super::ledger::Ledger;
use super::report::counted;
use super::runs::is_in_progress;
use super::send::{confirm, in_progress, send};
use super::setup::{Purpose, Setup};

pub(super) fn run(args: &StartArgs, cx: &mut Context) -> Result {
    let purpose = if args.dry_run { Purpose::Preview } else { Purpose::Send };
    let mut setup = Setup::new(
        cx,
        &args.requests,
        args.send.to.as_ref(),
        purpose,
        ApiConnection::of(&args.send, args.requests.event.verbose),
    )?;
    if setup.is_nothing_to_send(cx, &args.requests) {
        if args.format.is_json() {
            let totals = Totals { pending: Some(0), ..Totals::default() };
            cx.printer.data(&json::backfill_end_json("done", None, &totals));
        }
        return Ok(Exit::Success);
    }
    if args.dry_run {
        return dry_run::run(args, cx, setup);
    }
    let mut run = Run::new(parameters(args, cx, &setup), setup.source.elements());
    let noun = run.parameters.noun();
    let elements = run.selected().map(|selected| counted(selected, noun));
    let is_recorded = !(args.send.no_history || is_off(cx));
    if is_recorded {
        warn_of_similar(cx, &run.parameters);
    }
    if !setup.is_local && !args.yes {
        confirm(cx, args, &run.parameters, elements.as_deref().unwrap_or("all elements"))?;
    }
    let prepared = setup.prepare(args, cx)?;
    let mut banner = String::new();
    let mut history = None;
    if is_recorded {
        history = Some(begin(&mut run, &setup)?);
        banner = format!("run {}: ", run.id);
        if run.parameters.is_masked {
            let message = "this run cannot be resumed: an option contains a credential, which is not stored";
            cx.printer.warning(message);
        }
    } else {
        cx.printer.status("nothing is recorded: this run cannot be resumed");
    }
    let (webhook, data) = (&run.parameters.webhook, one_line(&run.parameters.data));
    banner.push_str(&format!("firing {webhook} for {} of {data}", elements.as_deref().unwrap_or("elements")));
    let ledger = Ledger::new(&run, history, false);
    send(args, cx, &banner, setup, prepared, run, ledger)
}

fn parameters(args: &StartArgs, cx: &Context, setup: &Setup) -> RunParameters {
    let renderer = &setup.renderer;
    let redacted = |text: &str| renderer.compiled.redactor().redact(text).into_owned();
    let words: Vec<String> = shown_command(&cx.typed).iter().map(|word| redacted(word)).collect();
    let is_to = |at: usize| words[at].starts_with("--to=") || at > 0 && words[at - 1] == "--to";
    let masked: Vec<bool> = (0..words.len()).filter(|at| words[*at] != cx.typed[*at]).map(is_to).collect();
    RunParameters {
        webhook: renderer.webhook.handle.value.clone(),
        file: redacted(&setup.file),
        definition: setup.definition(),
        changes: fingerprint(renderer.data.changes().as_bytes()),
        data: redacted(&setup.source.name()),
        input: setup.source.fingerprint(),
        event: setup.source.event_parameters(),
        selection: args.requests.selection.selection(),
        method: renderer.webhook.method.value.as_str().to_owned(),
        url: renderer.compiled.shown_url().to_owned(),
        is_elsewhere: !matches!(renderer.destination, Destination::Defined),
        directory: redacted(&env::working_directory().to_string_lossy()),
        is_url_masked: masked.contains(&true),
        is_masked: masked.contains(&false),
        words,
    }
}

/// Warns if the same file was already sent to the same URL with the same webhook, in full or in part.
fn warn_of_similar(cx: &mut Context, parameters: &RunParameters) {
    // A history that cannot be read is reported when the run begins.
    let history = default_path().and_then(|path| History::open_existing(&path).ok()?);
    let Some(history) = history.filter(|_| parameters.input.is_some()) else { return };
    let Ok(runs) = history.similar_runs(parameters) else { return };
    let (what, noun) = (if parameters.event.is_some() { "event" } else { "file" }, parameters.noun());
    let complete = runs.iter().find(|run| !run.totals.is_resumable() && run.totals.delivered > 0);
    let after = complete.map_or(0, |run| run.id);
    if let Some(Run { id, totals, .. }) = complete {
        let (delivered, url) = (counted(totals.delivered, noun), one_line(&parameters.url));
        cx.printer.warning(&format!(
            "run {id} already delivered {delivered} of this {what} to {url}; `hooks backfill show {id}` shows it"
        ));
    }
    let Some(stopped) = runs.iter().find(|run| run.totals.is_resumable() && run.id > after) else { return };
    let Run { id, totals, .. } = stopped;
    cx.printer.warning(&if is_in_progress(&history, stopped).unwrap_or(false) {
        format!("run {id} of this {what} is in progress in another program: this run sends every {noun} again")
    } else {
        let delivered = counted(totals.delivered, noun);
        format!(
            "run {id} of this {what} is not complete ({delivered} delivered): `hooks backfill resume {id}` continues it; this run \
             sends every {noun} again"
        )
    });
}

/// Records the start of a run, and locks the run.
fn begin(run: &mut Run, setup: &Setup) -> Result<(History, RunLock)> {
    let refused = |message: String, help: &str| -> Error {
        Diagnostic::error("history", format!("{message}: the run could not be recorded"))
            .help(help)
            .help("use `--no-history` to send without records; such a run cannot be resumed")
            .into()
    };
    let answers = setup.source.event().map_or(&[][..], EventSource::answers);
    if setup.source.event().is_some() {
        // Each answer has a record from the start.
        run.started_to = answers.len() as u64;
    }
    let Some(path) = default_path() else {
        return Err(refused(
            "no directory for the history".to_owned(),
            "set `XDG_STATE_HOME` to an absolute path",
        ));
    };
    let mut begin = || -> std::result::Result<(History, Option<RunLock>), HistoryError> {
        let history = History::open(&path)?;
        // A receiver on this machine loses power together with it.
        history.configure_for_run(!setup.is_local)?;
        history.begin_run(run, answers)?;
        let lock = RunLock::take(&path, run.id)?;
        Ok((history, lock))
    };
    let (history, lock) = begin().map_err(|error| refused(error.to_string(), error.help()))?;
    Ok((history, lock.ok_or_else(|| in_progress(run.id))?))
}
