//! The format of many elements.

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::core::diagnostic::Diagnostic;
use crate::core::model::TriggerElement;
use crate::io::files::InputFormat;

/// The format of DATA, for commands that read CSV.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct InputArgs {
    /// The format of DATA (default: csv for a file that ends in `.csv`, else json)
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Element")]
    input_format: Option<FormatName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// A JSON list, or one element per line
    Json,
    /// A table of RSVP answers: a header row with the names of the fields, `,` or `;` between columns
    Csv,
}

impl InputArgs {
    /// The format of a file, or of standard input.
    pub fn format(self, path: Option<&Path>, kind: TriggerElement) -> Result<InputFormat, Diagnostic> {
        let format = match self.input_format {
            Some(FormatName::Json) => InputFormat::Json,
            Some(FormatName::Csv) => InputFormat::Csv,
            None => InputFormat::of(path),
        };
        format.require(kind)?;
        Ok(format)
    }
}
