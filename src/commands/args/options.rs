//! Options that many commands share.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::core::delivery::State;
use crate::output::printer::Color;

#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// Use this definitions file [default: `HOOKS_FILE`, else the nearest `webhooks.toml`]
    ///
    /// Without it, the environment variable `HOOKS_FILE` names the file; if that is not set, `webhooks.toml` in this directory
    /// or the nearest parent directory is used.
    #[arg(short, long, global = true, value_name = "FILE", help_heading = "Global")]
    pub file: Option<PathBuf>,
    /// Control when to use colour
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global"
    )]
    pub color: ColorArg,
    /// Print only results and errors
    #[arg(short, long, global = true, help_heading = "Global")]
    pub quiet: bool,
    /// Print help (`-h` for a summary)
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = "Global")]
    help: Option<bool>,
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
pub enum Format {
    /// Text for people
    #[default]
    Text,
    /// JSON for scripts
    Json,
}

#[derive(Debug, Clone, Args)]
pub struct FormatArgs<F: ValueEnum + Default + Send + Sync + 'static = Format> {
    /// Choose the output format
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        conflicts_with = "json",
        help_heading = "Output"
    )]
    format: F,
    /// Same as `--format json`
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl<F: ValueEnum + Default + Send + Sync + 'static> FormatArgs<F> {
    /// The chosen format. `json` is the one that `--json` selects.
    pub fn format(&self, json: F) -> F {
        if self.json { json } else { self.format.clone() }
    }
}

impl FormatArgs {
    pub fn is_json(&self) -> bool {
        self.format(Format::Json) == Format::Json
    }
}

#[derive(Debug, Clone, Default, Args)]
pub struct EnvironmentArgs {
    /// Read `${NAME}` from FILE instead of `.env` (repeatable; the last file wins)
    ///
    /// Variables in the process environment take precedence.
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum StateArg {
    /// The response status is 2xx
    Delivered,
    /// The response status is not 2xx
    Failed,
    /// May have been received, or is in flight
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

#[derive(Debug, Clone, Args)]
pub struct ChangeArgs {
    /// Show the change, but write nothing
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,
    /// Show the change line by line
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct SecretArgs {
    /// Store literal credentials in `.env` and refer to them as `${NAME}`
    #[arg(long, help_heading = "Secrets", conflicts_with = "literal")]
    pub to_env: bool,
    /// Keep literal credentials in the definitions
    #[arg(long, help_heading = "Secrets")]
    pub literal: bool,
}

pub fn ip_address(text: &str) -> std::result::Result<IpAddr, String> {
    text.parse()
        .map_err(|_| "expected an IP address of this machine, e.g. `192.168.0.10` or `::1`".to_owned())
}
