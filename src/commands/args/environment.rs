//! Where `${NAME}` is looked up.

use std::path::PathBuf;

use clap::Args;

/// Where `${NAME}` is looked up after the environment of the process.
#[derive(Debug, Clone, Default, Args)]
pub struct EnvironmentArgs {
    /// Look up `${NAME}` in this file instead of `.env`; if given several times, the last file wins
    #[arg(long, value_name = "FILE", help_heading = "Environment")]
    pub env_file: Vec<PathBuf>,
}
