//! `hooks trigger`

use std::borrow::Cow;
use std::collections::BTreeMap;

use clap::Args;

use crate::core::history::Sending;
use crate::core::model::{Trigger, Webhook};
use crate::core::request::{
    Destination, Mismatch, PermissiveEnvironment, PreparedRequest, Rendering, environment_names, mismatches,
    prepare,
};
use crate::core::text::{count, list};
use crate::output::{json, text};

use super::args::{DataArgs, ElementName, EnvironmentArgs, FormatArgs, RetryArgs, SendArgs, trigger};
use super::context::Context;
use super::error::{Result, refused};
use super::exit::Exit;
use super::fire::announce;
use super::recorder::{report_recorded, sending};
use super::sender::{Sender, explain};

/// Fire every active webhook that matches, as the platform would
///
/// For every other webhook, prints why it does not fire. If no webhook matches, the exit code is 1.
#[derive(Debug, Clone, Args)]
pub struct TriggerArgs {
    /// Trigger: `create`, `update` or `delete`
    #[arg(value_name = "TRIGGER", value_parser = trigger)]
    trigger: Option<Trigger>,
    /// Trigger element, e.g. `event` or `rsvp_answer`
    #[arg(value_name = "ELEMENT")]
    element: Option<ElementName>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    send: SendArgs,
    #[command(flatten)]
    retry: RetryArgs,
    /// Show what would fire, but send nothing
    #[arg(long, help_heading = "Delivery")]
    dry_run: bool,
    /// Do not ask before sending to another machine
    ///
    /// `trigger` asks only if it sends more than one request, or prompted for an argument.
    #[arg(short, long, help_heading = "Delivery")]
    yes: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &TriggerArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let trigger = args.trigger.map_or_else(|| cx.trigger(), Ok)?;
    let kind = args.element.map_or_else(|| cx.trigger_element(), |ElementName(kind)| Ok(kind))?;
    let is_asked = args.trigger.is_none() || args.element.is_none();
    let (data, element) = args.data.pick_element(cx, is_asked, kind, trigger)?;
    let checked: Vec<(&Webhook, Vec<Mismatch>)> = definitions
        .webhooks
        .iter()
        .map(|webhook| (webhook, mismatches(webhook, trigger, kind, &element)))
        .collect();
    let destination = args.send.to.clone().map_or(Destination::Defined, Destination::from);
    let matching = checked.iter().filter(|(_, reasons)| reasons.is_empty()).map(|(webhook, _)| *webhook);
    let matching: Vec<&Webhook> = matching.collect();
    let names: Vec<String> =
        matching.iter().flat_map(|webhook| environment_names(webhook, &destination)).collect();
    let environment = cx.environment(&definitions, &args.environment, &names)?;
    let shown = PermissiveEnvironment::for_display(&environment);
    let rendering = Rendering {
        element: &element,
        environment: if args.dry_run { &shown } else { &environment },
        allow_missing: args.data.allow_missing,
        destination: &destination,
    };
    if args.dry_run && !matching.is_empty() {
        show_others(args, cx, &checked);
        return dry_run(args, cx, &matching, rendering);
    }
    let requests = cx.prepare_all(matching.iter().map(|webhook| (Cow::Borrowed(*webhook), rendering)))?;
    show_others(args, cx, &checked);
    if requests.is_empty() {
        let message = format!("no active webhook fires on {trigger} of {kind}");
        return Err(refused(message).help("run `hooks list` to see the trigger of each webhook"));
    }
    if !args.yes && (is_asked || requests.len() > 1) {
        cx.confirm_sending(&requests, |index| requests[index].webhook.to_string())?;
    }
    let deliveries: Vec<_> = matching
        .iter()
        .map(|webhook| sending(&definitions, webhook, &element, &destination))
        .zip(&requests)
        .collect();
    let exit = send_all(args, cx, &deliveries)?;
    if is_asked {
        let picked_trigger = args.trigger.is_none().then(|| trigger.to_string());
        let picked_kind = args.element.is_none().then(|| kind.to_string());
        let words: Vec<_> = picked_trigger.into_iter().chain(picked_kind).chain(data.typed()).collect();
        cx.hint_without_questions(&words);
    }
    Ok(exit)
}

fn show_others(args: &TriggerArgs, cx: &mut Context, checked: &[(&Webhook, Vec<Mismatch>)]) {
    for (webhook, reasons) in checked.iter().filter(|(_, reasons)| !reasons.is_empty()) {
        let line = if args.format.is_json() {
            json::triggered_json(webhook, reasons, &[])
        } else {
            text::mismatch_line(webhook, reasons, cx.printer.width(), cx.printer.style())
        };
        cx.printer.data(&line);
    }
}

/// Lists the matching webhooks, also those whose requests cannot be built.
fn dry_run(args: &TriggerArgs, cx: &mut Context, matching: &[&Webhook], rendering: Rendering<'_>) -> Result {
    let (mut requests, mut errors) = (Vec::new(), Vec::new());
    for webhook in matching {
        let prepared = prepare(webhook, rendering);
        let (width, style) = (cx.printer.width(), cx.printer.style());
        let line = match &prepared {
            _ if args.format.is_json() => {
                json::triggered_json(webhook, &[], prepared.as_ref().err().map_or(&[], Vec::as_slice))
            }
            Ok((request, _)) => text::would_fire_line(request, width, style),
            Err(findings) => text::cannot_fire_line(webhook, findings, width, style),
        };
        match prepared {
            Ok((request, warnings)) => {
                cx.printer.hide(&request.redactor);
                cx.printer.findings(&warnings);
                requests.push(request);
            }
            Err(findings) => errors.extend(findings),
        }
        cx.printer.data(&line);
    }
    if args.send.to.is_none() {
        note_same_url(cx, &requests);
    }
    let all = count(matching.len(), "request");
    if errors.is_empty() {
        cx.printer.status(&format!("dry run: {all} would be sent"));
        return Ok(Exit::Success);
    }
    let broken = matching.len() - requests.len();
    cx.printer.status(&format!("dry run: nothing would be sent, because {broken} of {all} cannot be built"));
    Err(errors.into())
}

/// Warns if several webhooks send this element to the same URL.
fn note_same_url(cx: &mut Context, requests: &[PreparedRequest]) {
    let mut by_url: BTreeMap<&str, Vec<&PreparedRequest>> = BTreeMap::new();
    for request in requests {
        by_url.entry(request.url.as_str()).or_default().push(request);
    }
    for group in by_url.values().filter(|group| group.len() > 1) {
        let handles: Vec<&str> = group.iter().map(|request| &*request.webhook).collect();
        let (webhooks, url) = (list(&handles, "and"), &group[0].shown_url);
        cx.printer.warning(&format!("{webhooks} fire for this element and send to the same URL, {url}"));
    }
}

fn send_all(args: &TriggerArgs, cx: &mut Context, deliveries: &[(Sending<'_>, &PreparedRequest)]) -> Result {
    let mut sender = Sender::new(cx, &args.send, &args.retry, false)?;
    let mut highest = Exit::Success;
    for (sending, request) in deliveries {
        announce(cx, request, sending.destination, None);
        let sent = sender.send(cx, request, sending)?;
        sent.show(cx, request, &request.webhook, sending.data, args.format.is_json(), false);
        explain(cx, &sent.exchange);
        if !args.format.is_json() {
            report_recorded(cx, sent.delivery);
        }
        highest = highest.max(sent.exit());
        if highest == Exit::Interrupted {
            break;
        }
    }
    Ok(highest)
}
