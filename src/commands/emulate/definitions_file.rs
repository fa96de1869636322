//! Reads the definitions file, at the start and after each change to it.

use std::path::PathBuf;

use crate::commands::context::{Context, DEFAULT_FILE};
use crate::commands::error::Result;
use crate::core::definitions::Definitions;
use crate::core::request::environment_names;
use crate::core::text::one_line;
use crate::io::env::Environment;
use crate::io::files::FileVersion;

use super::args::EmulateArgs;
use super::firing::{Firing, Target};

pub(super) struct DefinitionsFile<'a> {
    args: &'a EmulateArgs,
    target: Target,
    /// The file that was read last; none without a file.
    seen: Option<(PathBuf, FileVersion)>,
}

/// The webhooks of the file.
pub(super) struct Loaded {
    pub(super) firing: Firing,
    /// None without a file.
    pub(super) name: Option<String>,
}

impl<'a> DefinitionsFile<'a> {
    pub(super) fn new(args: &'a EmulateArgs, target: Target) -> Self {
        Self { args, target, seen: None }
    }

    pub(super) fn read(&mut self, cx: &mut Context) -> Result<Loaded> {
        // Before the file is read, so that no change is missed.
        self.seen = version(cx);
        let definitions = definitions(cx)?;
        let environment = self.environment(cx, definitions.as_ref())?;
        let (firing, warnings) = Firing::new(self.target.clone(), definitions.as_ref(), &environment);
        for compiled in firing.compiled() {
            cx.printer.hide(compiled.redactor());
        }
        cx.printer.findings(&warnings);
        let name = definitions.as_ref().map(|definitions| definitions.source.name().to_owned());
        Ok(Loaded { firing, name })
    }

    /// Reads the file again if it has changed. If it is invalid or missing, the previous definitions stay in use.
    pub(super) fn read_again(&mut self, cx: &mut Context) -> Option<Loaded> {
        let now = version(cx)?;
        if self.seen.as_ref() == Some(&now) {
            return None;
        }
        match self.read(cx) {
            Ok(loaded) => {
                if let Some(name) = &loaded.name {
                    cx.printer
                        .status(&format!("`{}` has changed: using the new definitions", one_line(name)));
                }
                warn_of_unusable(cx, &loaded.firing);
                Some(loaded)
            }
            Err(error) => {
                error.report(&mut cx.printer);
                cx.printer.warning("still using the previous definitions");
                None
            }
        }
    }

    fn environment(&self, cx: &mut Context, definitions: Option<&Definitions>) -> Result<Environment> {
        let Some(definitions) = definitions else { return Ok(Environment::default()) };
        let webhooks = definitions.webhooks.iter();
        let names: Vec<String> =
            webhooks.flat_map(|webhook| environment_names(webhook, &self.target.destination)).collect();
        cx.environment(definitions, &self.args.environment, &names)
    }
}

/// The definitions; none without a file, unless `--file` requires one.
fn definitions(cx: &mut Context) -> Result<Option<Definitions>> {
    if cx.file.is_none() && cx.definitions_path().is_err() {
        let message = format!("no `{DEFAULT_FILE}` found: only webhooks created through the API fire");
        cx.printer.status(&message);
        return Ok(None);
    }
    cx.definitions().map(Some)
}

fn version(cx: &Context) -> Option<(PathBuf, FileVersion)> {
    let path = cx.definitions_path().ok()?;
    let version = FileVersion::of(&path)?;
    Some((path, version))
}

pub(super) fn warn_of_unusable(cx: &mut Context, firing: &Firing) {
    for (handle, reasons) in firing.unusable() {
        for reason in reasons {
            let message = format!("`{}` cannot fire: {}", one_line(handle), reason.what);
            match &reason.help {
                Some(help) => cx.printer.warning_with_help(&message, help),
                None => cx.printer.warning(&message),
            }
        }
    }
}
