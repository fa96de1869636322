//! The context of a command: the printer, the prompts and the definitions file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::definitions::{self, Definitions, edit, read};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::export::shell_word;
use crate::core::model::{Trigger, TriggerElement, Webhook};
use crate::core::request::{PreparedRequest, Rendering, is_this_machine, prepare};
use crate::core::secrets::shown_command;
use crate::core::text::{count, list, one_line};
use crate::io::env::{self, EnvVar, Environment};
use crate::io::{files, interrupt};
use crate::output::printer::{Printer, TerminalSettings};
use crate::output::prompt::{Choice, Prompt, QuestionSignals};

use super::args::EnvironmentArgs;
use super::error::{Error, Result, refused, usage};

pub const DEFAULT_FILE: &str = "webhooks.toml";
/// The size limit of a definitions file, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Debug)]
pub struct Context {
    pub printer: Printer,
    pub file: Option<PathBuf>,
    /// The command line without the program's name.
    pub typed: Vec<String>,
}

impl Context {
    pub fn prompt(&self) -> Prompt {
        let flags = interrupt::flags().ok();
        let signals = flags.map(|own| QuestionSignals { received: &own.received, exits: &own.exits });
        Prompt { style: self.printer.style_err(), can_go_back: false, signals }
    }

    /// The named definitions file, else the nearest `webhooks.toml` in this directory or above.
    pub fn definitions_path(&self) -> Result<PathBuf> {
        if let Some(named) = &self.file {
            return Ok(named.clone());
        }
        let here = env::working_directory();
        let mut relative = PathBuf::new();
        for folder in here.ancestors() {
            if folder.join(DEFAULT_FILE).is_file() {
                return Ok(relative.join(DEFAULT_FILE));
            }
            relative.push("..");
        }
        let message = format!("no `{DEFAULT_FILE}` in this directory or any parent directory");
        Err(Diagnostic::error("definitions-missing", message)
            .help("run `hooks init` to write a starter file here")
            .help("to use another file, pass `--file FILE` or set `HOOKS_FILE`")
            .into())
    }

    /// Reads the definitions and prints warnings.
    pub fn definitions(&mut self) -> Result<Definitions> {
        let path = self.definitions_path()?;
        let source = Arc::new(files::read_source(&path, MAX_FILE_BYTES)?);
        let (definitions, findings) = read(&source);
        let findings = definitions.configured(findings);
        if findings.iter().any(|finding| finding.level == Level::Error) {
            return Err(findings.into());
        }
        self.printer.findings(&findings);
        Ok(definitions)
    }

    /// Reads the definitions for a command that changes one webhook: errors in other webhooks are ignored.
    pub fn definitions_to_edit(&self) -> Result<Definitions> {
        let path = self.definitions_path()?;
        let source = Arc::new(files::read_source(&path, MAX_FILE_BYTES)?);
        let (definitions, mut findings) = read(&source);
        findings.retain(|finding| finding.code.starts_with("toml-"));
        if findings.is_empty() { Ok(definitions) } else { Err(findings.into()) }
    }

    /// The given handles, without duplicates. If none is given, prompts for some of the webhooks that `is_offered`.
    pub fn webhooks(
        &self,
        definitions: &Definitions,
        named: &[String],
        question: &str,
        is_offered: impl Fn(&Webhook) -> bool,
    ) -> Result<Vec<String>> {
        if !named.is_empty() {
            let mut handles: Vec<String> = Vec::new();
            for handle in named {
                if !handles.contains(handle) {
                    handles.push(handle.clone());
                }
            }
            return Ok(handles);
        }
        let offered: Vec<&Webhook> =
            definitions.webhooks.iter().filter(|webhook| is_offered(webhook)).collect();
        if !self.printer.can_ask() {
            return Err(which_webhook(definitions));
        }
        if offered.is_empty() {
            return Err(refused(format!(
                "`{}` has no webhooks to choose from",
                one_line(definitions.source.name())
            ))
            .help("run `hooks list` to see which webhooks are active"));
        }
        let items: Vec<Choice> = offered.iter().map(|webhook| item(webhook)).collect();
        let chosen = self.prompt().pick_many(question, &items)?;
        Ok(chosen.into_iter().map(|index| offered[index].handle.value.clone()).collect())
    }

    /// The environment for these names. `.env` is read only if the process environment lacks one of them. Warns about lines
    /// that cannot be parsed and references that are not resolved.
    pub fn environment(
        &mut self,
        definitions: &Definitions,
        args: &EnvironmentArgs,
        names: &[String],
    ) -> Result<Environment> {
        let is_needed = names.iter().any(|name| env::lookup(name) == EnvVar::Missing);
        let path = Path::new(definitions.source.name());
        let environment = Environment::load(path, &args.env_file, is_needed)?;
        let problems = environment.files().flat_map(|(_, problems)| problems).cloned();
        let findings = problems.chain(environment.unresolved(names));
        let findings: Vec<_> =
            findings.filter_map(|finding| definitions.levels.apply_elsewhere(finding)).collect();
        if findings.iter().any(|finding| finding.level == Level::Error) {
            return Err(findings.into());
        }
        self.printer.findings(&findings);
        Ok(environment)
    }

    /// The webhook with this handle. Without a handle, prompts for one. Also returns whether it was picked.
    pub fn webhook<'d>(
        &self,
        definitions: &'d Definitions,
        handle: Option<&str>,
    ) -> Result<(&'d Webhook, bool)> {
        if let Some(handle) = handle {
            require_readable(definitions, handle)?;
            return definitions
                .get(handle)
                .map(|webhook| (webhook, false))
                .ok_or_else(|| unknown_webhook(definitions, handle));
        }
        if definitions.webhooks.is_empty() {
            let message = format!("`{}` defines no webhooks", one_line(definitions.source.name()));
            return Err(Diagnostic::error("no-webhook", message)
                .help("run `hooks add` to define one")
                .into());
        }
        if !self.printer.can_ask() {
            return Err(which_webhook(definitions));
        }
        let chosen = self.prompt().pick("Webhook", definitions.webhooks.iter().map(item))?;
        Ok((&definitions.webhooks[chosen], true))
    }

    pub(crate) fn trigger_element(&self) -> Result<TriggerElement> {
        self.one_of(TriggerElement::ALL, "Trigger element", "ELEMENT", TriggerElement::as_str)
    }

    pub(crate) fn trigger(&self) -> Result<Trigger> {
        self.one_of(Trigger::ALL, "Trigger", "TRIGGER", Trigger::as_str)
    }

    fn one_of<T: Copy + Into<Choice>, const N: usize>(
        &self,
        all: [T; N],
        what: &str,
        argument: &str,
        name: fn(T) -> &'static str,
    ) -> Result<T> {
        if !self.printer.can_ask() {
            return Err(usage(format!("which {}? Give it as {argument}", what.to_lowercase()))
                .help(format!("use {}", list(&all.map(name), "or"))));
        }
        Ok(all[self.prompt().pick(what, all)?])
    }

    /// Prepares all requests before any is sent, so that nothing is sent if one of them is invalid.
    pub fn prepare_all<'a>(
        &mut self,
        all: impl IntoIterator<Item = (Cow<'a, Webhook>, Rendering<'a>)>,
    ) -> Result<Vec<PreparedRequest>> {
        let mut requests = Vec::new();
        let mut errors: Vec<Diagnostic> = Vec::new();
        for (webhook, rendering) in all {
            match prepare(&webhook, rendering) {
                Ok((request, warnings)) => {
                    self.printer.hide(&request.redactor);
                    self.printer.findings(&warnings);
                    requests.push(request);
                }
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() { Ok(requests) } else { Err(errors.into()) }
    }

    /// Asks for confirmation, with a list of the requests, if any of them goes to another machine.
    pub fn confirm_sending(
        &mut self,
        requests: &[PreparedRequest],
        name: impl Fn(usize) -> String,
    ) -> Result<()> {
        if requests.iter().all(|request| is_this_machine(&request.url)) {
            return Ok(());
        }
        let lines: String = requests
            .iter()
            .enumerate()
            .map(|(index, request)| format!("  {}", listed(&name(index), request)))
            .collect();
        self.confirm(&count(requests.len(), "request"), &lines)
    }

    pub fn confirm(&mut self, what: &str, list: &str) -> Result<()> {
        if !self.printer.can_ask() {
            return Err(usage(format!("confirmation required without a terminal: {what} to send"))
                .help("use `--yes` to send, or `--dry-run` to see what would be sent"));
        }
        self.printer.preformatted(list);
        if self.prompt().confirm(&format!("Send {what}?"), false)? {
            return Ok(());
        }
        Err(refused("nothing was sent").help("use `--dry-run` to see what would be sent"))
    }

    /// Prints the equivalent command line without prompts.
    pub fn hint_without_questions(&mut self, picked: &[String]) {
        let words: Vec<_> = self.typed.iter().chain(picked).cloned().collect();
        let words: Vec<_> = shown_command(&words).iter().map(|word| shell_word(word).into_owned()).collect();
        let command = format!("hooks {}", words.join(" "));
        self.printer.hint(&format!("the same without prompts: `{}`", one_line(&command)));
    }
}

pub(super) fn terminal_settings() -> TerminalSettings {
    TerminalSettings {
        no_color: env::setting("NO_COLOR").is_some(),
        columns: env::setting("COLUMNS").and_then(|columns| columns.parse().ok()),
        is_dumb: env::variable("TERM").is_some_and(|term| term == "dumb"),
        is_ci: env::is_ci(),
    }
}

/// One line for a list of requests: a name, the method and the URL.
pub(super) fn listed(name: &str, request: &PreparedRequest) -> String {
    format!("{}: {} {}\n", one_line(name), request.method, one_line(&request.shown_url))
}

/// A webhook in a prompt, which is also found by the app's labels for its trigger and element.
fn item(webhook: &Webhook) -> Choice {
    let off = if webhook.active.value { "" } else { ", inactive" };
    let label = webhook.name.as_ref().map(|name| format!(": {}", name.value)).unwrap_or_default();
    let (trigger, element) = (webhook.trigger.value, webhook.trigger_element.value);
    let label = format!("{}{label} ({trigger} {element}{off})", webhook.handle.value);
    let names = [trigger.names(), element.names()].concat();
    Choice { label: one_line(&label).into_owned(), names }
}

/// Fails with the errors of this webhook if the file defines it with errors.
pub fn require_readable(definitions: &Definitions, handle: &str) -> Result<()> {
    let source = &definitions.source;
    if definitions.get(handle).is_some() {
        return Ok(());
    }
    if let Some(unsendable) = definitions.find(handle) {
        return Err(unknown_value(unsendable).into());
    }
    let Some(block) = edit::block(source, handle) else { return Ok(()) };
    let is_within = |finding: &Diagnostic| {
        let start = finding.primary.as_ref().map(|place| place.span.start);
        start.is_some_and(|start| block.iter().any(|span| span.contains(&start)))
    };
    let mut findings = read(source).1;
    findings.retain(is_within);
    if let Some(last) = findings.last_mut() {
        last.helps.push("fix it in the file, then run `hooks check`".to_owned());
        return Err(findings.into());
    }
    Ok(())
}

/// The error for a webhook with a trigger, element or method that this version does not know.
fn unknown_value(webhook: &Webhook) -> Diagnostic {
    let (field, value) = webhook.unknown.first().unwrap_or_default();
    let handle = &webhook.handle.value;
    let message =
        format!("cannot use `{}` here: its {field} `{}` is unknown", one_line(handle), one_line(value));
    Diagnostic::error("unknown-value", message)
        .at(&webhook.source, webhook.handle.span.clone())
        .help("if the platform supports it, update hooks; otherwise, fix it in the file")
}

fn which_webhook(definitions: &Definitions) -> Error {
    const SHOWN: usize = 10;
    let handles: Vec<&str> =
        definitions.webhooks.iter().take(SHOWN).map(|webhook| webhook.handle.value.as_str()).collect();
    let help = match definitions.webhooks.len() {
        0 => "this file defines no webhooks; run `hooks add` to define one".to_owned(),
        all if all > SHOWN => format!("run `hooks list` for all {all} webhooks in this file"),
        _ => format!("this file defines {}", list(&handles, "and")),
    };
    usage("which webhook? Give its handle as WEBHOOK").help(help)
}

pub(super) fn unknown_webhook(definitions: &Definitions, handle: &str) -> Error {
    let known = definitions.webhooks.iter().map(|webhook| webhook.handle.value.as_str());
    definitions::unknown_webhook(definitions.source.name(), handle, known).into()
}
