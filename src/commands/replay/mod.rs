//! `hooks replay`

mod args;
mod rebuild;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;

use crate::core::definitions::Definitions;
use crate::core::delivery::State;
use crate::core::history::{Delivery, Recorded, Sending};
use crate::core::model::Webhook;
use crate::core::request::{PreparedRequest, Rendering, environment_names, mismatches};
use crate::core::text::{count, one_line};
use crate::io::env::Environment;
use crate::io::history::{Filter, History};
use crate::io::http::send_once;
use crate::output::json::would_send_json;

use self::rebuild::{Files, Replay, not_replayed, recorded_request};
use super::context::{Context, listed};
use super::error::{Result, refused, usage};
use super::exit::Exit;
use super::fire::announce;
use super::history::delivery;
use super::received;
use super::recorder::{recorded, report_recorded};
use super::sender::{Sender, Sent, explain};

pub use args::ReplayArgs;

pub fn run(args: &ReplayArgs, cx: &mut Context) -> Result {
    let receptions: Vec<i64> = args.ids.iter().filter_map(|id| id.received()).collect();
    if !receptions.is_empty() {
        return replay_received(args, cx, &receptions);
    }
    let history = recorded()?;
    let records = chosen(args, cx, history.as_ref())?;
    let mut files = Files::new(cx);
    let replays = records.into_iter().map(|record| Replay::new(args, cx, &mut files, record));
    let replays = replays.collect::<Result<Vec<Replay>>>()?;
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
            report_recorded(cx, sent.delivery);
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
        let skipped = count(in_doubt, "delivery");
        cx.printer.hint(&format!(
            "skipped {skipped} in doubt, which may have arrived; `hooks history --status in_doubt` lists them"
        ));
    }
    if rows.is_empty() {
        return Err(refused("nothing to replay: every failed delivery has been replayed")
            .help("see `hooks history` for all deliveries; use `--all` to include other definitions files"));
    }
    Ok(rows.into_iter().rev().collect())
}

fn prepare_all(args: &ReplayArgs, cx: &mut Context, replays: &[Replay]) -> Result<Vec<PreparedRequest>> {
    let environments = environments(args, cx, replays)?;
    let mut all = Vec::new();
    for (replay, definitions) in defined(replays) {
        let webhook = webhook(args, cx, replay, definitions)?;
        let environment = environments.iter().find(|(own, _)| Arc::ptr_eq(own, definitions));
        let Some((_, environment)) = environment else { continue };
        // The recorded body replaces one that may no longer be possible to render.
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
    let mut rendered = cx.prepare_all(all)?.into_iter();
    let mut requests = Vec::new();
    for replay in replays {
        let body = || Bytes::from(replay.record.body.text.clone());
        match &replay.definitions {
            Some(_) if args.as_sent => requests.extend(rendered.next().map(|own| own.with_body(body()))),
            Some(_) => requests.extend(rendered.next()),
            None => requests.push(recorded_request(args, replay)?),
        }
    }
    Ok(requests)
}

/// The replays of webhooks that a file defines.
fn defined(replays: &[Replay]) -> impl Iterator<Item = (&Replay, &Arc<Definitions>)> {
    replays.iter().filter_map(|replay| Some((replay, replay.definitions.as_ref()?)))
}

fn environments(
    args: &ReplayArgs,
    cx: &mut Context,
    replays: &[Replay],
) -> Result<Vec<(Arc<Definitions>, Environment)>> {
    let mut names: Vec<(Arc<Definitions>, Vec<String>)> = Vec::new();
    for (replay, definitions) in defined(replays) {
        let own = environment_names(webhook(args, cx, replay, definitions)?, &replay.destination);
        match names.iter_mut().find(|(known, _)| Arc::ptr_eq(known, definitions)) {
            Some((_, names)) => names.extend(own),
            None => names.push((Arc::clone(definitions), own)),
        }
    }
    let load = |(definitions, names): (Arc<Definitions>, Vec<String>)| {
        let environment = cx.environment(&definitions, &args.environment, &names)?;
        Ok((definitions, environment))
    };
    names.into_iter().map(load).collect()
}

/// The current webhook of this handle, unless it would not fire.
fn webhook<'r>(
    args: &ReplayArgs,
    cx: &Context,
    replay: &Replay,
    definitions: &'r Definitions,
) -> Result<&'r Webhook> {
    let delivery = &replay.record;
    let (webhook, _) = cx.webhook(definitions, Some(&delivery.webhook))?;
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
        let definitions = replay.definitions.as_deref();
        let sending = Sending {
            file: definitions.map_or(&delivery.file, |own| own.source.name()),
            trigger: delivery.trigger,
            kind: delivery.trigger_element,
            element: &replay.element,
            data: &delivery.data,
            destination: &replay.destination,
            replay_of: Some(replay.record.id),
            emulated: delivery.emulated.as_ref(),
        };
        let webhook = definitions.and_then(|own| own.get(&request.webhook));
        announce(cx, request, &replay.destination, webhook);
        let sent = sender.send(cx, request, &sending)?;
        Ok((request.webhook.to_string(), replay.element.name().into(), sent))
    })
}
