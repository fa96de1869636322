//! `hooks backfill WEBHOOK DATA`

use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::commands::exit::Exit;
use crate::commands::recorder::is_off;
use crate::core::backfill::{RunParameters, Totals, fingerprint};
use crate::core::diagnostic::Diagnostic;
use crate::core::request::Destination;
use crate::core::secrets::shown_command;
use crate::core::text::one_line;
use crate::io::env;
use crate::io::history::{History, HistoryError, RunLock, default_path};
use crate::output::json;

use super::args::StartArgs;
use super::dry_run;
use super::input::data_name;
use super::ledger::{Ledger, Previous};
use super::list::is_in_progress;
use super::report::counted;
use super::send::{Work, confirm, prepare, selected, send};
use super::session::Progress;
use super::setup::{Purpose, Setup};

pub(super) fn run(args: &StartArgs, cx: &mut Context) -> Result {
    let purpose = if args.dry_run { Purpose::Preview } else { Purpose::Send };
    let setup = Setup::new(cx, &args.requests, args.send.to.as_ref(), purpose)?;
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
    let parameters = parameters(args, cx, &setup);
    let is_recorded = !(args.send.no_history || is_off(cx));
    if is_recorded {
        warn_of_similar(cx, &parameters);
    }
    if !setup.is_here && !args.yes {
        let selected = selected(&parameters, setup.elements()).unwrap_or_else(|| "all elements".to_owned());
        confirm(cx, args, &parameters, &selected)?;
    }
    let ready = prepare(args, cx, &setup)?;
    let ledger = if is_recorded {
        Some(begin(&parameters, &setup)?)
    } else {
        cx.printer.status("nothing is recorded: this run cannot be resumed");
        None
    };
    if ledger.is_some() && parameters.is_masked {
        cx.printer
            .warning("this run cannot be resumed: an option contains a credential, which is not stored");
    }
    let totals = Totals { pending: None, ..Totals::default() };
    let run = ledger.as_ref().map_or(String::new(), |ledger| format!("run {}: ", ledger.run));
    let selected = selected(&parameters, setup.elements()).unwrap_or_else(|| "elements".to_owned());
    let (webhook, data) = (&parameters.webhook, one_line(&parameters.data));
    let work = Work {
        banner: format!("{run}firing {webhook} for {selected} of {data}"),
        setup,
        ready,
        parameters,
        ledger,
        previous: Previous::none(),
        progress: Progress::default(),
        totals,
        elements: None,
    };
    send(args, cx, work)
}

fn parameters(args: &StartArgs, cx: &Context, setup: &Setup) -> RunParameters {
    let recipe = &setup.recipe;
    let redacted = |text: &str| recipe.compiled.redactor().redact(text).into_owned();
    let words: Vec<String> = shown_command(&cx.typed).iter().map(|word| redacted(word)).collect();
    let is_to = |at: usize| words[at].starts_with("--to=") || at > 0 && words[at - 1] == "--to";
    let masked: Vec<bool> = (0..words.len()).filter(|at| words[*at] != cx.typed[*at]).map(is_to).collect();
    RunParameters {
        webhook: recipe.webhook.handle.value.clone(),
        file: redacted(&setup.file),
        definition: setup.definition(),
        changes: fingerprint(recipe.data.changes().as_bytes()),
        data: redacted(&data_name(recipe.data.path())),
        input: setup.input(),
        selection: args.requests.selection.selection(),
        method: recipe.webhook.method.value.as_str().to_owned(),
        url: recipe.compiled.shown_url().to_owned(),
        is_elsewhere: !matches!(recipe.destination, Destination::Defined),
        folder: redacted(&env::working_directory().to_string_lossy()),
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
    let complete = runs.iter().find(|run| !run.totals.is_resumable() && run.totals.delivered > 0);
    let after = complete.map_or(0, |run| run.id);
    let stopped = runs.iter().find(|run| run.totals.is_resumable() && run.id > after);
    if let Some(run) = complete {
        let (id, delivered) = (run.id, counted(run.totals.delivered, "element"));
        let url = one_line(&parameters.url);
        cx.printer.warning(&format!(
            "run {id} already delivered {delivered} of this file to {url}; `hooks backfill show {id}` shows it"
        ));
    }
    if let Some(run) = stopped {
        let (id, delivered) = (run.id, counted(run.totals.delivered, "element"));
        if is_in_progress(&history, run).unwrap_or(false) {
            cx.printer.warning(&format!(
                "run {id} of this file is in progress in another program: this run sends every element again"
            ));
            return;
        }
        cx.printer.warning(&format!(
            "run {id} of this file is not complete ({delivered} delivered): `hooks backfill resume {id}` continues it, this run \
             sends every element again"
        ));
    }
}

fn begin(parameters: &RunParameters, setup: &Setup) -> Result<Ledger> {
    let refused = |message: String, help: &str| -> Error {
        Diagnostic::error("history", format!("{message}: the run could not be recorded"))
            .help(help)
            .help("use `--no-history` to send without records; such a run cannot be resumed")
            .into()
    };
    let path = default_path().ok_or_else(|| {
        refused("there is no directory for the history".to_owned(), "set `XDG_STATE_HOME` to one")
    })?;
    let begin = || -> std::result::Result<Ledger, HistoryError> {
        let history = History::open(&path)?;
        // A receiver on this machine goes down together with it.
        history.expect_a_run(!setup.is_here)?;
        let run = history.begin_run(parameters, setup.elements())?;
        let lock = RunLock::take(&path, run)?;
        Ok(Ledger { history, run, _lock: lock })
    };
    begin().map_err(|error| refused(error.to_string(), error.help()))
}
