//! `hooks help` and `hooks version`

use clap::Args;

use super::cli::command;
use super::context::Context;
use super::error::Result;
use super::exit::Exit;
use super::wrong_words::unknown_command;

/// Print the help of the program or of a command
#[derive(Debug, Clone, Args)]
pub struct HelpArgs {
    /// The command, such as `fire` or `history diff`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Print the version
#[derive(Debug, Clone, Args)]
pub struct VersionArgs {}

/// Prints the same help as `--help` after the command.
pub fn run(args: &HelpArgs, cx: &mut Context) -> Result {
    let mut all = command();
    all.build();
    let mut found = &mut all;
    let mut parent: Option<String> = None;
    for word in &args.command {
        match found.find_subcommand_mut(word) {
            Some(next) => found = next,
            None => return Err(unknown_command(parent.as_deref(), word)),
        }
        parent = Some(word.clone());
    }
    let help = found.render_long_help();
    cx.printer.data(&if cx.printer.style().is_on { help.ansi().to_string() } else { help.to_string() });
    Ok(Exit::Success)
}

pub fn version(_: &VersionArgs, cx: &mut Context) -> Result {
    cx.printer.data(&command().render_version());
    Ok(Exit::Success)
}
