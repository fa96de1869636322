//! The command line as typed, and its help.

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::core::secrets::{MASK, shown_argument};
use crate::core::text::one_line;
use crate::io::env;
use crate::output::printer::{Color, Printer};
use crate::output::text::wrapped;

use super::args::{ColorArg, GlobalArgs};
use super::context::{Context, terminal_settings};
use super::exit::Exit;
use super::{
    account, add, backfill, check, completions, diff, edit, emulate, enable, fire, help, history, init, list,
    listen, man, matching, preview, pull, push, remove, rename, replay, sample, schema, show, trigger, vars,
    wrong_words,
};

/// Manage and test the webhooks of Add to Calendar PRO
///
/// When an event, an RSVP answer or another element of an account is created, updated or deleted, the
/// platform sends an HTTP request for every webhook that matches. `hooks` keeps webhook definitions in
/// `webhooks.toml`, shows what each would send, and sends it.
#[derive(Debug, Parser)]
#[command(
    name = "hooks",
    version = env!("HOOKS_VERSION"),
    max_term_width = 100,
    disable_help_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
}

/// Lists each command once: its heading in the help, its name, its options and an example. `#[derive(Subcommand)]` would
/// set up the options of every command at each start, which is a quarter of the run time of most commands.
macro_rules! commands {
    ($($heading:literal { $($name:literal => $variant:ident($args:ty) $(about $about:literal)? : $example:literal;)* })*) => {
        #[derive(Debug)]
        pub enum Command {
            $($($variant($args),)*)*
        }

        /// The headings of `hooks --help`, with the commands under each.
        const GROUPS: &[(&str, &[&str])] = &[$(($heading, &[$($name),*])),*];

        impl Command {
            /// Adds all commands with all their options.
            fn add_to(cli: clap::Command) -> clap::Command {
                cli$($(.subcommand(
                    <$args>::augment_args(clap::Command::new($name))$(.about($about))?.after_help(example($example))
                ))*)*
            }

            /// Adds all commands by their names; each gets its options when it is called.
            fn add_names_to(cli: clap::Command) -> clap::Command {
                cli$($(.subcommand(clap::Command::new($name).defer(<$args>::augment_args)))*)*
            }

            /// The command that was called, with its arguments.
            fn read(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $($(Some(($name, matches)) => <$args>::from_arg_matches(matches).map(Self::$variant),)*)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }
        }
    };
}

commands! {
    "Define" {
        "init" => Init(init::InitArgs): "hooks init";
        "list" => List(list::ListArgs): "hooks list";
        "show" => Show(show::ShowArgs): "hooks show sign-ups";
        "add" => Add(add::AddArgs):
            "hooks add sign-ups --trigger create --trigger-element rsvp_answer --payload-url https://example.com/in";
        "edit" => Edit(edit::EditArgs): "hooks edit sign-ups --method PUT --header X-Source:calendar";
        "rename" => Rename(rename::RenameArgs): "hooks rename sign-ups rsvp-to-crm";
        "remove" => Remove(remove::RemoveArgs): "hooks remove sign-ups";
        "enable" => Enable(enable::EnableArgs) about "Let webhooks fire": "hooks enable sign-ups";
        "disable" => Disable(enable::EnableArgs) about "Stop webhooks from firing, but keep their definitions":
            "hooks disable sign-ups";
    }
    "Inspect" {
        "vars" => Vars(vars::VarsArgs): "hooks vars rsvp_answer";
        "sample" => Sample(sample::SampleArgs): "hooks sample rsvp_answer > answer.json";
        "preview" => Preview(preview::PreviewArgs): "hooks preview sign-ups answer.json";
        "match" => Match(matching::MatchArgs): "hooks match request.txt";
    }
    "Send" {
        "fire" => Fire(fire::FireArgs): "hooks fire sign-ups answer.json --to 3000";
        "backfill" => Backfill(backfill::BackfillArgs): "hooks backfill sign-ups answers.jsonl --rate 10/s";
        "trigger" => Trigger(trigger::TriggerArgs): "hooks trigger create rsvp_answer answer.json --dry-run";
        "history" => History(history::HistoryArgs): "hooks history --status failed --since 2h";
        "replay" => Replay(replay::ReplayArgs): "hooks replay --failed --since 2h";
    }
    "Receive" {
        "listen" => Listen(listen::ListenArgs): "hooks listen --forward 3000";
    }
    "Emulate" {
        "emulate" => Emulate(emulate::EmulateArgs): "hooks emulate --to 3000";
    }
    "Account" {
        "account" => Account(account::AccountCommandArgs): "hooks account";
        "pull" => Pull(pull::PullArgs): "hooks pull --dry-run";
        "diff" => Diff(diff::DiffArgs): "hooks diff sign-ups";
        "push" => Push(push::PushArgs): "hooks push sign-ups --dry-run";
    }
    "Verify" {
        "check" => Check(check::CheckArgs): "hooks check";
        "schema" => Schema(schema::SchemaArgs): "hooks schema > webhooks.schema.json";
    }
    "Help" {
        "help" => Help(help::HelpArgs): "hooks help backfill resume";
        "man" => Man(man::ManArgs): "hooks man fire | man -l -";
        "completions" => Completions(completions::CompletionsArgs): "source <(hooks completions bash)";
        "version" => Version(help::VersionArgs): "hooks version";
    }
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(Style::new())
    .error(AnsiColor::Red.on_default().bold());

/// The whole command line for clap, every option included, with commands under their headings.
pub fn command() -> clap::Command {
    command_within(usize::MAX)
}

/// The same, with help for the terminal of this program.
pub(super) fn command_for_terminal() -> clap::Command {
    let width = Printer::new(Color::Never, true, terminal_settings()).width();
    command_within(width.map_or(usize::MAX, usize::from))
}

/// clap does not wrap the parts of the help that are written here.
fn command_within(width: usize) -> clap::Command {
    let command = Command::add_to(Cli::command().styles(STYLES));
    let groups: String =
        GROUPS.iter().map(|(name, commands)| group(&command, name, commands, width)).collect();
    let row = |exit: &Exit| format!("  {:>3}  {}\n", exit.code(), wrapped(exit.meaning(), width, 7, 7));
    let codes: String = Exit::ALL.iter().map(row).collect();
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{}\n{{options}}\n\n{}\n{codes}\n\
         Run `hooks COMMAND --help` for more about a command.\n",
        heading("Global"),
        heading("Exit codes"),
    ))
}

/// A heading, and under it the commands with their descriptions.
fn group(command: &clap::Command, name: &str, commands: &[&str], width: usize) -> String {
    const COLUMN: usize = 15;
    let literal = STYLES.get_literal();
    let mut text = format!("{}\n", heading(name));
    for name in commands {
        let about = command.find_subcommand(name).and_then(clap::Command::get_about);
        let about = about.map(ToString::to_string).unwrap_or_default();
        let about = wrapped(&about, width, COLUMN, COLUMN);
        text.push_str(&format!("  {literal}{name:<11}{literal:#}  {about}\n"));
    }
    text + "\n"
}

fn heading(text: &str) -> String {
    let style = STYLES.get_header();
    format!("{style}{text}:{style:#}")
}

fn example(line: &str) -> String {
    format!("{}\n  {line}", heading("Example"))
}

/// Parses a command line; if that fails, or help was requested, prints the error or the help.
pub(super) fn parse(words: &[OsString]) -> Result<(Command, Context), (Printer, Exit)> {
    let parse = |cli: clap::Command| {
        let matches = cli.try_get_matches_from(words)?;
        Ok((Cli::from_arg_matches(&matches)?.global, Command::read(&matches)?))
    };
    let parsed = parse(Command::add_names_to(Cli::command().styles(STYLES)));
    let parsed = parsed.or_else(|error: clap::Error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            parse(command_for_terminal())
        }
        _ => Err(error),
    });
    let (global, command) = parsed.map_err(|error| shown(error, words))?;
    let printer = Printer::new(global.color.into(), global.quiet, terminal_settings());
    let typed = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    Ok((command, Context { printer, file: global.file.or_else(|| env::path("HOOKS_FILE")), typed }))
}

/// Prints help, or what is wrong with the command line.
fn shown(error: clap::Error, words: &[OsString]) -> (Printer, Exit) {
    let mut printer = Printer::new(color(words).into(), false, terminal_settings());
    let is_error = error.use_stderr();
    let typed: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(error) = wrong_words::explain(&error, &typed, &command()) {
        error.report(&mut printer);
        return (printer, Exit::Usage);
    }
    let text = escaped(error).render();
    let style = if is_error { printer.style_err() } else { printer.style() };
    let text = if style.is_on { text.ansi().to_string() } else { text.to_string() };
    if is_error {
        printer.usage_error(&text);
        return (printer, Exit::Usage);
    }
    printer.data(&text);
    (printer, Exit::Success)
}

/// The `--color` of a command line that clap did not accept.
fn color(words: &[OsString]) -> ColorArg {
    let mut words =
        words.iter().filter_map(|word| word.to_str()).skip_while(|word| !word.starts_with("--color"));
    let value = words.next().and_then(|word| word.strip_prefix("--color=").or_else(|| words.next()));
    value.and_then(|value| ColorArg::from_str(value, false).ok()).unwrap_or(ColorArg::Auto)
}

/// Makes the arguments that a message repeats safe to show: escaped, and without credentials.
fn escaped(mut error: clap::Error) -> clap::Error {
    let typed: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    let option = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    // Otherwise the message shows the argument as the help does, such as `--body <KEY=VALUE>`.
    let is_as_typed = error.kind() == ErrorKind::UnknownArgument;
    // "to pass '-1' as a value, use '-- -1'": no command takes such a value.
    if is_as_typed {
        error.remove(ContextKind::Suggested);
    }
    for (kind, value) in typed.into_iter().filter(|(kind, _)| *kind != ContextKind::Suggested) {
        let safe = match value {
            ContextValue::String(text) if kind == ContextKind::InvalidValue => {
                ContextValue::String(one_line(&shown_option(&option, &text)).into_owned())
            }
            ContextValue::String(text) if kind == ContextKind::InvalidArg && is_as_typed => {
                ContextValue::String(one_line(&shown_argument(&text)).into_owned())
            }
            ContextValue::String(text) => ContextValue::String(one_line(&text).into_owned()),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| one_line(text).into_owned()).collect())
            }
            other => other,
        };
        error.insert(kind, safe);
    }
    error
}

/// A refused value, masked. Without `:` or `=`, it is unknown where the value of a field begins.
fn shown_option(option: &str, value: &str) -> String {
    match value.split_once(' ') {
        Some((first, _)) if option.starts_with("--header") || option.starts_with("--body") => {
            format!("{first} {MASK}")
        }
        _ => shown_argument(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every option and argument of every command with an invalid value, and the error.
    fn refused_values(command: &clap::Command, path: &[&str], refused: &mut Vec<(String, String)>) {
        for argument in command.get_arguments() {
            for value in ["x!", "-1", "99999999999999999999999"] {
                let word = argument.get_long().map_or(value.to_owned(), |long| format!("--{long}={value}"));
                let words = ["hooks"].iter().chain(path).copied().chain([word.as_str()]);
                if let Err(error) = super::command().try_get_matches_from(words) {
                    refused.push((format!("{path:?} {word}"), error.to_string()));
                }
            }
        }
        for own in command.get_subcommands() {
            refused_values(own, &[path, &[own.get_name()]].concat(), refused);
        }
    }

    #[test]
    fn an_invalid_number_is_refused_with_what_is_expected() {
        let mut refused = Vec::new();
        refused_values(&command(), &[], &mut refused);
        assert!(refused.iter().any(|(_, error)| error.contains("expected a number from 200 to 599")));
        for (words, error) in refused {
            for unclear in ["digit found", "is not in", "number too large", "empty string"] {
                assert!(!error.contains(unclear), "{words}: {error}");
            }
        }
    }

    /// A command and its subcommands.
    fn with_subcommands(command: clap::Command) -> Vec<clap::Command> {
        let own: Vec<_> = command.get_subcommands().cloned().flat_map(with_subcommands).collect();
        std::iter::once(command).chain(own).collect()
    }

    #[test]
    fn the_help_of_every_command_has_its_headings_in_the_same_order() {
        const ORDER: [&str; 18] = [
            "Fields",
            "Filter",
            "Inspector",
            "Response",
            "Forward",
            "End",
            "State",
            "API",
            "Rules",
            "Fixes",
            "Secrets",
            "Element",
            "Elements",
            "Account",
            "Environment",
            "Delivery",
            "Speed",
            "Output",
        ];
        for command in with_subcommands(command()).into_iter().skip(1) {
            let headings = command.get_arguments().filter_map(clap::Arg::get_help_heading);
            let mut first_seen: Vec<&str> = Vec::new();
            for heading in headings {
                if !first_seen.contains(&heading) {
                    first_seen.push(heading);
                }
            }
            let rank =
                |heading: &&str| ORDER.iter().position(|own| own == heading).expect("a heading of ORDER");
            assert!(first_seen.is_sorted_by_key(rank), "{}: {first_seen:?}", command.get_name());
        }
    }

    #[test]
    fn every_example_parses() {
        command().debug_assert();
        for own in command().get_subcommands() {
            let text = own.get_after_help().unwrap().to_string();
            let line = text.lines().last().unwrap();
            let words = line.split_whitespace().skip_while(|word| *word != "hooks" && *word != "<(hooks");
            let words = words.take_while(|word| !["|", ">"].contains(word));
            let words: Vec<&str> = words.map(|word| word.trim_matches(['<', '(', ')'])).collect();
            assert!(words.len() > 1, "{line}");
            let parsed = command().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }
}
