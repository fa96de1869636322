//! `hooks backfill export`

use std::path::PathBuf;

use clap::Args;

use crate::commands::args::{ApiConnection, ConnectionArgs, destination};
use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::core::export::{jsonl, masked_places};
use crate::core::request::Override;
use crate::core::text::{count, one_line};
use crate::io::files::NewFile;

use super::args::RequestsArgs;
use super::dry_run::{Built, build_all};
use super::setup::{MODE, Purpose, Setup};

/// Bytes collected before they are printed.
const BUFFER: usize = 64 * 1024;

/// Write the requests as JSON Lines, for another program to send
#[derive(Debug, Clone, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    requests: RequestsArgs,
    /// Use this URL instead of the payload URL
    #[arg(long, value_name = "URL", value_parser = destination, help_heading = "Delivery")]
    to: Option<Override>,
    #[command(flatten)]
    connection: ConnectionArgs,
    /// Write to this new file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Show credentials and values from the environment
    #[arg(long, help_heading = "Output")]
    reveal: bool,
}

pub(super) fn run(args: &ExportArgs, cx: &mut Context) -> Result {
    let is_verbose = args.requests.event.verbose;
    let connection = ApiConnection { is_verbose, ..(&args.connection).into() };
    let setup = Setup::new(cx, &args.requests, args.to.as_ref(), Purpose::Send, connection)?;
    if setup.is_nothing_to_send(cx, &args.requests) {
        return Ok(Exit::Success);
    }
    let mut file = args.output.as_deref().map(|path| NewFile::create(path, MODE)).transpose()?;
    let (mut buffer, mut masked) = (Vec::new(), 0);
    let selection = args.requests.selection.selection();
    let outcome = build_all(cx, setup, selection, false, |printer, Built { element, request, .. }| {
        masked += if args.reveal { 0 } else { masked_places(&request) };
        let line = jsonl(&request, element, args.reveal);
        if let Some(file) = &mut file {
            file.write(line.as_bytes())?;
            return Ok(());
        }
        buffer.extend_from_slice(line.as_bytes());
        if buffer.len() >= BUFFER {
            printer.bytes(&buffer);
            buffer.clear();
        }
        Ok(())
    })?;
    cx.printer.bytes(&buffer);
    let requests = count(outcome.built, "request");
    if let Some(path) = &args.output {
        // An incomplete export must not look complete.
        if let Some(file) = file.filter(|_| outcome.is_complete()) {
            file.finish()?;
            let path = path.to_string_lossy();
            cx.printer.status(&format!("wrote {requests} to `{}`; nothing was sent", one_line(&path)));
        }
    } else if cx.printer.is_out_closed() {
        if !cx.printer.is_out_failed() {
            cx.printer.warning("not all requests were written: the reader closed the pipe");
        }
    } else {
        cx.printer.status(&format!("wrote {requests}; nothing was sent"));
    }
    if masked > 0 {
        let places = count(masked, "value");
        cx.printer.warning(&format!(
            "{places} masked, so these are not the real requests; use `--reveal` to show all"
        ));
    }
    Ok(outcome.exit)
}
