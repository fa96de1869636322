//! What every command takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::printer::Color;

/// What every command takes.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names, or `webhooks.toml` in this
    /// folder or the nearest above
    #[arg(short, long, global = true, value_name = "FILE", help_heading = "Global")]
    pub file: Option<PathBuf>,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global"
    )]
    pub color: ColorArg,
    /// Print the answer and errors only
    #[arg(short, long, global = true, help_heading = "Global")]
    pub quiet: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ColorArg {
    Auto,
    Always,
    Never,
}

impl From<ColorArg> for Color {
    fn from(typed: ColorArg) -> Self {
        match typed {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}
