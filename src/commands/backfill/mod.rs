//! `hooks fire W DATA --each`: one webhook for many elements.
//!
//! Four threads, one after the other on the way of an element: `input` reads and makes requests, `engine`
//! sends them, `scribe` writes down what happens, and this one tells of it.

mod data;
mod dry_run;
mod engine;
mod export;
mod input;
mod messenger;
mod pauses;
mod resume;
mod scribe;
mod sitting;
mod stop;
mod teller;

use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::args::EachArgs;
use crate::core::definitions::Definitions;
use crate::core::model::Webhook;
use crate::core::record::DestinationKind;
use crate::core::request::{
    CompiledWebhook, Destination, Environment, PermissiveEnvironment, environment_names, is_this_machine,
};
use crate::core::run::{Breaker, Head, Pace, mark};
use crate::core::text::{count, one_line};
use crate::io::env;
use crate::io::files::{Elements, STANDARD_INPUT, Survey};
use crate::io::history::KEPT_ATTEMPTS;
use crate::io::http::{Options, Transport};
use crate::io::limits;
use crate::output::text;

pub(super) use self::sitting::unknown_run;

use self::data::{NO_ELEMENT, is_nothing_to_send, open, survey, warn_of_nothing};
use self::engine::{Circumstances, Engine, Queue};
use self::input::{Over, Reader, Recipe, way};
use self::messenger::{Messenger, Way};
use self::resume::INPUT_CHANGED;
use self::scribe::Listeners;
use self::sitting::{Sitting, Wish, hint_at_resume};
use self::stop::{Stop, Why, reason};
use self::teller::Teller;
use super::context::Context;
use super::error::{Result, refused, usage};
use super::exit::Exit;
use super::fire::FireArgs;
use super::recorder::is_off;

/// How many groups of reports may wait to be told.
const UNTOLD: usize = 64;
/// How long to wait for a reader that may be waiting for standard input.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs it.
///
/// # Errors
/// When nothing can be sent, or not all of the input may be.
pub fn run(args: &FireArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let (webhook, _) = cx.webhook(&definitions, args.webhook.as_deref())?;
    if !webhook.active.value && !args.force {
        return Err(refused(format!("`{}` would not fire: inactive", webhook.handle.value))
            .help("`--force` sends it all the same"));
    }
    let destination = args.send.to.clone().map_or(Destination::Defined, Destination::from);
    let names = environment_names(webhook, &destination);
    let environment = cx.environment(&definitions, &args.environment, &names)?;
    let shown = PermissiveEnvironment::for_display(&environment);
    let environment: &dyn Environment = if args.each.dry_run { &shown } else { &environment };
    let (plan, warnings) =
        CompiledWebhook::compile(webhook, environment, &destination, args.data.allow_missing)?;
    cx.printer.hide(plan.redactor());
    cx.printer.findings(&warnings);
    args.data.hint_types(cx, webhook.trigger_element.value);
    let is_here = plan.url().is_some_and(is_this_machine);
    let recipe =
        Recipe { webhook: webhook.clone(), plan, destination, data: args.data.clone(), force: args.force };
    let survey = survey(&args.data, args.each.on_bad_line)?;
    if args.each.export.is_none() && is_nothing_to_send(args, cx, survey.as_ref()) {
        return Ok(Exit::Success);
    }
    if args.each.dry_run {
        return dry_run::run(args, cx, recipe, survey.as_ref());
    }
    if args.each.export.is_some() {
        return export::run(args, cx, recipe, survey.as_ref());
    }
    let head = head(args, cx, &definitions, &recipe, survey.as_ref());
    let wish = Wish {
        head: &head,
        path: args.data.path(),
        resume: args.each.resume,
        with_failed: args.each.failed,
        no_history: args.send.no_history || is_off(cx),
        is_power_safe: !is_here,
    };
    let found = sitting::find(cx, &wish)?;
    if let Some(found) = found.as_ref().filter(|found| found.is_complete(args.each.failed)) {
        let run = found.run();
        if args.format.is_json() {
            let repeated = found.repeated();
            cx.printer.data(&text::run_end_json("done", Some(run.id), &run.tally, run.pending(), repeated));
        }
        cx.printer.status(&format!("run {} is complete: there is nothing left to send", run.id));
        return Ok(Exit::Success);
    }
    let args = &within_limits(args, cx);
    let again = sitting::warn_of_same(cx, &wish).unwrap_or_default();
    if !is_here && !args.each.yes {
        confirm(cx, &args.each, &head, &again)?;
    }
    let options = Options { idle_connections: args.each.concurrency, ..args.send.options(cx)? };
    let transport = Transport::new(&options).map_err(|error| args.send.setup_error(error))?;
    let proxy = match recipe.plan.url() {
        Some(url) => {
            transport.prepare(url).map_err(|error| args.send.setup_error(error))?;
            transport.proxy(url)
        }
        None => None,
    };
    let elements = open(&args.data)?;
    let sitting = match found {
        Some(found) => found.sit(&wish)?,
        None => sitting::begin(cx, &wish)?,
    };
    announce(cx, &head, sitting.book.as_ref().map(|book| book.run), proxy.as_deref());
    send(args, cx, Work { sitting, recipe, elements, may_block: survey.is_none(), transport, head })
}

/// Lowers the concurrency if the limit of open files is too low for it.
fn within_limits(args: &FireArgs, cx: &mut Context) -> FireArgs {
    /// Files of the program itself: history, signals, data.
    const OWN: u64 = 32;
    /// Files per request: the connection and the name lookup.
    const EACH: u64 = 2;
    let mut args = args.clone();
    let wanted = args.each.concurrency;
    let limit = limits::open_files(OWN + EACH * wanted as u64);
    let most = limit
        .map_or(wanted, |limit| usize::try_from(limit.saturating_sub(OWN) / EACH).unwrap_or(wanted).max(1));
    if most < wanted {
        args.each.concurrency = most;
        cx.printer.warning(&format!(
            "the limit of open files is too low for `--concurrency {wanted}`: lowered to {most}; raise it with `ulimit -n {}`",
            OWN + EACH * wanted as u64
        ));
    }
    args
}

fn head(
    args: &FireArgs,
    cx: &Context,
    definitions: &Definitions,
    recipe: &Recipe,
    survey: Option<&Survey>,
) -> Head {
    let redacted = |text: &str| recipe.plan.redactor().redact(text).into_owned();
    // Where a list breaks off, more may follow once it is mended: then line by line is compared.
    let whole = survey.filter(|survey| survey.is_whole);
    let file = definitions.source.name();
    let file = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
    Head {
        webhook: recipe.webhook.handle.value.clone(),
        file: redacted(&file.to_string_lossy()),
        definition: format!("{:x}", mark(definition(&recipe.webhook).as_bytes())),
        changes: Some(format!("{:x}", mark(args.data.changes().as_bytes()))),
        data: redacted(&args.data.path().map_or(STANDARD_INPUT.into(), |path| path.to_string_lossy())),
        input: whole.map(|survey| survey.sha256.iter().map(|byte| format!("{byte:02x}")).collect()),
        elements: whole.map(|survey| survey.elements),
        skip: args.each.skip,
        limit: args.each.limit,
        method: recipe.webhook.method.value,
        url: recipe.plan.shown_url().to_owned(),
        place: match recipe.destination {
            Destination::Defined => DestinationKind::PayloadUrl,
            Destination::Elsewhere(_) | Destination::Host(_) => DestinationKind::To,
            Destination::Receiver(_) => DestinationKind::Echo,
        },
        folder: redacted(&env::working_folder().to_string_lossy()),
        command: redacted(&sitting::command(&cx.typed)),
    }
}

/// What makes a request other than the element and the environment, as a text.
fn definition(webhook: &Webhook) -> String {
    let mut text = format!(
        "{} {} {} {}\n",
        webhook.trigger.value, webhook.trigger_element.value, webhook.method.value, webhook.payload_url.value,
    );
    for (kind, fields) in [("header", &webhook.header), ("body", &webhook.body)] {
        for field in fields {
            text.push_str(&format!("{kind} {:?} {:?}\n", field.key.value, field.value.value));
        }
    }
    text
}

/// Says once what goes where, and goes on when told to.
fn confirm(cx: &Context, each: &EachArgs, head: &Head, again: &str) -> Result<()> {
    let elements = match head.chosen() {
        Some(chosen) => count(usize::try_from(chosen).unwrap_or(usize::MAX), "element"),
        None => "all elements".to_owned(),
    };
    let rate = each.rate.map_or(String::new(), |rate| format!(", {rate} at most"));
    let what = format!(
        "{elements} of {} with {} to {}{again}, {} at once{rate}",
        one_line(&head.data),
        head.method,
        one_line(&head.url),
        each.concurrency,
    );
    if !cx.printer.can_ask() {
        return Err(usage(format!("there is nobody to ask whether to send {what}"))
            .help("`--yes` sends without asking; `--dry-run` makes every request and sends none"));
    }
    if cx.prompt().confirm(&format!("Send {what}?"), false)? {
        return Ok(());
    }
    Err(refused("nothing was sent").help("`--dry-run` makes every request and sends none"))
}

fn announce(cx: &mut Context, head: &Head, run: Option<i64>, proxy: Option<&str>) {
    let through = proxy.map_or(String::new(), |proxy| format!(" through the proxy {proxy}"));
    let instead = if head.place == DestinationKind::PayloadUrl { "" } else { " instead of its payload URL" };
    let run = run.map_or(String::new(), |run| format!("run {run}: "));
    let elements = head.chosen().map_or("elements".to_owned(), |chosen| {
        count(usize::try_from(chosen).unwrap_or(usize::MAX), "element")
    });
    cx.printer.status(&format!(
        "{run}firing {} for {elements} of {}: {} {}{instead}{through}",
        head.webhook,
        one_line(&head.data),
        head.method,
        one_line(&head.url)
    ));
}

/// All that is needed to send.
struct Work {
    sitting: Sitting,
    recipe: Recipe,
    elements: Elements,
    /// Only a file is read ahead; anything else may be long in coming.
    may_block: bool,
    transport: Transport,
    head: Head,
}

fn send(args: &FireArgs, cx: &mut Context, work: Work) -> Result {
    let Work { sitting, recipe, elements, may_block, transport, head } = work;
    let Sitting { book, before, choice, chosen, .. } = sitting;
    let each = &args.each;
    let run = book.as_ref().map(|book| book.run);
    let (to_engine, queue) = way(may_block);
    let (to_scribe, entries) = mpsc::channel();
    let (to_teller, reports) = mpsc::sync_channel(UNTOLD);
    let (to_messenger, written) = tokio::sync::mpsc::unbounded_channel();
    let listeners = Listeners { reports: to_teller, written: to_messenger };
    let way = Way { scribe: to_scribe, written };
    let (to_us, over) = mpsc::channel();
    let stop = Arc::new(Stop::default());
    let engine = Engine {
        transport,
        queue: tokio::sync::Mutex::new(Queue::new(queue)),
        messenger: Messenger::default(),
        pace: Mutex::new(Pace::new(each.rate, each.concurrency)),
        breaker: Mutex::new(Breaker::new(each.stop_after)),
        stop: Arc::clone(&stop),
        start: Instant::now(),
        retry: args.send.retry(),
        stop_after: each.stop_after,
        circumstances: Circumstances {
            run,
            file: head.file.clone(),
            data: head.data.clone(),
            trigger: recipe.webhook.trigger.value,
            kind: recipe.webhook.trigger_element.value,
            destination: recipe.destination.clone(),
        },
        attempts_left: AtomicI64::new(KEPT_ATTEMPTS),
    };
    let reader = Reader {
        elements,
        recipe,
        skip: each.skip,
        limit: each.limit,
        choice,
        to: to_engine,
        room: Arc::default(),
        over: Over::default(),
        may_block,
        group: Vec::new(),
    };
    let places = each.concurrency;
    // The reader starts last, so nothing is sent before the other threads run.
    let writing = started(move || scribe::write(book, &entries, &listeners))?;
    let sending = started(move || engine::run(engine, places, way))?;
    started(move || to_us.send(reader.read()))?;
    let all = head.chosen().or(chosen);
    let mut teller = Teller::new(cx, args.format.is_json(), run, before, all);
    teller.listen(cx, &reports, &stop);
    stop.end();
    let why = joined(sending)?.map_err(anyhow::Error::new)?;
    let (book, unwritten) = joined(writing)?;
    // One who waits for standard input may wait for ever.
    let over = match why {
        None => over.recv().unwrap_or_default(),
        Some(_) => over.recv_timeout(PATIENCE).unwrap_or_default(),
    };
    let ending = Ending { why, over, unwritten };
    Ok(finish(cx, &head, teller, book, ending))
}

/// Starts a thread.
fn started<T: Send + 'static>(part: impl FnOnce() -> T + Send + 'static) -> Result<thread::JoinHandle<T>> {
    let thread = thread::Builder::new().spawn(part);
    thread.map_err(|error| anyhow::Error::new(error).context("cannot start a thread").into())
}

fn joined<T>(thread: thread::JoinHandle<T>) -> Result<T> {
    thread.join().map_err(|_| anyhow::anyhow!("a part of the program broke down").into())
}

/// How it all ended.
struct Ending {
    why: Option<Why>,
    over: Over,
    unwritten: usize,
}

fn finish(
    cx: &mut Context,
    head: &Head,
    mut teller: Teller,
    book: Option<scribe::Book>,
    Ending { why, over, unwritten }: Ending,
) -> Exit {
    let mut highest = teller.highest;
    if let Some(elements) = over.elements {
        teller.all = Head { elements: Some(elements), ..head.clone() }.chosen();
    }
    for (code, number) in over.warnings.iter().filter(|(_, number)| **number > 1) {
        cx.printer.warning(&format!("the same of {number} elements in all: {code}"));
    }
    if let Some(book) = &book
        && let Err(error) = book.history.end_run(book.run, over.elements.or(head.elements), &teller.tally)
    {
        cx.printer.warning(&format!("{error}: the end of the run is not recorded"));
    }
    if over.elements == Some(0) {
        warn_of_nothing(cx, &head.data, NO_ELEMENT);
    }
    teller.sum_up(cx, reason(why.as_ref(), over.trouble.is_none()));
    if unwritten > 0 {
        let them = count(unwritten, "result");
        cx.printer
            .warning(&format!("{them} could not be recorded: `--resume` sends those again, as in doubt"));
        highest = highest.max(Exit::NotDelivered);
    }
    // A run is not gone on with from another input than its own.
    let is_other_input = over.trouble.as_ref().is_some_and(|trouble| trouble.code == INPUT_CHANGED);
    let is_cut_off = over.trouble.is_some();
    if let Some(trouble) = over.trouble {
        cx.printer.findings(&[trouble]);
        highest = highest.max(Exit::Unusable);
    }
    highest = highest.max(match why {
        Some(Why::Interrupted) => Exit::Interrupted,
        Some(Why::Unrecorded) => Exit::NotDelivered,
        Some(Why::Wait(_) | Why::Failures(_)) => Exit::No,
        None => Exit::Success,
    });
    if let Some(book) = book.filter(|_| !is_other_input) {
        let is_left = teller.pending() != Some(0) || teller.tally.in_doubt > 0;
        hint_at_resume(cx, book.run, head, (is_left, is_cut_off), &teller.tally);
    }
    highest
}
