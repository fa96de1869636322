//! Text or JSON.

use clap::{Args, ValueEnum};

/// How the answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
}

/// The choice between text and JSON.
#[derive(Debug, Clone, Args)]
pub struct FormatArgs {
    /// How to print the answer
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        conflicts_with = "json",
        help_heading = "Output"
    )]
    format: Format,
    /// The same as `--format json`
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl FormatArgs {
    /// Whether JSON was asked for.
    pub fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }
}
