//! The command line as typed, and its help.

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::core::secrets::{MASK, shown_argument};
use crate::core::text::one_line;
use crate::io::env;
use crate::output::printer::{Printer, TerminalSettings};

use super::args::{ColorArg, GlobalArgs};
use super::context::Context;
use super::exit::Exit;
use super::{
    add, backfill, check, edit, enable, fire, help, history, init, list, listen, matching, preview, remove,
    rename, replay, sample, schema, show, trigger, vars, wrong_words,
};

/// Manage and test the webhooks of Add to Calendar PRO
///
/// When an event, an RSVP answer or another element of an account is created, updated or deleted, the
/// platform sends an HTTP request for every webhook that matches. `hooks` keeps webhook definitions in
/// `webhooks.toml`, shows what each would send, and sends it.
#[derive(Debug, Parser)]
#[command(
    name = "hooks",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
}

/// Writes out, for each command, its variant, its options and how they are read. `#[derive(Subcommand)]` would
/// set up the options of every command at each start, a quarter of the time that most of them take.
macro_rules! commands {
    ($($name:literal => $variant:ident($args:ty) $(, $about:literal)?;)*) => {
        #[derive(Debug)]
        pub enum Command {
            $($variant($args),)*
        }

        impl Command {
            /// Adds all commands with all their options.
            fn add_to(cli: clap::Command) -> clap::Command {
                cli$(.subcommand(<$args>::augment_args(clap::Command::new($name))$(.about($about))?))*
            }

            /// Adds all commands by their names; each gets its options when it is called.
            fn add_names_to(cli: clap::Command) -> clap::Command {
                cli$(.subcommand(clap::Command::new($name).defer(<$args>::augment_args)))*
            }

            /// The command that was called, with its arguments.
            fn read(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some(($name, matches)) => <$args>::from_arg_matches(matches).map(Self::$variant),)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }
        }
    };
}

commands! {
    "init" => Init(init::InitArgs);
    "list" => List(list::ListArgs);
    "show" => Show(show::ShowArgs);
    "add" => Add(add::AddArgs);
    "edit" => Edit(edit::EditArgs);
    "rename" => Rename(rename::RenameArgs);
    "remove" => Remove(remove::RemoveArgs);
    "enable" => Enable(enable::EnableArgs), "Let webhooks fire again";
    "disable" => Disable(enable::EnableArgs), "Keep webhooks from firing; they stay defined";
    "vars" => Vars(vars::VarsArgs);
    "sample" => Sample(sample::SampleArgs);
    "preview" => Preview(preview::PreviewArgs);
    "match" => Match(matching::MatchArgs);
    "fire" => Fire(fire::FireArgs);
    "backfill" => Backfill(backfill::BackfillArgs);
    "trigger" => Trigger(trigger::TriggerArgs);
    "history" => History(history::HistoryArgs);
    "replay" => Replay(replay::ReplayArgs);
    "listen" => Listen(listen::ListenArgs);
    "check" => Check(check::CheckArgs);
    "schema" => Schema(schema::SchemaArgs);
    "help" => Help(help::HelpArgs);
    "version" => Version(help::VersionArgs);
}

/// The headings of `hooks --help`, with the commands under each.
const GROUPS: [(&str, &[&str]); 6] = [
    ("Define", &["init", "list", "show", "add", "edit", "rename", "remove", "enable", "disable"]),
    ("Understand", &["vars", "sample", "preview", "match"]),
    ("Deliver", &["fire", "backfill", "trigger", "history", "replay"]),
    ("Receive", &["listen"]),
    ("Verify", &["check", "schema"]),
    ("Help", &["help", "version"]),
];

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(Style::new())
    .error(AnsiColor::Red.on_default().bold());

/// The whole command line for clap, every option included, with commands under their headings.
pub fn command() -> clap::Command {
    let command = Command::add_to(Cli::command().styles(STYLES));
    let groups = grouped(&command);
    let codes: String =
        Exit::ALL.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning())).collect();
    let heading =
        |text: &str| format!("{}{text}:{}", STYLES.get_header().render(), STYLES.get_header().render_reset());
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{}\n{{options}}\n\n{}\n{codes}\n\
         `hooks COMMAND --help` tells more about each.\n",
        heading("Global"),
        heading("Exit codes"),
    ))
}

fn grouped(command: &clap::Command) -> String {
    let (header, literal) = (STYLES.get_header(), STYLES.get_literal());
    let mut text = String::new();
    for (heading, names) in GROUPS {
        text.push_str(&format!("{header}{heading}:{header:#}\n"));
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!("  {literal}{name:<9}{literal:#} {about}\n"));
        }
        text.push('\n');
    }
    text
}

pub(super) fn parse(
    words: impl IntoIterator<Item = OsString>,
) -> Result<(Command, Context), (Printer, Exit)> {
    let words: Vec<OsString> = words.into_iter().collect();
    let parse = |cli: clap::Command| {
        let matches = cli.try_get_matches_from(&words)?;
        Ok((Cli::from_arg_matches(&matches)?.global, Command::read(&matches)?))
    };
    let parsed = parse(Command::add_names_to(Cli::command().styles(STYLES)));
    let parsed = parsed.or_else(|error: clap::Error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => parse(command()),
        _ => Err(error),
    });
    let (global, command) = parsed.map_err(|error| shown(error, &words))?;
    let printer = Printer::new(global.color.into(), global.quiet, terminal_settings());
    let typed = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    Ok((command, Context { printer, file: global.file.or_else(|| env::path("HOOKS_FILE")), typed }))
}

fn terminal_settings() -> TerminalSettings {
    TerminalSettings {
        no_color: env::setting("NO_COLOR").is_some(),
        columns: env::setting("COLUMNS").and_then(|columns| columns.parse().ok()),
        is_dumb: env::variable("TERM").is_some_and(|term| term == "dumb"),
        is_ci: env::is_ci(),
    }
}

/// Prints help, or what is wrong with the command line.
fn shown(error: clap::Error, words: &[OsString]) -> (Printer, Exit) {
    let mut printer = Printer::new(color(words).into(), false, terminal_settings());
    let is_error = error.use_stderr();
    let typed: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if let Some(error) = wrong_words::explain(&error, &typed) {
        error.report(&mut printer);
        return (printer, Exit::Usage);
    }
    let text = escaped(error).render();
    let style = if is_error { printer.style_err() } else { printer.style() };
    let text = if style.is_on { text.ansi().to_string() } else { text.to_string() };
    if is_error {
        printer.laid_out(&text);
        return (printer, Exit::Usage);
    }
    printer.data(&text);
    (printer, Exit::Success)
}

/// What a command line that cannot be carried out says about colours.
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
    for (kind, value) in typed {
        let safe = match value {
            ContextValue::String(text) if kind == ContextKind::InvalidValue => {
                ContextValue::String(one_line(&shown_option(&option, &text)).into_owned())
            }
            ContextValue::String(text) if kind == ContextKind::InvalidArg => {
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

/// The value of an option that was refused. Without `:` or `=`, it is unknown where the value of a field begins.
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

    #[test]
    fn every_command_stands_under_one_heading() {
        command().debug_assert();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = command();
        let mut all: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }
}
