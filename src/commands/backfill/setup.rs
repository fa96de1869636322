//! What every backfill starts from: the webhook, the environment and the data; and, for one that sends, the connections
//! and files that it needs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::args::OnBadLine;
use crate::commands::context::Context;
use crate::commands::error::{Error, Result, refused};
use crate::core::backfill::fingerprint;
use crate::core::diagnostic::Diagnostic;
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Environment, OTHER_FORMAT, Override, PermissiveEnvironment,
    environment_names, is_this_machine,
};
use crate::core::text::one_line;
use crate::io::files::{self, GrowingFile, InputFormat, Prescan, STANDARD_INPUT};
use crate::io::http::{Options, Transport};
use crate::io::process;

use super::args::{RequestsArgs, StartArgs};
use super::input::Input;
use super::render::Renderer;
use super::report::counted;

/// The mode of files with elements, which contain names and addresses: readable by this user only.
pub(super) const MODE: u32 = 0o600;

/// What a setup is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Send,
    Resume,
    /// A dry run: a variable that is not set is not an error.
    Preview,
}

/// A backfill that is about to begin.
pub(super) struct Setup {
    pub(super) renderer: Renderer,
    /// The definitions file, as an absolute path.
    pub(super) file: String,
    /// Whether the requests stay on this machine.
    pub(super) is_local: bool,
    /// What the prescan of a file found; none for standard input and pipes.
    prescan: Option<Prescan>,
    format: InputFormat,
}

/// What a run needs to send. It is made before the run is recorded, so that what is refused leaves no run behind.
pub(super) struct Prepared {
    pub(super) concurrency: usize,
    pub(super) transport: Arc<Transport>,
    pub(super) proxy: Option<String>,
    pub(super) failed_to: Option<GrowingFile>,
    pub(super) input: Input,
}

impl Setup {
    /// Reads definitions and environment, and the data to its end if it is a file.
    pub(super) fn new(
        cx: &mut Context,
        args: &RequestsArgs,
        to: Option<&Override>,
        purpose: Purpose,
    ) -> Result<Self> {
        let definitions = cx.definitions()?;
        let named = args.webhook.as_deref();
        let (webhook, _) =
            cx.webhook(&definitions, named).map_err(|error| match named.and_then(instead) {
                Some(command) => error.help(command),
                None => error,
            })?;
        if !webhook.active.value && !args.force {
            let handle = &webhook.handle.value;
            let help = match purpose {
                Purpose::Resume => format!("`hooks enable {handle}`, then resume again"),
                Purpose::Send | Purpose::Preview => "use `--force` to send anyway".to_owned(),
            };
            return Err(refused(format!("`{handle}` would not fire: inactive")).help(help));
        }
        let destination = to.cloned().map_or(Destination::Defined, Destination::from);
        let names = environment_names(webhook, &destination);
        let environment = cx.environment(&definitions, &args.environment, &names)?;
        let shown = PermissiveEnvironment::for_display(&environment);
        let environment: &dyn Environment = if purpose == Purpose::Preview { &shown } else { &environment };
        let (compiled, warnings) =
            CompiledWebhook::compile(webhook, environment, &destination, args.data.allow_missing)?;
        cx.printer.hide(compiled.redactor());
        cx.printer.findings(&warnings);
        args.data.hint_types(cx, webhook.trigger_element.value);
        let file = definitions.source.name();
        let file = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
        let is_local = compiled.url().is_some_and(is_this_machine);
        let format = args.input.format(args.data.path(), webhook.trigger_element.value)?;
        let prescan = args.data.path().map(|path| prescan(path, format, args.selection.on_bad_line));
        let prescan = prescan.transpose()?.flatten();
        cx.printer.findings(prescan.as_ref().and_then(|prescan| prescan.note.clone()).as_slice());
        let renderer = Renderer {
            webhook: webhook.clone(),
            compiled,
            destination,
            data: args.data.clone(),
            force: args.force,
            warnings: BTreeMap::new(),
        };
        Ok(Self { renderer, file: file.to_string_lossy().into_owned(), is_local, prescan, format })
    }

    /// How many elements a file has, if all of it can be read.
    pub(super) fn elements(&self) -> Option<u64> {
        self.prescan.as_ref().filter(|prescan| prescan.is_complete).map(|prescan| prescan.elements)
    }

    /// The SHA-256 of a file, if all of it can be read: a truncated list may be completed, so it is compared element by
    /// element.
    pub(super) fn input_fingerprint(&self) -> Option<String> {
        self.prescan.as_ref().filter(|prescan| prescan.is_complete).map(|prescan| prescan.sha256.clone())
    }

    /// The SHA-256 of what makes a request other than the element and the environment.
    pub(super) fn definition(&self) -> String {
        fingerprint(definition(&self.renderer.webhook).as_bytes())
    }

    /// Whether a file has no element to send. If so, says why.
    pub(super) fn is_nothing_to_send(&self, cx: &mut Context, args: &RequestsArgs) -> bool {
        let selection = args.selection.selection();
        let why = match self.elements() {
            Some(0) => "it contains no elements",
            Some(elements) if selection.count(elements) == 0 => "no element is selected",
            _ => return false,
        };
        let data = data_name(args.data.path());
        cx.printer.warning(&format!("{}: {why}; nothing was sent", one_line(&data)));
        true
    }

    pub(super) fn open_input(&self) -> Result<Input> {
        Input::open(&self.renderer.data, self.format, self.prescan.is_none())
    }

    /// Opens what a run needs to send.
    pub(super) fn prepare(&self, args: &StartArgs, cx: &mut Context) -> Result<Prepared> {
        let concurrency = within_limits(args.speed.concurrency, cx);
        let options = Options { idle_connections: concurrency, ..args.send.options(cx)? };
        let transport = Transport::new(&options).map_err(|error| args.send.setup_error(error))?;
        let mut proxy = None;
        if let Some(url) = self.renderer.compiled.url() {
            transport.prepare(url).map_err(|error| args.send.setup_error(error))?;
            proxy = transport.proxy(url);
        }
        let input = self.open_input()?;
        let failed_to = args.failed_to.failed_to.as_deref();
        let open = if args.failed_to.is_continued { GrowingFile::append } else { GrowingFile::create };
        let failed_to = failed_to.map(|path| open(path, MODE));
        Ok(Prepared {
            concurrency,
            transport: Arc::new(transport),
            proxy,
            failed_to: failed_to.transpose()?,
            input,
        })
    }
}

/// The command for a word that people type as a subcommand of `backfill`.
fn instead(word: &str) -> Option<&'static str> {
    Some(match word {
        "status" | "state" | "info" | "get" | "view" => "`hooks backfill show RUN` shows a run",
        "runs" | "ls" | "history" => "`hooks backfill list` lists the runs",
        "continue" | "retry" | "restart" => "`hooks backfill resume RUN` resumes a run",
        "delete" | "remove" | "rm" | "prune" | "clear" => "`hooks history prune --keep 1d` deletes old runs",
        _ => return None,
    })
}

/// Lowers the concurrency if the limit of open files is too low for it.
fn within_limits(wanted: usize, cx: &mut Context) -> usize {
    /// Files of the program itself: history, signals, data.
    const OWN: u64 = 32;
    /// Files per request: the connection and the name lookup.
    const EACH: u64 = 2;
    let needed = OWN + EACH * wanted as u64;
    let Some(limit) = process::open_files(needed).filter(|limit| *limit < needed) else { return wanted };
    let lowered = usize::try_from(limit.saturating_sub(OWN) / EACH).unwrap_or(wanted).max(1);
    cx.printer.warning(&format!(
        "the limit of open files is too low for `--concurrency {wanted}`: lowered to {lowered}; raise it with `ulimit -n {needed}`"
    ));
    lowered
}

/// Where the elements come from, for people.
pub(super) fn data_name(path: Option<&Path>) -> Cow<'_, str> {
    path.map_or(STANDARD_INPUT.into(), Path::to_string_lossy)
}

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

/// Reads a file to its end before anything of it is sent; none for a pipe.
fn prescan(path: &Path, format: InputFormat, on_bad_line: OnBadLine) -> Result<Option<Prescan>> {
    match files::prescan(path, format)? {
        Some(prescan) if !prescan.bad.is_empty() && on_bad_line == OnBadLine::Refuse => {
            Err(not_valid(prescan))
        }
        prescan => Ok(prescan),
    }
}

fn not_valid(prescan: Prescan) -> Error {
    let mut findings = prescan.bad;
    if !prescan.is_complete {
        // If a list is truncated there is no next element, so `--on-bad-line` does not help.
        if findings.iter().any(|finding| finding.code == OTHER_FORMAT) {
            return findings.into();
        }
        let message = "nothing was sent: the data cannot be read to the end";
        findings.push(Diagnostic::error("bad-data", message).help("fix it and run the same command again"));
        return findings.into();
    }
    let all = findings.len() as u64 + prescan.more;
    let verb = if all == 1 { "is" } else { "are" };
    let elements = counted(prescan.elements, "element");
    let message = format!("nothing was sent: {all} of {elements} {verb} not valid");
    let help = (all < prescan.elements).then(|| "use `--on-bad-line skip` to send the others".to_owned());
    findings.push(Diagnostic::error("bad-lines", message).maybe_help(help));
    findings.into()
}
