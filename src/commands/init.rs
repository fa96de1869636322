//! `hooks init`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::core::check;
use crate::core::definitions::STARTER;
use crate::core::text::one_line;
use crate::io::files::{self, FileErrorKind};
use crate::io::repository;
use crate::output::json;

use super::args::FormatArgs;
use super::context::{Context, DEFAULT_FILE};
use super::error::{Result, refused};
use super::exit::Exit;

/// Write a commented starter definitions file
///
/// Also writes a JSON Schema, which lets editors complete and explain fields. In a git repository, adds `.env` to `.gitignore`.
#[derive(Debug, Clone, Args)]
pub struct InitArgs {
    #[command(flatten)]
    format: FormatArgs,
}

const MODE: u32 = 0o644;
const SCHEMA_FILE: &str = "webhooks.schema.json";

pub fn run(args: &InitArgs, cx: &mut Context) -> Result {
    let path = cx.file.clone().unwrap_or_else(|| DEFAULT_FILE.into());
    let shown = one_line(&path.display().to_string()).into_owned();
    files::create_new(&path, STARTER.as_bytes(), MODE).map_err(|error| match error.kind {
        FileErrorKind::Exists => refused(format!("`{shown}` already exists"))
            .help("use `hooks add` to add a webhook to it, or `--file` to write another file"),
        _ => error.into(),
    })?;
    let folder = files::directory_of(&path);
    let schema = write_schema(folder, cx);
    let ignored = repository::ignore_env(folder).unwrap_or_else(|error| {
        cx.printer.warning(&format!("{error}; add the line `.env` to it so that secrets are not committed"));
        None
    });
    if args.format.is_json() {
        let ignored = ignored.as_ref().map(|path| path.display().to_string());
        let schema = schema.map(|path| path.display().to_string());
        cx.printer.data(&json::created_json(&shown, schema.as_deref(), ignored.as_deref()));
        return Ok(Exit::Success);
    }
    cx.printer.data(&format!("wrote `{shown}`\n"));
    if let Some(schema) = schema {
        cx.printer.data(&format!("wrote `{}` for editors\n", one_line(&schema.display().to_string())));
    }
    if let Some(ignore) = ignored {
        cx.printer.data(&format!("added `.env` to `{}`\n", one_line(&ignore.display().to_string())));
    }
    let file = cx.file.as_ref().map(|_| format!(" --file {shown}")).unwrap_or_default();
    cx.printer.hint(&format!(
        "run `hooks{file} fire my-first --echo` to try the example, or `hooks{file} add` to define another webhook"
    ));
    Ok(Exit::Success)
}

/// Writes the schema that the starter file refers to, unless the file exists.
fn write_schema(folder: &Path, cx: &mut Context) -> Option<PathBuf> {
    let path = folder.join(SCHEMA_FILE);
    let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    match files::create_new(&path, check::schema().as_bytes(), MODE) {
        Ok(()) => Some(path),
        Err(error) if matches!(error.kind, FileErrorKind::Exists) => None,
        Err(error) => {
            cx.printer.warning(&format!("{error}; `hooks schema` prints the schema"));
            None
        }
    }
}
