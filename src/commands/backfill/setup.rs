//! Loads what every backfill needs: the webhook, the environment and the data; and for sending, the connections and files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::api::{self, ApiAccess};
use crate::commands::args::ApiConnection;
use crate::commands::context::Context;
use crate::commands::error::{Result, refused, usage};
use crate::commands::learned_fields;
use crate::core::backfill::fingerprint;
use crate::core::model::{TriggerElement, Webhook};
use crate::core::request::{
    CompiledWebhook, Destination, Environment, Override, PermissiveEnvironment, environment_names,
    is_this_machine,
};
use crate::core::text::one_line;
use crate::io::clock::now;
use crate::io::files::GrowingFile;
use crate::io::http::{Options, Transport};
use crate::io::process;

use super::args::{RequestsArgs, StartArgs};
use super::data_source::DataSource;
use super::event_source::EventSource;
use super::input::Input;
use super::render::Renderer;
use super::source::ElementSource;

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
    pub(super) source: ElementSource,
}

/// What a run needs to send. It is created before the run is recorded, so that an error leaves no run behind.
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
        connection: ApiConnection,
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
        let event = args.event.event.as_deref();
        event.map_or(Ok(()), |prokey| check_event(webhook, prokey, args.force))?;
        let destination = to.cloned().map_or(Destination::Defined, Destination::from);
        let mut names = environment_names(webhook, &destination);
        let account = event.map(|_| args.event.api.account(&definitions)).transpose()?;
        if let Some(account) = &account {
            names.extend([api::key_name(account), api::API].map(str::to_owned));
        }
        let environment = cx.environment(&definitions, &args.environment, &names)?;
        let api_environment = &environment;
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
        let source = match event.zip(account) {
            Some((prokey, account)) => {
                let access = ApiAccess::open(cx, &args.event.api, connection, &account, api_environment)?;
                let mut event = EventSource::new(access, prokey, args.event.filter(now()));
                // A run that is resumed first compares the account.
                if purpose != Purpose::Resume {
                    event.list(cx)?;
                }
                ElementSource::Event(event)
            }
            None => ElementSource::Data(DataSource::open(cx, args, webhook.trigger_element.value)?),
        };
        let renderer = Renderer {
            webhook: webhook.clone(),
            compiled,
            destination,
            data: args.data.clone(),
            force: args.force,
            learned: learned_fields::known(cx)?,
            warnings: BTreeMap::new(),
        };
        Ok(Self { renderer, file: file.to_string_lossy().into_owned(), is_local, source })
    }

    /// The SHA-256 of the parts of the definition that determine the request.
    pub(super) fn definition(&self) -> String {
        fingerprint(definition(&self.renderer.webhook).as_bytes())
    }

    /// Whether no element is to be sent; warns why.
    pub(super) fn is_nothing_to_send(&self, cx: &mut Context, args: &RequestsArgs) -> bool {
        let why = self.source.why_empty(args.selection.selection());
        if let Some(why) = &why {
            cx.printer.warning(&format!("{why}; nothing was sent"));
        }
        why.is_some()
    }

    /// Opens what a run needs to send.
    pub(super) fn prepare(&mut self, args: &StartArgs, cx: &mut Context) -> Result<Prepared> {
        let concurrency = within_limits(args.speed.concurrency, cx);
        let options = Options { idle_connections: concurrency, ..args.send.options(cx)? };
        let transport = Transport::new(&options).map_err(|error| args.send.setup_error(error))?;
        let mut proxy = None;
        if let Some(url) = self.renderer.compiled.url() {
            transport.prepare(url).map_err(|error| args.send.setup_error(error))?;
            proxy = transport.proxy(url);
        }
        let input = self.source.input(args.requests.selection.selection())?;
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

/// Refuses a webhook that does not fire for the answers of an event.
fn check_event(webhook: &Webhook, prokey: &str, force: bool) -> Result<()> {
    let (handle, kind) = (&webhook.handle.value, webhook.trigger_element.value);
    if kind != TriggerElement::RsvpAnswer {
        let message =
            format!("`--event` sends RSVP answers, but the trigger element of `{handle}` is `{kind}`");
        return Err(
            usage(message).help("name a webhook for `rsvp_answer`, or pass a file of elements as DATA")
        );
    }
    let filter = webhook.prokey_filter.as_ref().map(|filter| filter.value.trim());
    match filter.filter(|filter| !force && !filter.eq_ignore_ascii_case(prokey)) {
        Some(filter) => Err(refused(format!(
            "`{handle}` would not fire: its prokey filter is `{}`, another event",
            one_line(filter)
        ))
        .help("use `--force` to send anyway")),
        None => Ok(()),
    }
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
