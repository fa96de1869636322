//! `hooks schema`

use clap::Args;

use crate::core::check;

use super::context::Context;
use super::error::Result;
use super::exit::Exit;

/// Print the JSON Schema of a definitions file
///
/// Editors use it to complete and explain fields. Refer to it in the first line of `webhooks.toml`: `#:schema ./webhooks.schema.json`.
#[derive(Debug, Clone, Args)]
pub struct SchemaArgs {}

pub fn run(_: &SchemaArgs, cx: &mut Context) -> Result {
    cx.printer.data(&check::schema());
    Ok(Exit::Success)
}
