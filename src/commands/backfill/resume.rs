//! `hooks backfill resume`

use std::path::{Path, PathBuf};

use clap::{Args, FromArgMatches};

use crate::commands::args::{
    ApiConnection, CONCURRENCY, FailedToArgs, FormatArgs, GlobalArgs, destination, limit, number,
};
use crate::commands::context::Context;
use crate::commands::error::{Result, refused, usage};
use crate::commands::exit::Exit;
use crate::commands::recorder::{is_off, recorded};
use crate::core::account::Since;
use crate::core::backfill::{EventParameters, Rate, Run, RunParameters};
use crate::core::request::Override;
use crate::core::text::one_line;
use crate::io::env;
use crate::io::files::STANDARD_INPUT;
use crate::io::history::{NumberedAnswer, RunLock};
use crate::output::json;

use super::args::StartArgs;
use super::ledger::{Ledger, changed};
use super::report::{counted, exit};
use super::runs::{run_number, unknown_run};
use super::send::{confirm, hint_at_resume, in_progress, send};
use super::setup::{Purpose, Setup};
use super::source::ElementSource;

/// Resume a run that was stopped or killed
///
/// Sends the elements that are pending and those in doubt. The receiver may get an element in doubt twice, so each is marked
/// as repeated. The webhook, the data, the destination and all options that you omit stay the same.
#[derive(Debug, Clone, Args)]
pub(super) struct ResumeArgs {
    /// Number of the run, from `hooks backfill list`
    #[arg(value_name = "RUN")]
    run: String,
    /// The same data again, if the run read standard input
    #[arg(value_name = "DATA")]
    data: Option<PathBuf>,
    /// Also send the elements that failed or could not be sent
    #[arg(long, help_heading = "Elements")]
    failed: bool,
    /// Also send the event's answers that are new since the run began
    #[arg(long, help_heading = "Elements")]
    new: bool,
    /// Read the API key from FILE instead of `HOOKS_API_KEY`; `-` for standard input
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    key_file: Option<PathBuf>,
    /// Show each request to the API, without the key
    #[arg(short, long, help_heading = "Account")]
    verbose: bool,
    /// Limit the time per attempt, e.g. `30`, `1.5s`, `500ms`; 0 for no limit
    #[arg(long, value_name = "TIME", value_parser = limit, help_heading = "Delivery")]
    timeout: Option<std::time::Duration>,
    /// Retry up to N times on 408, 429, 5xx or connection failure
    ///
    /// A delivery that is in doubt is never retried.
    #[arg(long, value_name = "N", value_parser = number::<u32>(0..=100), help_heading = "Delivery")]
    retry: Option<u32>,
    /// Repeat the URL of the run if it contains credentials (they are not stored)
    #[arg(long, value_name = "URL", value_parser = destination, help_heading = "Delivery")]
    to: Option<Override>,
    /// Do not ask before sending to another machine
    #[arg(short, long, help_heading = "Delivery")]
    yes: bool,
    /// Send up to N requests concurrently
    #[arg(long, value_name = "N", value_parser = number(CONCURRENCY), help_heading = "Speed")]
    concurrency: Option<usize>,
    /// Limit the rate of requests, e.g. `50/s` or `600/min`
    #[arg(long, value_name = "RATE", help_heading = "Speed")]
    rate: Option<Rate>,
    /// Stop after N failures in a row (0: never)
    #[arg(long, value_name = "N", value_parser = number::<u32>(0..), help_heading = "Speed")]
    stop_after: Option<u32>,
    #[command(flatten)]
    failed_to: FailedToArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) fn run(args: &ResumeArgs, cx: &mut Context) -> Result {
    if is_off(cx) {
        return Err(usage("a run cannot be resumed without the history, which is turned off")
            .help("unset `HOOKS_HISTORY`"));
    }
    let id = run_number(&args.run)?;
    let history = recorded()?.ok_or_else(|| unknown_run(id))?;
    let lock = RunLock::take(history.path(), id)?.ok_or_else(|| in_progress(id))?;
    let mut run = history.run(id)?.ok_or_else(|| unknown_run(id))?;
    if args.new && run.parameters.event.is_none() {
        return Err(usage(format!("run {id} sends a file, which has no new elements")).help("omit `--new`"));
    }
    let is_left =
        run.totals.is_resumable() || args.new || args.failed && run.totals.failed + run.totals.not_sent > 0;
    if !is_left {
        return Ok(complete(args, cx, &run));
    }
    let start = start_args(args, cx, &run)?;
    let connection = ApiConnection::of(&start.send, start.requests.event.verbose);
    let to = start.send.to.as_ref();
    let mut setup = Setup::new(cx, &start.requests, to, Purpose::Resume, connection)?;
    compare(cx, &run, &setup)?;
    let mut new = Vec::new();
    if let ElementSource::Event(event) = &mut setup.source {
        if args.new {
            event.list(cx)?;
        } else {
            event.find(cx)?;
        }
        new = event.resume(history.answers(id)?);
    }
    let remaining = remaining(&run, args.failed, &new);
    if args.new && remaining == Some(0) {
        return Ok(complete(args, cx, &run));
    }
    let noun = run.parameters.noun();
    if !setup.is_local && !start.yes {
        let elements = remaining.map_or("what remains".to_owned(), |remaining| counted(remaining, noun));
        confirm(cx, &start, &run.parameters, &elements)?;
    }
    let prepared = setup.prepare(&start, cx)?;
    history.configure_for_run(!setup.is_local)?;
    if run.parameters.event.is_some() {
        history.reopen_with_answers(&mut run, &new)?;
    } else {
        history.reopen_run(id)?;
    }
    let data = one_line(&run.parameters.data);
    let banner = match remaining.zip(run.selected()) {
        Some((remaining, selected)) => {
            let verb = if remaining == 1 { "remains" } else { "remain" };
            format!("resuming run {id}: {remaining} of {} of {data} {verb}", counted(selected, noun))
        }
        None => format!("resuming run {id} with {data}"),
    };
    let ledger = Ledger::new(&run, Some((history, lock)), args.failed);
    send(&start, cx, &banner, setup, prepared, run, ledger)
}

/// Reports that a run has nothing left to send.
fn complete(args: &ResumeArgs, cx: &mut Context, run: &Run) -> Exit {
    let Run { id, totals, .. } = run;
    if args.format.is_json() {
        cx.printer.data(&json::backfill_end_json("done", Some(*id), totals));
    }
    let left = match run.parameters.noun() {
        noun if totals.retryable() > 0 => format!("no {noun} is pending or in doubt"),
        _ if args.new => "the event has no new answers".to_owned(),
        _ => "nothing is left to send".to_owned(),
    };
    cx.printer.status(&format!("run {id} is complete: {left}"));
    if run.parameters.event.is_some() && !args.new {
        cx.printer
            .hint(&format!("`hooks backfill resume {id} --new` sends answers that are new since it began"));
    }
    hint_at_resume(&mut cx.printer, run, false);
    exit(totals)
}

/// How many elements of a run remain to be sent; none while that is unknown.
fn remaining(run: &Run, with_failed: bool, new: &[NumberedAnswer]) -> Option<u64> {
    let totals = &run.totals;
    let failed = if with_failed { totals.failed + totals.not_sent } else { 0 };
    let is_selected = |answer: &&NumberedAnswer| run.parameters.selection.contains(answer.1);
    Some(totals.pending? + totals.in_doubt + failed + new.iter().filter(is_selected).count() as u64)
}

/// The arguments with which the run was started, with those that may differ replaced. Enters the directory in which it was
/// started.
fn start_args(args: &ResumeArgs, cx: &mut Context, run: &Run) -> Result<StartArgs> {
    let (id, own) = (run.id, &run.parameters);
    if own.is_masked {
        let message =
            format!("run {id} cannot be resumed: an option contains a credential, which is not stored");
        return Err(refused(message).help(start_anew(run)));
    }
    if own.reads_key_from_stdin() && args.key_file.is_none() && cx.printer.is_in_terminal() {
        return Err(usage(format!("run {id} read the API key from standard input"))
            .help("pipe the key in again, or name a file that contains it with `--key-file`"));
    }
    let data = data(args, cx, run)?;
    let file = Path::new(&own.file);
    if let Some(named) = cx.file.as_deref().filter(|named| !is_same_file(named, file)) {
        let (named, own) = (one_line(&named.to_string_lossy()).into_owned(), one_line(&own.file));
        return Err(usage(format!("run {id} uses the definitions file `{own}`, not `{named}`"))
            .help("omit `--file`; to use other definitions, start a new run"));
    }
    let mut failed_to = args.failed_to.clone();
    if env::working_directory() != Path::new(&own.directory) {
        failed_to.failed_to = failed_to.failed_to.and_then(|path| std::path::absolute(path).ok());
    }
    env::enter(Path::new(&own.directory)).map_err(|error| {
        let message =
            format!("cannot enter `{}`, where run {id} was started: {error}", one_line(&own.directory));
        refused(message).help("restore the directory")
    })?;
    let mut start = parse(&words(own)).map_err(|error| {
        refused(format!("the command of run {id} cannot be read: {error}")).help("start a new run")
    })?;
    cx.file = Some(file.strip_prefix(&own.directory).unwrap_or(file).to_owned());
    match (own.is_url_masked, &args.to) {
        (true, Some(to)) => start.send.to = Some(to.clone()),
        (true, None) => {
            let message = format!("the URL of run {id} contains credentials, which are not stored");
            return Err(refused(message).help("repeat the URL with `--to URL`"));
        }
        (false, Some(_)) => {
            return Err(usage(format!("run {id} keeps its URL when resumed"))
                .help("omit `--to`; to send elsewhere, start a new run"));
        }
        (false, None) => {}
    }
    if let Some(data) = data {
        start.requests.data.set_path(data);
    }
    if let Some(event) = &own.event {
        start.requests.event.since = event.since.map(Since::At);
    }
    start.requests.event.api.key_file = args.key_file.clone().or(start.requests.event.api.key_file);
    start.requests.event.verbose |= args.verbose;
    start.speed.concurrency = args.concurrency.unwrap_or(start.speed.concurrency);
    start.speed.rate = args.rate.or(start.speed.rate);
    start.speed.stop_after = args.stop_after.unwrap_or(start.speed.stop_after);
    start.send.timeout = args.timeout.unwrap_or(start.send.timeout);
    start.retry.retry = args.retry.unwrap_or(start.retry.retry);
    start.yes = args.yes;
    // The file of the run already contains what it did not deliver, unless that is sent again.
    if !args.failed && failed_to.failed_to.is_none() {
        failed_to.failed_to.clone_from(&start.failed_to.failed_to);
    }
    failed_to.is_continued =
        !args.failed && is_same(failed_to.failed_to.as_ref(), start.failed_to.failed_to.as_ref());
    start.failed_to = failed_to;
    start.format = args.format.clone();
    Ok(start)
}

/// Whether two options name the same file.
fn is_same(one: Option<&PathBuf>, other: Option<&PathBuf>) -> bool {
    one.zip(other).is_some_and(|(one, other)| is_same_file(one, other))
}

/// How to send what a run can no longer send.
fn start_anew(run: &Run) -> String {
    if run.parameters.event.is_some() {
        return "start a new run, which sends every answer again".to_owned();
    }
    format!(
        "start a new run (`--skip {}` skips the elements that run {} may have sent)",
        run.started_to, run.id
    )
}

/// Whether two paths lead to the same file.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok();
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

/// The data to use instead of that of the run: only if that was standard input.
fn data(args: &ResumeArgs, cx: &Context, run: &Run) -> Result<Option<PathBuf>> {
    let is_stdin = run.parameters.data == STANDARD_INPUT;
    match &args.data {
        Some(_) if !is_stdin => Err(usage(format!(
            "run {} keeps its data when resumed: {}",
            run.id,
            one_line(&run.parameters.data)
        ))
        .help("omit DATA; to send other data, start a new run")),
        None if is_stdin && cx.printer.is_in_terminal() => {
            Err(usage(format!("run {} read standard input", run.id))
                .help("pipe the same data in again, or give a file that contains it as DATA"))
        }
        Some(path) if path != Path::new("-") => Ok(std::path::absolute(path).ok()),
        _ => Ok(None),
    }
}

/// The words of a run, with a URL in place of one that is masked.
fn words(parameters: &RunParameters) -> Vec<String> {
    let mut words = parameters.words.clone();
    if parameters.is_url_masked {
        for at in 1..words.len() {
            match words[at].as_str() {
                word if word.starts_with("--to=") => "--to=http://localhost".clone_into(&mut words[at]),
                _ if words[at - 1] == "--to" => "http://localhost".clone_into(&mut words[at]),
                _ => {}
            }
        }
    }
    words
}

/// Parses the words of a run.
fn parse(words: &[String]) -> std::result::Result<StartArgs, clap::Error> {
    let backfill = StartArgs::augment_args(clap::Command::new("backfill"));
    let command =
        GlobalArgs::augment_args(clap::Command::new("hooks").disable_help_flag(true)).subcommand(backfill);
    let matches =
        command.try_get_matches_from(std::iter::once("hooks").chain(words.iter().map(String::as_str)))?;
    let (_, matches) =
        matches.subcommand().ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))?;
    StartArgs::from_arg_matches(matches)
}

/// Refuses a run that would now send to another URL, other data or another account. A changed definition is only a warning.
fn compare(cx: &mut Context, run: &Run, setup: &Setup) -> Result<()> {
    let RunParameters { webhook, definition, input, event, url, .. } = &run.parameters;
    let now = setup.renderer.compiled.shown_url();
    if url != now {
        let (url, now) = (one_line(url), one_line(now));
        return Err(refused(format!(
            "run {} sends to {url}, but `{}` now has {now}",
            run.id,
            one_line(webhook)
        ))
        .help(format!("restore the URL, or {}", start_anew(run))));
    }
    let now = setup.source.fingerprint();
    match event {
        Some(EventParameters { prokey, api, .. }) if input.is_none() || *input != now => {
            let message =
                format!("run {} reads event {prokey} of another account: {}", run.id, one_line(api));
            return Err(refused(message)
                .help("use the API key and the base URL that the run started with (`hooks account` shows the current ones)")
                .help(start_anew(run)));
        }
        None if input.is_some() && *input != now => {
            return Err(changed("the file is different", run.started_to).into());
        }
        _ => {}
    }
    if *definition != setup.definition() {
        let webhook = one_line(webhook);
        cx.printer.warning(&format!("`{webhook}` has changed since the run began: requests may differ"));
    }
    Ok(())
}
