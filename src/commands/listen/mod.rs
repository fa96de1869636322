//! `hooks listen`

mod args;
mod inspection;
mod keeper;
mod pace;
mod session;
mod trial;

use crate::core::definitions::Definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::received::{Expectation, Matcher};
use crate::core::request::{
    Destination, Environment, PermissiveEnvironment, Rendering, environment_names, prepare,
};
use crate::core::text::{list, one_line};
use crate::io;
use crate::io::interrupt::Signals;
use crate::io::receiver::{BindError, Listeners, Options, Receiver};
use crate::io::runtime;
use crate::output::text::{End, ready_json};

use self::inspection::Inspection;
use self::keeper::Keeper;
use self::session::{Expected, Goal, Session};
use self::trial::trial;
use super::context::Context;
use super::error::{Error, Result, usage};
use super::exit::Exit;

pub use args::ListenArgs;

/// Runs it.
///
/// # Errors
/// When the definitions or the port cannot be used, or what is expected cannot be rendered.
pub fn run(args: &ListenArgs, cx: &mut Context) -> Result {
    if args.until.expect.is_none() && !args.data.words().is_empty() {
        let port = args.data.typed().filter(|text| text.parse::<u16>().is_ok());
        return Err(usage("DATA and `--set` are only used with `--expect`").help(match port {
            Some(port) => format!("did you mean `--port {port}`?"),
            None => "name the expected webhook with `--expect WEBHOOK`".to_owned(),
        }));
    }
    let plan = args.answers.plan()?;
    let definitions = definitions(args, cx)?;
    let environment = match &definitions {
        Some(definitions) => {
            let names = definitions.webhooks.iter();
            let names: Vec<String> =
                names.flat_map(|webhook| environment_names(webhook, &Destination::Defined)).collect();
            cx.environment(definitions, &args.environment, &names)?
        }
        None => io::environment::Environment::default(),
    };
    let matcher = definitions.as_ref().map(|own| Matcher::new(&own.webhooks, &environment));
    if let Some(matcher) = matcher.as_ref().filter(|_| !args.reveal) {
        cx.printer.hide(&matcher.redactor());
    }
    let goal = goal(args, cx, definitions.as_ref(), &environment)?;
    let listeners = Listeners::bind(args.bind, args.port).map_err(|error| unusable(&error))?;
    let url = format!("http://{}", listeners.address());
    warn_of_others(cx, &listeners);
    let forward = args.forward(cx, &listeners)?;
    let forward_url = args.shown_forward();
    let runtime = runtime::builder()
        .and_then(|mut builder| builder.build())
        .map_err(|error| anyhow::Error::new(error).context("cannot listen"))?;
    let options = Options { plan, forward, most: args.until.count(), ..Options::default() };
    let receiver = Receiver::start(listeners, options)
        .map_err(|error| anyhow::Error::new(error).context("cannot listen"))?;
    let file = definitions.as_ref().map(|definitions| definitions.source.name());
    let redactor = matcher.as_ref().map(Matcher::redactor).unwrap_or_default();
    let trial = trial(cx, &goal, matcher.as_ref(), &url);
    let trial = if args.reveal { trial } else { redactor.redact(&trial).into_owned() };
    let keeper = Keeper::new(cx, args.no_history, redactor.clone(), definitions.as_ref());
    let inspection = args
        .ui
        .then(|| Inspection::start(args.ui_port, &url, file, &trial, redactor, args.reveal))
        .transpose()?;
    let page = inspection.as_ref().map(Inspection::url);
    let mut session = Session::new(args, matcher.as_ref(), inspection, keeper, goal);
    let end = runtime.block_on(async {
        let signals =
            Signals::listen().map_err(|error| anyhow::Error::new(error).context("cannot listen"))?;
        warn_of_unusable(cx, matcher.as_ref());
        if args.format.is_json() {
            cx.printer.data(&ready_json(&url, file, page.as_deref(), forward_url.as_deref()));
        } else {
            announce(cx, &url, page.as_deref(), forward_url.as_deref(), &trial);
        }
        let watched = session.watch(receiver, signals, cx).await;
        watched.map_err(|error| Error::from(anyhow::Error::new(error).context("cannot listen")))
    });
    // A replay that is under way may look a name up, which cannot be cancelled.
    runtime.shutdown_background();
    Ok(session.finish(end?, cx))
}

/// The definitions, if there are any; they must be there when they were named, or something is expected.
fn definitions(args: &ListenArgs, cx: &mut Context) -> Result<Option<Definitions>> {
    let is_needed = args.until.expect.is_some() || cx.file.is_some();
    if !is_needed && cx.definitions_path().is_err() {
        cx.printer.status("there is no `webhooks.toml` here: requests are shown, and compared with nothing");
        return Ok(None);
    }
    cx.definitions().map(Some)
}

fn goal(
    args: &ListenArgs,
    cx: &mut Context,
    definitions: Option<&Definitions>,
    environment: &dyn Environment,
) -> Result<Goal> {
    let (Some(handle), Some(definitions)) = (&args.until.expect, definitions) else {
        return Ok(args.until.count().map_or(Goal::None, Goal::Count));
    };
    let (webhook, _) = cx.webhook(definitions, Some(handle))?;
    let element = args.data.element(cx, webhook.trigger_element.value, webhook.trigger.value)?;
    let environment = PermissiveEnvironment::for_comparison(environment);
    let rendering = Rendering {
        element: &element,
        environment: &environment,
        allow_missing: args.data.allow_missing,
        destination: &Destination::Defined,
    };
    let (request, warnings) = prepare(webhook, rendering)?;
    cx.printer.findings(&warnings);
    let expectation = Expectation::new(webhook, request);
    let unset = expectation.unset();
    if !unset.is_empty() {
        let verb = if unset.len() == 1 { "is" } else { "are" };
        cx.printer.status(&format!("{} {verb} not set: any text will do in its place", list(&unset, "and")));
    }
    Ok(Goal::Expected(Box::new(Expected {
        webhook: webhook.handle.value.clone(),
        words: trial::words(webhook, &args.data, &element),
        request: expectation,
    })))
}

fn unusable(error: &BindError) -> Error {
    let port = error.address.port();
    let finding = Diagnostic::error("port", error.to_string());
    let finding = match error.source.kind() {
        std::io::ErrorKind::AddrInUse => finding
            .help("`--port 0` takes a free port, `--port N` another one")
            .help(format!("`lsof -i :{port}` or `ss -ltnp` shows which program has it")),
        std::io::ErrorKind::PermissionDenied => {
            finding.help("ports below 1024 are for administrators: take a higher one with `--port N`")
        }
        _ => finding.help("without `--bind` it listens on 127.0.0.1 and ::1"),
    };
    finding.into()
}

fn warn_of_others(cx: &mut Context, listeners: &Listeners) {
    if !listeners.is_loopback() {
        cx.printer.warning(&format!(
            "whoever can reach {} can send requests here: without `--bind` only this machine can",
            listeners.address()
        ));
    }
}

fn warn_of_unusable(cx: &mut Context, matcher: Option<&Matcher<'_>>) {
    if let Some(unusable) = matcher.map(|matcher| &matcher.unusable).filter(|names| !names.is_empty()) {
        cx.printer.warning(&format!(
            "{} cannot be compared: no request can be made of it; `hooks check` says why",
            list(unusable, "and")
        ));
    }
}

/// Says where to send requests, how to try it, and where they are to be seen.
fn announce(cx: &mut Context, url: &str, page: Option<&str>, forward: Option<&str>, trial: &str) {
    cx.printer.status(&format!("listening on {url}; Ctrl-C ends it; times are in UTC"));
    if let Some(forward) = forward {
        cx.printer.status(&format!("forwarding to {forward}"));
    }
    if let Some(page) = page {
        cx.printer.status(&format!("inspector: {page}"));
    }
    cx.printer.status(&format!("try: {}", one_line(trial)));
}

/// The exit code of an end.
fn exit(end: End, is_met: bool, has_goal: bool, requests: u64) -> Exit {
    match end {
        End::Done => Exit::Success,
        _ if is_met => Exit::Success,
        End::Time if has_goal || requests == 0 => Exit::No,
        End::Signal if has_goal => Exit::Interrupted,
        End::Time | End::Signal | End::Unread => Exit::Success,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_before_the_goal_is_no_success() {
        for (end, is_met, has_goal, requests, code) in [
            (End::Done, true, true, 1, Exit::Success),
            (End::Time, false, true, 1, Exit::No),
            (End::Time, false, false, 0, Exit::No),
            (End::Time, false, false, 1, Exit::Success),
            (End::Signal, false, false, 0, Exit::Success),
            (End::Signal, false, true, 0, Exit::Interrupted),
            (End::Signal, true, true, 1, Exit::Success),
            (End::Unread, false, false, 1, Exit::Success),
        ] {
            assert_eq!(exit(end, is_met, has_goal, requests), code, "{end:?} {has_goal} {requests}");
        }
    }
}
