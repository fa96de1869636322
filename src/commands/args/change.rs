//! What every command that changes the definitions takes.

use clap::Args;

use super::FormatArgs;

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
