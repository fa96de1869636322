//! `hooks backfill export`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::args::destination;
use crate::commands::context::Context;
use crate::commands::error::Result;
use crate::commands::exit::Exit;
use crate::core::export::{jsonl, masked_places};
use crate::core::request::Override;
use crate::core::text::{count, one_line};
use crate::io::files::{NewFile, finding};

use super::args::RequestsArgs;
use super::dry_run::make_all;
use super::send::MODE;
use super::setup::{Purpose, Setup};

/// Bytes collected before they are printed.
const BUFFER: usize = 64 * 1024;

/// Write the requests as JSON Lines for another program to send
#[derive(Debug, Clone, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    requests: RequestsArgs,
    /// The URL to use instead of the payload URL
    #[arg(long, value_name = "URL", value_parser = destination, help_heading = "Delivery")]
    to: Option<Override>,
    /// Write to this new file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Show credentials and values from the environment
    #[arg(long, help_heading = "Output")]
    reveal: bool,
}

pub(super) fn run(args: &ExportArgs, cx: &mut Context) -> Result {
    let setup = Setup::new(cx, &args.requests, args.to.as_ref(), Purpose::Send)?;
    if setup.is_nothing_to_send(cx, &args.requests) {
        return Ok(Exit::Success);
    }
    let path = args.output.as_deref();
    let mut sink = Sink::open(path)?;
    let mut masked = 0;
    let made = make_all(cx, setup, args.requests.selection.selection(), false, |cx, job| {
        masked += if args.reveal { 0 } else { masked_places(&job.request) };
        sink.write(cx, &jsonl(&job.request, job.element, args.reveal))
    })?;
    if path.is_none() || made.is_whole {
        sink.finish(cx)?;
        let to = path.map_or(String::new(), |path| format!(" to `{}`", one_line(&path.to_string_lossy())));
        if path.is_none() && cx.printer.is_out_closed() {
            cx.printer.warning("not all requests were written: the reader closed the pipe");
        } else {
            cx.printer.status(&format!("wrote {}{to}; nothing was sent", count(made.good, "request")));
        }
    }
    if masked > 0 {
        let places = count(masked, "place");
        cx.printer.warning(&format!(
            "{places} masked, so these are not the real requests; use `--reveal` to show all"
        ));
    }
    Ok(made.exit)
}

/// Standard output, or a new file.
enum Sink {
    Out(Vec<u8>),
    File(NewFile),
}

impl Sink {
    fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Out(Vec::new())) };
        Ok(Self::File(NewFile::create(path, MODE).map_err(|error| finding(&error))?))
    }

    fn write(&mut self, cx: &mut Context, line: &str) -> Result<()> {
        match self {
            Self::File(file) => file.write(line.as_bytes()).map_err(|error| finding(&error))?,
            Self::Out(buffer) => {
                buffer.extend_from_slice(line.as_bytes());
                if buffer.len() >= BUFFER {
                    cx.printer.bytes(buffer);
                    buffer.clear();
                }
            }
        }
        Ok(())
    }

    fn finish(self, cx: &mut Context) -> Result<()> {
        match self {
            Self::File(file) => file.finish().map_err(|error| finding(&error))?,
            Self::Out(buffer) => cx.printer.bytes(&buffer),
        }
        Ok(())
    }
}
