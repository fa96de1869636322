//! `hooks help` and `hooks version`

use clap::Args;

use super::context::Context;
use super::error::Result;
use super::exit::Exit;
use super::wrong_words::unknown_command;

/// Print help for the program or a command
#[derive(Debug, Clone, Args)]
pub struct HelpArgs {
    /// Command, e.g. `fire` or `backfill resume`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Print the version
#[derive(Debug, Clone, Args)]
pub struct VersionArgs {}

/// Prints what `hooks COMMAND --help` prints.
pub fn run(args: &HelpArgs, mut all: clap::Command, cx: &mut Context) -> Result {
    all.build();
    let help = find(&all, &args.command)?.clone().render_long_help();
    cx.printer.data(&if cx.printer.style().is_on { help.ansi().to_string() } else { help.to_string() });
    Ok(Exit::Success)
}

pub fn version(all: &clap::Command, cx: &mut Context) -> Result {
    cx.printer.data(&all.render_version());
    Ok(Exit::Success)
}

/// The command that these words name; without words, the program.
pub(super) fn find<'c>(all: &'c clap::Command, words: &[String]) -> Result<&'c clap::Command> {
    let mut found = all;
    for word in words {
        found = found.find_subcommand(word).ok_or_else(|| unknown_command(all, found, word))?;
    }
    Ok(found)
}
