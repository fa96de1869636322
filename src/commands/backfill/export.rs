//! Makes every request, and writes it down for another program to send.

use std::path::Path;

use crate::commands::args::Export;
use crate::commands::context::Context;
use crate::commands::error::{Error, Result};
use crate::commands::fire::FireArgs;
use crate::core::diagnostic::Diagnostic;
use crate::core::export::{K6_DATA, K6Load, K6Script, jsonl, k6_line, k6_script, shell_word};
use crate::core::request::Plan;
use crate::core::run::Rate;
use crate::core::text::{count, list, one_line};
use crate::effects::files::{self, NewFile, Survey, finding};

use super::dry_run::make_all;
use super::input::{Job, Recipe};

/// The name of the script beside its data.
const SCRIPT: &str = "script.js";
/// For nobody but this user: elements hold names and addresses.
const MODE: u32 = 0o600;
/// How many bytes are printed at once.
const BUFFER: usize = 64 * 1024;

/// Runs it.
///
/// # Errors
/// When the data cannot be read, or a file cannot be written or is there already.
pub(super) fn run(
    args: &FireArgs,
    cx: &mut Context,
    recipe: Recipe,
    survey: Option<&Survey>,
    format: Export,
) -> Result {
    match (format, &args.each.output) {
        (Export::Jsonl, output) => write_lines(args, cx, recipe, survey, output.as_deref()),
        (Export::K6, Some(folder)) => write_script(args, cx, recipe, survey, folder),
        (Export::K6, None) => Err(Error::Usage {
            message: "where to? A script for k6 has its data beside it".to_owned(),
            help: "`--output FOLDER` names the folder for both".to_owned(),
        }),
    }
}

/// Standard output, or a new file.
enum Sink {
    Out(Vec<u8>),
    File(NewFile),
}

impl Sink {
    fn open(path: Option<&Path>) -> Result<Self> {
        path.map_or(Ok(Self::Out(Vec::new())), |path| Ok(Self::File(create(path)?)))
    }

    fn write(&mut self, cx: &mut Context, line: &str) -> Result<()> {
        match self {
            Self::File(file) => file.write(line.as_bytes()).map_err(|error| finding(&error))?,
            Self::Out(buffer) => {
                buffer.extend_from_slice(line.as_bytes());
                if buffer.len() >= BUFFER {
                    cx.ui.bytes(buffer);
                    buffer.clear();
                }
            }
        }
        Ok(())
    }

    fn finish(self, cx: &mut Context) -> Result<()> {
        match self {
            Self::File(file) => file.finish().map_err(|error| finding(&error))?,
            Self::Out(buffer) => cx.ui.bytes(&buffer),
        }
        Ok(())
    }
}

fn create(path: &Path) -> std::result::Result<NewFile, Diagnostic> {
    NewFile::create(path, MODE).map_err(|error| finding(&error))
}

fn write_lines(
    args: &FireArgs,
    cx: &mut Context,
    recipe: Recipe,
    survey: Option<&Survey>,
    path: Option<&Path>,
) -> Result {
    let mut sink = Sink::open(path)?;
    let mut masked = 0;
    let made = make_all(args, cx, recipe, survey, |cx, job: &Job| {
        masked += if args.reveal { 0 } else { job.request.masked_places() };
        sink.write(cx, &jsonl(&job.request, job.line, args.reveal))
    })?;
    if path.is_none() || made.is_whole {
        sink.finish(cx)?;
        let to = path.map_or(String::new(), |path| format!(" to `{}`", one_line(&path.to_string_lossy())));
        if path.is_none() && cx.ui.is_out_closed() {
            cx.ui.warning("not all requests are written: nobody reads them any more");
        } else {
            cx.ui.status(&format!("wrote {}{to}; none was sent", count(made.good, "request")));
        }
    }
    if masked > 0 {
        let places = count(masked, "place");
        cx.ui.warning(&format!("{places} masked, so these are not what is sent; `--reveal` shows all"));
    }
    Ok(made.exit)
}

fn write_script(
    args: &FireArgs,
    cx: &mut Context,
    recipe: Recipe,
    survey: Option<&Survey>,
    folder: &Path,
) -> Result {
    files::make_folder(folder).map_err(|error| finding(&error))?;
    let path = folder.join(SCRIPT);
    let mut script_file = create(&path)?;
    let mut data = create(&folder.join(K6_DATA))?;
    let plan: Plan = recipe.plan.clone();
    let mut script: Option<K6Script> = None;
    let load = K6Load {
        places: args.each.concurrency,
        rate: args.each.rate.map(Rate::per_second),
        timeout: args.send.timeout,
    };
    let made = make_all(args, cx, recipe, survey, |_, job: &Job| {
        // Made once more, with the origin of each value.
        let (request, _) = plan.explained(&job.element)?;
        script.get_or_insert_with(|| k6_script(&request, args.reveal, load));
        let line = k6_line(&request, job.line, args.reveal);
        Ok(data.write(line.as_bytes()).map_err(|error| finding(&error))?)
    })?;
    if !made.is_whole {
        return Ok(made.exit);
    }
    let Some(script) = script else {
        return Err(Error::Refused {
            message: "there is no request to write".to_owned(),
            help: "check that DATA is the right file".to_owned(),
        });
    };
    script_file.write(script.text.as_bytes()).map_err(|error| finding(&error))?;
    data.finish().and_then(|()| script_file.finish()).map_err(|error| finding(&error))?;
    let folder = one_line(&folder.to_string_lossy()).into_owned();
    cx.ui.status(&format!(
        "wrote {} to `{SCRIPT}` and `{K6_DATA}` in `{folder}`; none was sent",
        count(made.good, "request")
    ));
    if !script.names.is_empty() {
        cx.ui.status(&format!("the script takes {} from its environment", list(&script.names, "and")));
    }
    let given: String = script.names.iter().map(|name| format!(" -e {name}=…")).collect();
    let path = path.to_string_lossy();
    cx.ui.hint(&format!("`k6 run{given} {}` sends them", shell_word(&one_line(&path))));
    Ok(made.exit)
}
