//! Options that many commands take, and and that depend on no other file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::core::delivery::State;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
enum Format {
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
    pub fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }
}

/// Where `${NAME}` is looked up after the environment of the process.
#[derive(Debug, Clone, Default, Args)]
pub struct EnvironmentArgs {
    /// Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<PathBuf>,
}

/// The state of a delivery, typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StateArg {
    /// Answered with 2xx
    Delivered,
    /// Answered with anything else
    Failed,
    /// Possibly received, or still in progress
    InDoubt,
    /// Certainly not received
    NotSent,
}

impl From<StateArg> for State {
    fn from(typed: StateArg) -> Self {
        match typed {
            StateArg::Delivered => Self::Delivered,
            StateArg::Failed => Self::Failed,
            StateArg::InDoubt => Self::InDoubt,
            StateArg::NotSent => Self::NotSent,
        }
    }
}

/// How a change is made and told.
#[derive(Debug, Clone, Args)]
pub struct ChangeArgs {
    /// Show what would change, and write nothing
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,
    /// Show what changed, line by line
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// What happens to literal text that looks like a credential.
#[derive(Debug, Clone, Copy, Args)]
pub struct SecretArgs {
    /// Put values that look like credentials into `.env`, and `${NAME}` into the definitions
    #[arg(long, help_heading = "Secrets", conflicts_with = "literal")]
    pub to_env: bool,
    /// Leave values that look like credentials in the definitions as they are
    #[arg(long, help_heading = "Secrets")]
    pub literal: bool,
}
