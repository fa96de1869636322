//! `hooks fire`

use std::net::Ipv4Addr;

use clap::Args;

use crate::core::delivery::Exchange;
use crate::core::model::Webhook;
use crate::core::received::ReceivedRequest;
use crate::core::request::{
    Destination, Element, MAX_HEADERS, Override, PreparedRequest, Rendering, is_this_machine, mismatches,
    prepare,
};
use crate::core::secrets::{shown_header, shown_url};
use crate::core::text::{count, one_line};
use crate::io::listeners::Listeners;
use crate::io::receiver::{self, Receiver, ReceiverLimits};
use crate::output::text;

use super::account_element::{WebhookElement, WebhookElementArgs};
use super::args::{ApiConnection, FormatArgs, RetryArgs, SendArgs, destination as parse_destination};
use super::context::Context;
use super::error::{Error, Result, failed, refused, usage};
use super::recorder::{report_recorded, sending};
use super::sender::{Sender, explain};

/// Send one webhook and show the response
///
/// The exit code is 0 if the response is 2xx, 1 if it is anything else, 3 if the request could not be built, and 4 if no
/// response was received.
///
/// To send a webhook for each of many elements, use `hooks backfill`.
#[derive(Debug, Clone, Args)]
pub struct FireArgs {
    #[command(flatten)]
    chosen: WebhookElementArgs,
    #[command(flatten)]
    send: SendArgs,
    #[command(flatten)]
    retry: RetryArgs,
    /// Send to a temporary receiver on this machine and show what arrived
    #[arg(long, conflicts_with_all = ["to", "retry"], help_heading = "Delivery")]
    echo: bool,
    /// Send even if the webhook is inactive or its prokey filter does not match
    #[arg(long, help_heading = "Delivery")]
    force: bool,
    /// Do not ask before sending to another machine
    ///
    /// `fire` asks only if it prompted for the webhook.
    #[arg(short, long, help_heading = "Delivery")]
    yes: bool,
    /// Show credentials and values from the environment
    #[arg(long, help_heading = "Output")]
    reveal: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &FireArgs, cx: &mut Context) -> Result {
    let definitions = cx.definitions()?;
    let (given, connection) = (Target::given(args).destination(None), ApiConnection::of(&args.send, false));
    let WebhookElement { webhook, is_picked, element, data, environment } =
        args.chosen.read(cx, &definitions, &given, connection)?;
    refuse_mismatch(args, webhook, &element)?;
    let render = |destination: &Destination| {
        let (element, environment, allow_missing) = (&element, &environment, data.allow_missing);
        prepare(webhook, Rendering { element, environment, allow_missing, destination })
    };
    let target = match Target::given(args) {
        Target::PayloadUrl if is_picked && !args.yes => {
            let (request, _) = render(&Destination::Defined)?;
            Target::ask(args, cx, &request)?
        }
        given => given,
    };
    let listeners = target.listeners()?;
    let destination = target.destination(listeners.as_ref());
    let (request, warnings) = render(&destination)?;
    if !args.reveal {
        cx.printer.hide(&request.redactor);
    }
    cx.printer.findings(&warnings);
    if is_picked && args.send.to.is_some() && !args.yes {
        cx.confirm_sending(std::slice::from_ref(&request), |_| request.webhook.to_string())?;
    }
    let mut send = args.send.clone();
    if let Target::Url(url) = &target {
        send.to = Some(url.clone());
    }
    let mut sender = Sender::new(cx, &send, &args.retry, args.reveal)?;
    announce(cx, &request, &destination, Some(webhook));
    let receiver = listeners.map(|listeners| start_receiver(listeners, &request)).transpose()?;
    let sent = sender.send(cx, &request, &sending(&definitions, webhook, &element, &destination))?;
    if let Some(arrival) = receiver.and_then(Receiver::into_request) {
        show_arrived(args, cx, &request, &arrival.request);
    }
    sent.show(cx, &request, &request.webhook, element.name(), args.format.is_json(), true);
    explain(cx, &sent.exchange);
    hint_path(cx, &sent.exchange, &destination, webhook);
    if !args.format.is_json() {
        report_recorded(cx, sent.delivery);
    }
    if is_picked {
        let mut words = vec![webhook.handle.value.clone()];
        words.extend(data.typed().into_iter().chain(target.picked_options(args)));
        cx.hint_without_questions(&words);
    }
    Ok(sent.exit())
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    PayloadUrl,
    /// The receiver of `--echo`.
    Echo,
    Url(Override),
}

impl Target {
    fn given(args: &FireArgs) -> Self {
        match &args.send.to {
            Some(url) => Self::Url(url.clone()),
            None if args.echo => Self::Echo,
            None => Self::PayloadUrl,
        }
    }

    /// Asks before anything is sent to another machine. The payload URL is never the default.
    fn ask(args: &FireArgs, cx: &mut Context, request: &PreparedRequest) -> Result<Self> {
        if is_this_machine(&request.url) {
            return Ok(Self::PayloadUrl);
        }
        let payload_url = one_line(&request.shown_url);
        let mut choices = vec![
            (Some(Self::Echo), "a receiver on this machine that shows what arrives (--echo)".to_owned()),
            (None, "another URL (--to)".to_owned()),
            (Some(Self::PayloadUrl), format!("the payload URL: {payload_url}")),
        ];
        // The built-in receiver accepts one request only.
        choices.retain(|(choice, _)| *choice != Some(Self::Echo) || args.retry.retry == 0);
        let items = choices.iter().map(|(_, item)| item.clone());
        let chosen = cx.prompt().pick(&format!("Send to {payload_url}?"), items)?;
        if let Some(target) = choices.swap_remove(chosen).0 {
            return Ok(target);
        }
        let check = |text: &str| parse_destination(text.trim()).map(drop);
        let text = cx.prompt().text("URL to send to", None, &[], check)?;
        parse_destination(text.trim()).map(Self::Url).map_err(|message| usage(message).help("use `--to URL`"))
    }

    /// The listeners of the `--echo` receiver, if it is used.
    fn listeners(&self) -> Result<Option<Listeners>> {
        let bind = || Listeners::bind(Some(Ipv4Addr::LOCALHOST.into()), 0).map_err(no_receiver);
        (*self == Self::Echo).then(bind).transpose()
    }

    fn destination(&self, listeners: Option<&Listeners>) -> Destination {
        match (self, listeners) {
            (Self::Url(to), _) => to.clone().into(),
            (Self::Echo, Some(listeners)) => Destination::Receiver(listeners.address()),
            (Self::Echo | Self::PayloadUrl, _) => Destination::Defined,
        }
    }

    /// The options that select what was picked.
    fn picked_options(&self, args: &FireArgs) -> Vec<String> {
        match self {
            given if *given == Self::given(args) => Vec::new(),
            Self::PayloadUrl => Vec::new(),
            Self::Echo => vec!["--echo".to_owned()],
            Self::Url(to) => {
                let url = shown_url(to.url.as_str(), false);
                let url = if to.has_path { &url } else { url.trim_end_matches('/') };
                vec!["--to".to_owned(), url.to_owned()]
            }
        }
    }
}

fn refuse_mismatch(args: &FireArgs, webhook: &Webhook, element: &Element) -> Result<()> {
    if args.force {
        return Ok(());
    }
    let reasons = mismatches(webhook, webhook.trigger.value, webhook.trigger_element.value, element);
    match reasons.first() {
        Some(reason) => Err(refused(format!("`{}` would not fire: {reason}", webhook.handle.value))
            .help("use `--force` to send it anyway")),
        None => Ok(()),
    }
}

pub(super) fn announce(
    cx: &mut Context,
    request: &PreparedRequest,
    destination: &Destination,
    webhook: Option<&Webhook>,
) {
    let path = webhook.map(|webhook| path_of(&webhook.payload_url.value));
    let instead = match (destination, path) {
        (Destination::Defined, _) => String::new(),
        (Destination::Elsewhere(url), Some(path)) if path != url.path() => {
            format!(" instead of its payload URL (path `{}`)", one_line(path))
        }
        (Destination::Elsewhere(_), _) => " instead of its payload URL".to_owned(),
        (Destination::Host(_), _) => ", with the path of its payload URL".to_owned(),
        (Destination::Receiver(_), _) => ", the receiver of `--echo`, instead of its payload URL".to_owned(),
    };
    cx.printer
        .status(&format!("firing {}: {} {}{instead}", request.webhook, request.method, request.shown_url));
}

/// The path of a payload URL, as written.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

/// After 404 or 405, hints that `--to` replaced the path.
fn hint_path(cx: &mut Context, exchange: &Exchange, destination: &Destination, webhook: &Webhook) {
    let Destination::Elsewhere(url) = destination else { return };
    let path = path_of(&webhook.payload_url.value);
    let is_unknown = exchange.response.as_ref().is_some_and(|response| matches!(response.status, 404 | 405));
    if is_unknown && path != url.path() {
        cx.printer
            .hint(&format!("`--to` also replaced the path `{path}`; to keep it, give only host and port"));
    }
}

/// Starts a receiver that accepts this request, however large it is.
fn start_receiver(listeners: Listeners, request: &PreparedRequest) -> Result<Receiver> {
    let defaults = ReceiverLimits::default();
    let limits = ReceiverLimits {
        head: 256 * 1024,
        headers: MAX_HEADERS + 16,
        body: request.body.len().max(defaults.body),
        ..defaults
    };
    let options = receiver::ReceiverOptions { limits, most: Some(1), ..Default::default() };
    Receiver::start(listeners, options).map_err(no_receiver)
}

fn no_receiver(error: impl std::error::Error + 'static) -> Error {
    failed("cannot start a receiver on this machine", &error)
}

fn show_arrived(args: &FireArgs, cx: &mut Context, request: &PreparedRequest, received: &ReceivedRequest) {
    if args.format.is_json() {
        return;
    }
    // Unchanged parts are masked as in `preview`; anything else is shown as received.
    let target = format!("{} {} HTTP/1.1", request.method, request.target_text(true));
    let mask = |name: Option<&str>, value: &str| match name {
        None if value == target => {
            format!("{} {} HTTP/1.1", request.method, request.target_text(args.reveal))
        }
        Some(name) => {
            let sent = request.headers.iter().find(|own| own.name.eq_ignore_ascii_case(name));
            match sent.filter(|own| *own.value == *value) {
                Some(own) => request.shown_header_value(own, args.reveal).into_owned(),
                None => shown_header(name, value, args.reveal),
            }
        }
        None => value.to_owned(),
    };
    let is_same = received.body == request.body;
    let body = if is_same { request.shown_body(args.reveal) } else { (&*received.body).into() };
    let text = text::arrived_text(received, &body, mask, cx.printer.style());
    cx.printer.status("request as received:");
    cx.printer.data(&format!("{text}\n"));
    let masked = if args.reveal { 0 } else { request.masked_places() };
    if masked > 0 {
        cx.printer.hint(&format!("{} masked; use `--reveal` to show all", count(masked, "value")));
    }
}
