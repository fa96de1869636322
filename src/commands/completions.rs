//! `hooks completions`, and the candidates that its scripts request: handles, trigger elements, runs, files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{Bash, EnvCompleter, Fish, Powershell, Zsh};

use crate::core::check;
use crate::core::definitions::is_handle;
use crate::core::history::{Delivery, Recorded};
use crate::core::model::{Method, Trigger, TriggerElement, Webhook};
use crate::core::text::one_line;
use crate::io::{env, files, history};
use crate::output::printer::{Color, Printer};

use super::args::report_formats;
use super::context::{Context, terminal_settings};
use super::error::{Result, failed};
use super::exit::Exit;
use super::recorder::recorded;

/// The completion scripts set this variable to the name of the shell.
const VARIABLE: &str = "HOOKS_COMPLETE";
/// Installed as `_hooks` in a directory of `fpath`, the script first runs when Tab is pressed, and must complete at once.
const ZSH_FILE: &[u8] =
    b"\nif [[ \"$funcstack[1]\" == _hooks ]]; then\n    _clap_dynamic_completer_hooks\nfi\n";
/// At most this many runs and deliveries are offered.
const MAX_RECORDS: usize = 20;

/// Print a completion script for your shell
///
/// Load it at the start of each shell:
///
/// - bash: add `source <(hooks completions bash)` to ~/.bashrc
/// - zsh: add `source <(hooks completions zsh)` to ~/.zshrc, after `compinit`
/// - fish: add `hooks completions fish | source` to ~/.config/fish/config.fish
/// - PowerShell: add `hooks completions powershell | Out-String | Invoke-Expression` to $PROFILE
///
/// It completes commands, options, webhooks, trigger elements, recent runs and deliveries, and files.
#[derive(Debug, Clone, Args)]
#[command(verbatim_doc_comment)]
pub struct CompletionsArgs {
    /// Shell to print the script for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

impl Shell {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &Bash,
            Self::Zsh => &Zsh,
            Self::Fish => &Fish,
            Self::Powershell => &Powershell,
        }
    }

    /// A word without the backslashes that bash and zsh pass on as typed.
    fn unescaped(self, word: &OsStr) -> OsString {
        match (self, word.to_str()) {
            (Self::Bash | Self::Zsh, Some(text)) => {
                let mut characters = text.chars();
                let next =
                    || characters.next().and_then(|c| if c == '\\' { characters.next() } else { Some(c) });
                std::iter::from_fn(next).collect::<String>().into()
            }
            _ => word.to_owned(),
        }
    }

    /// Escapes special characters for bash, which inserts candidates unchanged.
    fn escaped(self, candidates: Vec<u8>) -> Vec<u8> {
        const SPECIAL: &[u8] = b" \t'\"\\$`&;|<>()*?[]#!{}";
        if !matches!(self, Self::Bash) {
            return candidates;
        }
        let escaped = |byte: u8| SPECIAL.contains(&byte).then_some(b'\\').into_iter().chain([byte]);
        candidates.into_iter().flat_map(escaped).collect()
    }
}

pub fn run(args: &CompletionsArgs, cx: &mut Context) -> Result {
    let mut script = Vec::new();
    args.shell
        .completer()
        .write_registration(VARIABLE, "hooks", "hooks", "hooks", &mut script)
        .map_err(|error| failed("cannot write the completion script", &error))?;
    if matches!(args.shell, Shell::Zsh) {
        script.extend_from_slice(ZSH_FILE);
    }
    cx.printer.bytes(&script);
    Ok(Exit::Success)
}

/// A command line to complete.
#[derive(Debug)]
pub(super) struct Request {
    shell: Shell,
    words: Vec<OsString>,
}

/// The request of a completion script, which calls `hooks -- hooks fire …`.
pub(super) fn request(words: &[OsString]) -> Option<Request> {
    let shell = Shell::from_str(&env::setting(VARIABLE)?, true).ok()?;
    match words {
        [_, separator, typed @ ..] if separator == "--" && !typed.is_empty() => {
            Some(Request { shell, words: typed.iter().map(|word| shell.unescaped(word)).collect() })
        }
        _ => None,
    }
}

impl Request {
    /// Prints the candidates. A failure yields none: a message would end up in the middle of the command line.
    pub(super) fn respond(self, command: clap::Command) -> Exit {
        let mut printer = Printer::new(Color::Never, true, terminal_settings());
        let file = named_file(&self.words);
        let mut command = with_candidates(command, file.as_deref(), self.is_option());
        let mut candidates = Vec::new();
        let directory = env::working_directory();
        let completer = self.shell.completer();
        if completer.write_complete(&mut command, self.words, Some(&directory), &mut candidates).is_ok() {
            printer.bytes(&self.shell.escaped(candidates));
        }
        Exit::Success
    }

    /// Whether the word at the cursor begins like an option.
    fn is_option(&self) -> bool {
        let index = env::setting("_CLAP_COMPLETE_INDEX").and_then(|index| index.parse::<usize>().ok());
        let word = index.map_or(self.words.last(), |index| self.words.get(index));
        word.is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"))
    }
}

/// The definitions file that `--file` names among the words, else `HOOKS_FILE`.
fn named_file(words: &[OsString]) -> Option<PathBuf> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    let mut named = None;
    while let Some(word) = words.next() {
        match word {
            "-f" | "--file" => named = words.next(),
            word => named = word.strip_prefix("--file=").or(named),
        }
    }
    named.map(files::typed_path).or_else(|| env::path("HOOKS_FILE"))
}

/// Adds candidates to every argument, by its placeholder. Options are offered after a `-`, or if nothing else is.
fn with_candidates(command: clap::Command, file: Option<&Path>, is_option: bool) -> clap::Command {
    let name = command.get_name().to_owned();
    command
        .mut_args(|arg| {
            let hide = !is_option && !arg.is_positional();
            offer(arg, &name, file).hide(hide)
        })
        .mut_subcommands(|command| with_candidates(command, file, is_option))
}

fn offer(arg: clap::Arg, command: &str, file: Option<&Path>) -> clap::Arg {
    let Some(placeholder) = arg.get_value_names().and_then(|names| names.first()) else { return arg };
    let candidates: fn(Option<&Path>) -> Vec<CompletionCandidate> = match (command, placeholder.as_str()) {
        // The handle of a new webhook.
        ("add", "WEBHOOK") if arg.is_positional() => return arg,
        ("vars" | "sample", "ELEMENT") => |file| elements(file).into_iter().chain(webhooks(file)).collect(),
        (_, "WEBHOOK" | "OLD") => webhooks,
        (_, "ELEMENT") => elements,
        (_, "TRIGGER") => |_| Trigger::ALL.map(|trigger| CompletionCandidate::new(trigger.as_str())).into(),
        (_, "METHOD") => |_| Method::ALL.map(|method| CompletionCandidate::new(method.as_str())).into(),
        (_, "RUN") => |_| runs().unwrap_or_default(),
        (_, "ID") => |_| deliveries().unwrap_or_default(),
        (_, "CODE") => rules,
        (_, "FORMAT[=FILE]") => |_| report_formats().map(CompletionCandidate::new).collect(),
        (_, "FILE" | "DATA") => return arg.value_hint(ValueHint::FilePath),
        (_, "DIRECTORY") => return arg.value_hint(ValueHint::DirPath),
        _ => return arg,
    };
    let file = file.map(Path::to_owned);
    arg.add(ArgValueCandidates::new(move || candidates(file.as_deref())))
}

/// The handles of the definitions file. Only a regular file is read: anything else could wait forever.
fn webhooks(file: Option<&Path>) -> Vec<CompletionCandidate> {
    let printer = Printer::new(Color::Never, true, terminal_settings());
    let cx = Context { printer, file: file.map(Path::to_owned), typed: Vec::new() };
    let is_file = cx.definitions_path().is_ok_and(|path| path.is_file());
    let Some(definitions) = is_file.then(|| cx.definitions_to_edit().ok()).flatten() else {
        return Vec::new();
    };
    let webhooks = definitions.webhooks.iter().filter(|webhook| is_handle(&webhook.handle.value));
    let candidate = |webhook: &Webhook| {
        let kind = format!("{} {}", webhook.trigger.value, webhook.trigger_element.value);
        let help = webhook.name.as_ref().map_or(kind, |name| name.value.clone());
        described(&webhook.handle.value, &help)
    };
    webhooks.map(candidate).collect()
}

fn elements(_: Option<&Path>) -> Vec<CompletionCandidate> {
    TriggerElement::ALL.map(|element| described(element.as_str(), element.meaning())).into()
}

fn rules(_: Option<&Path>) -> Vec<CompletionCandidate> {
    let rules = check::RULES.iter().map(|rule| described(rule.code, rule.summary));
    std::iter::once(described("all", "every rule")).chain(rules).collect()
}

fn runs() -> Option<Vec<CompletionCandidate>> {
    let runs = recorded().ok()??.runs(MAX_RECORDS).ok()?;
    let candidate = |(order, run): (usize, crate::core::backfill::Run)| {
        let help =
            format!("{} {}, {} delivered", run.parameters.webhook, run.parameters.data, run.totals.delivered);
        described(&run.id.to_string(), &help).display_order(Some(order))
    };
    Some(runs.into_iter().enumerate().map(candidate).collect())
}

fn deliveries() -> Option<Vec<CompletionCandidate>> {
    let filter = history::Filter { limit: Some(MAX_RECORDS), ..Default::default() };
    let candidate = |delivery: Recorded<Delivery>| {
        let help = format!("{} {} {}", delivery.webhook, delivery.method, delivery.url);
        described(&delivery.id.to_string(), &help)
    };
    let all = recorded().ok()??.list(&filter, candidate).ok()?.into_iter().enumerate();
    Some(all.map(|(order, candidate)| candidate.display_order(Some(order))).collect())
}

fn described(value: &str, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(OsStr::new(value)).help(Some(one_line(help).into_owned().into()))
}
