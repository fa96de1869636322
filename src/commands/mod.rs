//! One file a command: what was typed, and what it does.

pub mod args;
pub mod check;
pub mod cli;
pub mod context;
pub mod error;
pub mod exit;
pub mod fire;
pub mod list;
pub mod preview;
pub mod sample;
pub mod schema;
pub mod show;
pub mod trigger;
pub mod vars;

use std::ffi::OsString;

pub use cli::{Cli, Command, command};
pub use context::Context;
pub use error::{Error, Result};
pub use exit::Exit;

/// Runs a command line, prints, and says how the program ends.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let (command, mut cx) = match cli::parse(words) {
        Ok(parsed) => parsed,
        Err(shown) => return shown,
    };
    let exit = dispatch(&command, &mut cx).unwrap_or_else(|error| {
        error.report(&mut cx.ui);
        error.exit()
    });
    match cx.ui.finish() {
        Ok(()) => exit,
        Err(_) => exit.max(Exit::NotDelivered),
    }
}

fn dispatch(command: &Command, cx: &mut Context) -> Result {
    match command {
        Command::List(args) => list::run(args, cx),
        Command::Show(args) => show::run(args, cx),
        Command::Vars(args) => vars::run(args, cx),
        Command::Sample(args) => sample::run(args, cx),
        Command::Preview(args) => preview::run(args, cx),
        Command::Fire(args) => fire::run(args, cx),
        Command::Trigger(args) => trigger::run(args, cx),
        Command::Check(args) => check::run(args, cx),
        Command::Schema(args) => schema::run(args, cx),
    }
}
