//! `hooks listen`

mod args;
mod definitions_file;
mod event_loop;
mod example_command;
mod goal;
mod inspection;
mod reception_writer;

use crate::core::definitions::Definitions;
use crate::core::received::Matcher;
use crate::core::request::{Destination, environment_names};
use crate::core::text::list;
use crate::io::env::Environment;
use crate::io::interrupt::Signals;
use crate::io::process;
use crate::io::receiver::{Receiver, ReceiverOptions};
use crate::output::json::ready_json;

use self::definitions_file::DefinitionsFile;
use self::event_loop::EventLoop;
use self::goal::Goal;
use self::inspection::Inspection;
use self::reception_writer::ReceptionWriter;
use super::context::Context;
use super::error::{Result, failed};
use super::listeners::bind;

pub use args::ListenArgs;

pub fn run(args: &ListenArgs, cx: &mut Context) -> Result {
    args.check()?;
    let responses = args.response.template()?;
    let (definitions, definitions_file) = definitions(args, cx)?.unzip();
    let environment = environment(args, cx, definitions.as_ref())?;
    let matcher = definitions.as_ref().map(|own| Matcher::new(&own.webhooks, &environment));
    let redactor = matcher.as_ref().map(Matcher::redactor).unwrap_or_default();
    if matcher.is_some() && !args.reveal {
        cx.printer.hide(&redactor);
    }
    let goal = Goal::new(args, cx, definitions.as_ref(), &environment)?;
    let listeners = bind(cx, args.bind, args.port)?;
    let url = format!("http://{}", listeners.address());
    let options = ReceiverOptions {
        responses,
        forward: args.forward(cx, &listeners)?,
        most: args.until.count(),
        ..ReceiverOptions::default()
    };
    let cannot_listen = |error: std::io::Error| failed("cannot listen", &error);
    let runtime = process::runtime().map_err(cannot_listen)?;
    let receiver = Receiver::start(listeners, options).map_err(cannot_listen)?;

    let file = definitions.as_ref().map(|definitions| definitions.source.name());
    let example = match &goal {
        Goal::Expected(own) => {
            example_command::fire_command(cx, &own.webhook, &own.words, &own.request, &url)
        }
        Goal::None | Goal::Count(_) => example_command::any_request(cx, matcher.as_ref(), &url),
    };
    let example = if args.reveal { example } else { redactor.redact(&example).into_owned() };
    let recorder = ReceptionWriter::start(cx, args.no_history, redactor.clone(), definitions.as_ref());
    let inspection =
        args.page.ui.then(|| Inspection::start(args, &url, file, &example, redactor)).transpose()?;
    let announcement = Announcement {
        url: &url,
        file,
        page: inspection.as_ref().map(Inspection::url),
        forward: args.shown_forward(),
        example,
    };
    let event_loop = EventLoop::new(args, matcher.as_ref(), definitions_file, goal, inspection, recorder, cx)
        .map_err(cannot_listen)?;
    let exit = runtime.block_on(async {
        // Before anything is printed, because whoever reads the output may send a signal.
        let signals = Signals::listen()?;
        warn_of_unusable(cx, matcher.as_ref());
        announcement.print(args, cx);
        Ok(event_loop.run(receiver, signals, cx).await)
    });
    // Neither a blocked write nor the name lookup of a replay can be cancelled.
    runtime.shutdown_background();
    exit.map_err(cannot_listen)
}

/// What is printed once requests can be sent. Secrets are masked unless `--reveal` is given.
struct Announcement<'a> {
    url: &'a str,
    file: Option<&'a str>,
    page: Option<String>,
    forward: Option<String>,
    example: String,
}

impl Announcement<'_> {
    fn print(&self, args: &ListenArgs, cx: &mut Context) {
        let (page, forward) = (self.page.as_deref(), self.forward.as_deref());
        if args.format.is_json() {
            cx.printer.data(&ready_json(self.url, self.file, page, forward));
            return;
        }
        cx.printer.status(&format!("listening on {} (times in UTC); press Ctrl-C to stop", self.url));
        if let Some(forward) = forward {
            cx.printer.status(&format!("forwarding to {forward}"));
        }
        if let Some(page) = page {
            cx.printer.status(&format!("inspector: {page}"));
        }
        cx.printer.command("try", &self.example);
    }
}

/// The definitions; none without a file, unless `--file` or `--expect` requires one.
fn definitions(args: &ListenArgs, cx: &mut Context) -> Result<Option<(Definitions, DefinitionsFile)>> {
    let is_required = args.until.expect.is_some() || cx.file.is_some();
    match cx.definitions_path() {
        Ok(path) => {
            let file = DefinitionsFile::new(path);
            Ok(Some((cx.definitions()?, file)))
        }
        Err(error) if is_required => Err(error),
        Err(_) => {
            cx.printer.status("no `webhooks.toml` found: requests are shown, but not compared");
            Ok(None)
        }
    }
}

fn environment(
    args: &ListenArgs,
    cx: &mut Context,
    definitions: Option<&Definitions>,
) -> Result<Environment> {
    let Some(definitions) = definitions else { return Ok(Environment::default()) };
    let webhooks = definitions.webhooks.iter();
    let names: Vec<String> =
        webhooks.flat_map(|webhook| environment_names(webhook, &Destination::Defined)).collect();
    cx.environment(definitions, &args.environment, &names)
}

fn warn_of_unusable(cx: &mut Context, matcher: Option<&Matcher<'_>>) {
    if let Some(unusable) = matcher.map(|matcher| &matcher.unusable).filter(|names| !names.is_empty()) {
        cx.printer.warning(&format!(
            "{} cannot be compared: the request cannot be built; run `hooks check` for the reason",
            list(unusable, "and")
        ));
    }
}
