//! `hooks man`

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::core::text::{count, one_line};
use crate::io::files;

use super::context::Context;
use super::error::{Result, failed};
use super::exit::Exit;
use super::help::find;

/// Print the manual page of the program or a command
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// Command, e.g. `fire` or `backfill resume`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write all pages to this directory, one file per command
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "command")]
    output: Option<PathBuf>,
}

pub fn run(args: &ManArgs, mut all: clap::Command, cx: &mut Context) -> Result {
    all.build();
    let cannot_write = |error: io::Error| failed("cannot write the manual page", &error);
    let Some(directory) = &args.output else {
        let page = page(find(&all, &args.command)?).map_err(cannot_write)?;
        cx.printer.bytes(&page);
        if cx.printer.is_out_terminal() {
            let words: String = args.command.iter().map(|word| format!(" {word}")).collect();
            cx.printer.hint(&format!("to read this page, run `hooks man{words} | man -l -`"));
        }
        return Ok(Exit::Success);
    };
    let commands = with_subcommands(&all);
    for command in &commands {
        let page = page(command).map_err(cannot_write)?;
        files::write_report(&directory.join(Man::new((*command).clone()).get_filename()), &page)?;
    }
    let directory = directory.display().to_string();
    cx.printer.data(&format!(
        "wrote {} to `{}`\n",
        count(commands.len(), "manual page"),
        one_line(&directory)
    ));
    Ok(Exit::Success)
}

fn with_subcommands(command: &clap::Command) -> Vec<&clap::Command> {
    let inner = command.get_subcommands().flat_map(with_subcommands);
    std::iter::once(command).chain(inner).collect()
}

/// A page in section 1, with the example of the command and the exit codes as sections.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let manual = Man::new(command.clone());
    let title = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut page = Vec::new();
    // The library's title omits an empty date.
    writeln!(page, ".TH {title} 1 \"\" \"hooks {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"))?;
    manual.render_name_section(&mut page)?;
    // The library's synopsis lists every option.
    let usage = command.clone().render_usage().to_string();
    let mut synopsis = Roff::new();
    synopsis.control("SH", ["SYNOPSIS"]);
    for (index, line) in usage.lines().enumerate() {
        if index > 0 {
            synopsis.control("br", []);
        }
        synopsis.text([roman(line.trim_start_matches("Usage:").trim())]);
    }
    synopsis.to_writer(&mut page)?;
    manual.render_description_section(&mut page)?;
    manual.render_options_section(&mut page)?;
    if command.has_subcommands() {
        manual.render_subcommands_section(&mut page)?;
    }
    let mut rest = Roff::new();
    if let Some(example) = command.get_after_help().map(ToString::to_string) {
        rest.control("SH", ["EXAMPLE"]);
        for line in example.lines().skip(1) {
            rest.text([roman(line.trim())]);
        }
    }
    rest.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        rest.control("TP", []);
        rest.text([roman(exit.code().to_string())]);
        rest.text([roman(exit.meaning())]);
    }
    rest.to_writer(&mut page)?;
    Ok(page)
}
