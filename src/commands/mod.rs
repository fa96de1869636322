//! The commands: one file or directory each, with its arguments and `run`.

pub mod account;
mod account_element;
pub mod add;
pub mod api;
pub mod args;
pub mod backfill;
pub mod change;
pub mod check;
pub mod chosen;
pub mod cli;
pub mod completions;
pub mod context;
pub mod dialogue;
pub mod diff;
mod display_throttle;
pub mod edit;
pub mod emulate;
pub mod enable;
pub mod error;
pub mod exit;
pub mod fire;
pub mod help;
pub mod history;
pub mod init;
mod learned_fields;
pub mod list;
pub mod listen;
mod listeners;
pub mod man;
pub mod matching;
pub mod preview;
pub mod pull;
pub mod push;
mod received;
pub mod recorder;
pub mod remove;
pub mod rename;
pub mod replay;
pub mod sample;
pub mod schema;
pub mod secrets;
pub mod sender;
pub mod show;
pub mod trigger;
pub mod vars;
mod wrong_words;

use std::ffi::OsString;

use crate::io::process;

pub use cli::{Cli, Command, command};
pub use context::Context;
pub use error::{Error, Result};
pub use exit::Exit;

/// Runs a command line and returns the exit code of the program.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    process::ignore_file_size_signal();
    let words: Vec<OsString> = words.into_iter().collect();
    if let Some(request) = completions::request(&words) {
        return request.respond(command());
    }
    let (printer, exit) = match cli::parse(&words) {
        Ok((command, mut cx)) => {
            let exit = dispatch(&command, &mut cx).unwrap_or_else(|error| {
                error.report(&mut cx.printer);
                error.exit()
            });
            (cx.printer, exit)
        }
        Err(shown) => shown,
    };
    match printer.finish() {
        Ok(()) => exit,
        Err(_) => exit.max(Exit::Output),
    }
}

fn dispatch(called: &Command, cx: &mut Context) -> Result {
    match called {
        Command::Init(args) => init::run(args, cx),
        Command::List(args) => list::run(args, cx),
        Command::Show(args) => show::run(args, cx),
        Command::Add(args) => add::run(args, cx),
        Command::Edit(args) => edit::run(args, cx),
        Command::Rename(args) => rename::run(args, cx),
        Command::Remove(args) => remove::run(args, cx),
        Command::Enable(args) => enable::run(args, true, cx),
        Command::Disable(args) => enable::run(args, false, cx),
        Command::Vars(args) => vars::run(args, cx),
        Command::Sample(args) => sample::run(args, cx),
        Command::Preview(args) => preview::run(args, cx),
        Command::Match(args) => matching::run(args, cx),
        Command::Fire(args) => fire::run(args, cx),
        Command::Backfill(args) => backfill::run(args, cx),
        Command::Trigger(args) => trigger::run(args, cx),
        Command::History(args) => history::run(args, cx),
        Command::Replay(args) => replay::run(args, cx),
        Command::Listen(args) => listen::run(args, cx),
        Command::Pull(args) => pull::run(args, cx),
        Command::Push(args) => push::run(args, cx),
        Command::Diff(args) => diff::run(args, cx),
        Command::Account(args) => account::run(args, cx),
        Command::Emulate(args) => emulate::run(args, cx),
        Command::Check(args) => check::run(args, cx),
        Command::Schema(args) => schema::run(args, cx),
        Command::Help(args) => help::run(args, cli::command_for_terminal(), cx),
        Command::Man(args) => man::run(args, command(), cx),
        Command::Completions(args) => completions::run(args, cx),
        Command::Version(_) => help::version(&command(), cx),
    }
}
