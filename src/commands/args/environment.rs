//! Where `${NAME}` is looked up.

use std::path::PathBuf;

use clap::Args;

/// Where `${NAME}` is looked up after the environment of the process.
#[derive(Debug, Clone, Default, Args)]
pub struct EnvironmentArgs {
    /// Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<PathBuf>,
}
