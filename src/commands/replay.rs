//! `hooks replay`

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use clap::Args;

use crate::core::definitions::Definitions;
use crate::core::delivery::State;
use crate::core::history::{Delivery, DestinationKind, Fidelity, Kept, Recorded, Sending};
use crate::core::model::Webhook;
use crate::core::request::{
    Destination, Element, PreparedRequest, Rendering, environment_names, mismatches, parse_target,
};
use crate::core::text::{Source, count, one_line};
use crate::io::env::Environment;
use crate::io::history::{Filter, History};
use crate::io::http::send_once;
use crate::output::json::would_send_json;

use super::args::{EnvironmentArgs, FormatArgs, RetryArgs, SendArgs};
use super::context::{Context, listed};
use super::error::{Error, Result, refused, usage};
use super::exit::Exit;
use super::fire::announce;
use super::history::{WhichArgs, delivery};
use super::received::{self, RecordId};
use super::recorder::{name_recorded, recorded};
use super::sender::{Sender, Sent, explain};

/// Repeat recorded deliveries, or send received requests to a URL
///
/// The request is rendered again from the recorded element with the current definition and environment. A delivery that
/// went to another URL with `--to` goes to that URL again.
///
/// A request that `hooks listen` received (e.g. `r12`) is sent unchanged to the URL of `--to`: method, headers and body.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// Deliveries, e.g. `12`, or received requests, e.g. `r12`
    #[arg(value_name = "ID", required_unless_present = "failed", conflicts_with_all = ["webhook", "since", "all"])]
    ids: Vec<RecordId>,
    /// Replay all deliveries that failed or were not sent
    ///
    /// Deliveries that have been replayed since, and those in doubt, are left out.
    #[arg(long, conflicts_with = "ids", help_heading = "Filter")]
    failed: bool,
    #[command(flatten)]
    which: WhichArgs,
    /// Send the recorded body, byte for byte
    #[arg(long, conflicts_with = "allow_missing", help_heading = "Delivery")]
    as_sent: bool,
    /// Send an empty string for a variable that the element does not have
    #[arg(long, help_heading = "Element")]
    allow_missing: bool,
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    send: SendArgs,
    #[command(flatten)]
    retry: RetryArgs,
    /// Send anyway
    ///
    /// Needed if the webhook would not fire now, if the delivery went to `--echo`, or to send a received request without its
    /// masked headers.
    #[arg(long, help_heading = "Delivery")]
    force: bool,
    /// List the requests and their URLs, but send nothing
    #[arg(long, help_heading = "Delivery")]
    dry_run: bool,
    /// Send to another machine without confirmation
    #[arg(short, long, help_heading = "Delivery")]
    yes: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// A recorded delivery, with what its request is built from now.
struct Replay {
    record: Recorded<Delivery>,
    definitions: Arc<Definitions>,
    element: Element,
    destination: Destination,
}

pub fn run(args: &ReplayArgs, cx: &mut Context) -> Result {
    let receptions: Vec<i64> = args.ids.iter().filter_map(|id| id.received()).collect();
    if !receptions.is_empty() {
        return replay_received(args, cx, &receptions);
    }
    let history = recorded()?;
    let records = chosen(args, cx, history.as_ref())?;
    let mut replays = Vec::new();
    let mut files = Files { named: cx.file.clone(), read: Vec::new() };
    for record in records {
        let definitions = files.definitions(cx, &record)?;
        let destination = destination(args, &record)?;
        let element = element(args, &record)?;
        replays.push(Replay { record, definitions, element, destination });
    }
    let requests = prepare_all(args, cx, &replays)?;
    let name = |index: usize| {
        let record = &replays[index].record;
        format!("delivery {} of {}", record.id, record.webhook)
    };
    if !may_send(args, cx, &requests, name)? {
        return Ok(Exit::Success);
    }
    send_all(args, cx, &replays, &requests)
}

fn chosen(args: &ReplayArgs, cx: &mut Context, history: Option<&History>) -> Result<Vec<Recorded<Delivery>>> {
    let ids = if args.failed {
        failed(args, cx, history)?
    } else {
        args.ids.iter().filter_map(|id| id.delivery()).collect()
    };
    ids.into_iter().map(|id| delivery(history, id)).collect()
}

/// Sends received requests. These are not deliveries of a webhook, so they are not recorded.
fn replay_received(args: &ReplayArgs, cx: &mut Context, ids: &[i64]) -> Result {
    if ids.len() < args.ids.len() {
        return Err(usage("deliveries and received requests cannot be replayed together")
            .help("run the command once for each kind"));
    }
    let Some(to) = &args.send.to else {
        return Err(usage("a received request has no destination of its own")
            .help("use `--to URL` to name the receiver"));
    };
    if args.retry.retry > 0 {
        return Err(usage("received requests are not retried").help("omit `--retry`"));
    }
    if args.as_sent || args.allow_missing {
        return Err(usage("a received request is always sent as received")
            .help("omit `--as-sent` and `--allow-missing`"));
    }
    let history = recorded()?;
    let replayed =
        |id: &i64| received::replayed(&received::reception(history.as_ref(), *id)?, to, args.force);
    let requests = ids.iter().map(replayed).collect::<Result<Vec<PreparedRequest>>>()?;
    if !may_send(args, cx, &requests, |index| format!("request r{}", ids[index]))? {
        return Ok(Exit::Success);
    }
    let options = args.send.options(cx)?;
    send_each(args, cx, &requests, |cx, index, request| {
        let id = ids[index];
        cx.printer.hide(&request.redactor);
        cx.printer.status(&format!("sending r{id}: {} {}", request.method, one_line(&request.shown_url)));
        let mut exchange = send_once(&options, request).map_err(|error| args.send.setup_error(error))?;
        exchange.redact(&request.redactor);
        let sent = Sent { exchange, attempts: 1, delivery: None, is_interrupted: false };
        Ok((format!("r{id}"), format!("received request r{id}"), sent))
    })
}

/// Whether to send the requests: not with `--dry-run`, which lists them, and not if the user declines.
fn may_send(
    args: &ReplayArgs,
    cx: &mut Context,
    requests: &[PreparedRequest],
    name: impl Fn(usize) -> String,
) -> Result<bool> {
    if args.dry_run {
        for (index, request) in requests.iter().enumerate() {
            let is_json = args.format.is_json();
            let line = if is_json { would_send_json(request) } else { listed(&name(index), request) };
            cx.printer.data(&line);
        }
        cx.printer.status(&format!("dry run: {} to send; none was sent", count(requests.len(), "request")));
    } else if !args.yes {
        cx.confirm_sending(requests, name)?;
    }
    Ok(!args.dry_run)
}

/// Sends all until Ctrl-C. `send` returns the name of the request, its source and the result. Each failure is explained once.
fn send_each(
    args: &ReplayArgs,
    cx: &mut Context,
    requests: &[PreparedRequest],
    mut send: impl FnMut(&mut Context, usize, &PreparedRequest) -> Result<(String, String, Sent)>,
) -> Result {
    let (mut highest, mut explained, mut states) = (Exit::Success, HashSet::new(), Vec::new());
    for (index, request) in requests.iter().enumerate() {
        let (name, data, sent) = send(cx, index, request)?;
        let exchange = &sent.exchange;
        sent.show(cx, request, &name, &data, args.format.is_json(), requests.len() == 1);
        if exchange.failure.as_ref().is_none_or(|failure| explained.insert(failure.what.clone())) {
            explain(cx, exchange);
        }
        if !args.format.is_json() {
            name_recorded(cx, sent.delivery);
        }
        states.push(exchange.state);
        highest = highest.max(sent.exit());
        if highest == Exit::Interrupted {
            break;
        }
    }
    if requests.len() > 1 {
        let number = |wanted: State| states.iter().filter(|state| **state == wanted).count();
        let mut words = format!("delivered {}", number(State::Delivered));
        for state in [State::Failed, State::InDoubt, State::NotSent] {
            if number(state) > 0 {
                words.push_str(&format!(", {} {}", state.in_words(), number(state)));
            }
        }
        cx.printer.status(&format!("{words} of {}", requests.len()));
    }
    Ok(highest)
}

/// The numbers of failed deliveries, oldest first.
fn failed(args: &ReplayArgs, cx: &mut Context, history: Option<&History>) -> Result<Vec<i64>> {
    if !args.which.all && cx.definitions_path().is_err() {
        return Err(refused("no definitions file in use, so no failed deliveries are selected").help("run this in the directory of `webhooks.toml`, name the file with `--file`, or use `--all` to replay \
                   those of all definitions files"));
    }
    let filter = Filter {
        states: vec![State::Failed, State::NotSent],
        is_to_be_replayed: true,
        ..args.which.filter(cx, history)?
    };
    let in_doubt = Filter { states: vec![State::InDoubt], ..filter.clone() };
    let (rows, in_doubt) = match history {
        Some(history) => {
            (history.list(&filter, |row: Recorded<Delivery>| row.id)?, history.count::<Delivery>(&in_doubt)?)
        }
        None => (Vec::new(), 0),
    };
    if in_doubt > 0 {
        let them = count(in_doubt, "delivery");
        cx.printer.hint(&format!(
            "skipped {them} in doubt, which may have arrived; `hooks history --status in_doubt` lists them"
        ));
    }
    if rows.is_empty() {
        return Err(refused("nothing to replay: every failed delivery has been replayed")
            .help("see `hooks history` for all deliveries; use `--all` to include other definitions files"));
    }
    Ok(rows.into_iter().rev().collect())
}

/// The definitions that were read: from the file named on the command line, else from the file of each delivery.
struct Files {
    named: Option<PathBuf>,
    read: Vec<(PathBuf, Arc<Definitions>)>,
}

impl Files {
    fn definitions(&mut self, cx: &mut Context, record: &Recorded<Delivery>) -> Result<Arc<Definitions>> {
        let path = self.named.clone().unwrap_or_else(|| PathBuf::from(&record.file));
        if let Some((_, definitions)) = self.read.iter().find(|(own, _)| *own == path) {
            return Ok(Arc::clone(definitions));
        }
        cx.file = Some(path.clone());
        let definitions = Arc::new(cx.definitions()?);
        self.read.push((path, Arc::clone(&definitions)));
        Ok(definitions)
    }
}

fn not_replayed(record: &Recorded<Delivery>, message: &str, help: &str) -> Error {
    refused(format!("delivery {}: {message}", record.id)).help(help)
}

fn destination(args: &ReplayArgs, record: &Recorded<Delivery>) -> Result<Destination> {
    if let Some(url) = &args.send.to {
        return Ok(url.clone().into());
    }
    match record.destination {
        DestinationKind::PayloadUrl => Ok(Destination::Defined),
        DestinationKind::Echo if args.force => Ok(Destination::Defined),
        DestinationKind::Echo => Err(not_replayed(
            record,
            "it was sent to the receiver of `--echo`, which no longer exists",
            "use `--to URL` to name another, or `--force` to send to the payload URL",
        )),
        DestinationKind::To => {
            let url = Some(&record.url).filter(|_| !record.is_url_masked);
            let url = url.and_then(|url| parse_target(url).ok());
            url.map(Destination::Elsewhere).ok_or_else(|| {
                not_replayed(
                    record,
                    "it was sent to a URL with credentials, which are not recorded",
                    "repeat the URL with `--to URL`",
                )
            })
        }
    }
}

fn element(args: &ReplayArgs, record: &Recorded<Delivery>) -> Result<Element> {
    let kept = &record.element;
    whole(record, kept, "element")?;
    if args.as_sent {
        whole(record, &record.body, "body")?;
    }
    let name = format!("delivery {}", record.id);
    let (element, _) = Element::parse(Arc::new(Source::new(name, kept.text.as_str())))?;
    let is_sample = record.data == Element::sample_name(record.trigger_element);
    Ok(if is_sample { element.as_sample(record.trigger_element) } else { element })
}

/// Refuses to send a text that differs from the one that was sent.
fn whole(record: &Recorded<Delivery>, kept: &Kept, what: &str) -> Result<()> {
    let way_out = "`hooks fire WEBHOOK DATA` builds the request from the original data";
    match kept.fidelity {
        Fidelity::AsSent => Ok(()),
        Fidelity::Masked => {
            let message = format!("the recorded {what} contains masks instead of secrets");
            let way_out =
                if what == "body" { "omit `--as-sent` to render it with its secrets" } else { way_out };
            Err(not_replayed(record, &message, way_out))
        }
        Fidelity::Truncated => {
            Err(not_replayed(record, &format!("the {what} was too long to be recorded in full"), way_out))
        }
    }
}

fn prepare_all(args: &ReplayArgs, cx: &mut Context, replays: &[Replay]) -> Result<Vec<PreparedRequest>> {
    let environments = environments(args, cx, replays)?;
    let mut all = Vec::new();
    for replay in replays {
        let webhook = webhook(args, cx, replay)?;
        let environment = environments.iter().find(|(own, _)| Arc::ptr_eq(own, &replay.definitions));
        let Some((_, environment)) = environment else { continue };
        // The recorded body replaces one that may be impossible to render by now.
        let webhook = if args.as_sent {
            Cow::Owned(Webhook { body: Vec::new(), ..webhook.clone() })
        } else {
            Cow::Borrowed(webhook)
        };
        let rendering = Rendering {
            element: &replay.element,
            environment,
            allow_missing: args.allow_missing,
            destination: &replay.destination,
        };
        all.push((webhook, rendering));
    }
    let requests = cx.prepare_all(all)?;
    let sent = requests.into_iter().zip(replays).map(|(request, replay)| {
        if args.as_sent { request.with_body(Bytes::from(replay.record.body.text.clone())) } else { request }
    });
    Ok(sent.collect())
}

fn environments(
    args: &ReplayArgs,
    cx: &mut Context,
    replays: &[Replay],
) -> Result<Vec<(Arc<Definitions>, Environment)>> {
    let mut names: Vec<(Arc<Definitions>, Vec<String>)> = Vec::new();
    for replay in replays {
        let own = environment_names(webhook(args, cx, replay)?, &replay.destination);
        match names.iter_mut().find(|(definitions, _)| Arc::ptr_eq(definitions, &replay.definitions)) {
            Some((_, names)) => names.extend(own),
            None => names.push((Arc::clone(&replay.definitions), own)),
        }
    }
    let load = |(definitions, names): (Arc<Definitions>, Vec<String>)| {
        let environment = cx.environment(&definitions, &args.environment, &names)?;
        Ok((definitions, environment))
    };
    names.into_iter().map(load).collect()
}

/// The current webhook of this handle, unless it would not fire.
fn webhook<'r>(args: &ReplayArgs, cx: &Context, replay: &'r Replay) -> Result<&'r Webhook> {
    let delivery = &replay.record;
    let (webhook, _) = cx.webhook(&replay.definitions, Some(&delivery.webhook))?;
    if args.force {
        return Ok(webhook);
    }
    let reasons = mismatches(webhook, delivery.trigger, delivery.trigger_element, &replay.element);
    match reasons.first() {
        Some(reason) => {
            let message = format!("`{}` would not fire: {reason}", one_line(&delivery.webhook));
            Err(not_replayed(&replay.record, &message, "use `--force` to send it anyway"))
        }
        None => Ok(webhook),
    }
}

fn send_all(args: &ReplayArgs, cx: &mut Context, replays: &[Replay], requests: &[PreparedRequest]) -> Result {
    let mut sender = Sender::new(cx, &args.send, &args.retry, false)?;
    send_each(args, cx, requests, |cx, index, request| {
        let replay = &replays[index];
        let delivery = &replay.record;
        let sending = Sending {
            file: replay.definitions.source.name(),
            trigger: delivery.trigger,
            kind: delivery.trigger_element,
            element: &replay.element,
            data: &delivery.data,
            destination: &replay.destination,
            replay_of: Some(replay.record.id),
        };
        announce(cx, request, &replay.destination, replay.definitions.get(&request.webhook));
        let sent = sender.send(cx, request, &sending)?;
        Ok((request.webhook.to_string(), replay.element.name().into(), sent))
    })
}
