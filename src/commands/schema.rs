//! `hooks schema`

use clap::Args;

use crate::core::check;

use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Print the JSON Schema of a definitions file
///
/// Editors read it to complete and to explain fields. In `webhooks.toml`, the first line
/// `#:schema ./webhooks.schema.json` names it.
#[derive(Debug, Clone, Args)]
pub struct SchemaArgs {}

pub fn run(_: &SchemaArgs, cx: &mut Context) -> Result {
    cx.printer.data(&check::schema());
    Ok(Exit::Success)
}
