//! The arguments of `hooks backfill`.

use clap::Args;

use crate::commands::args::{
    DataArgs, EnvironmentArgs, EventArgs, FailedToArgs, FormatArgs, InputArgs, RetryArgs, SelectionArgs,
    SendArgs, SpeedArgs,
};

const DATA: &str = "File of elements: a JSON list, JSON Lines or CSV; `-` for standard input";

/// Arguments that define the requests.
#[derive(Debug, Clone, Args)]
#[command(
    mut_arg("data", |data| data.help(DATA).required_unless_present("event").conflicts_with("event")),
    mut_arg("input_format", |own| own.conflicts_with("event"))
)]
pub(super) struct RequestsArgs {
    /// Handle of the webhook
    #[arg(value_name = "WEBHOOK", required = true)]
    pub(super) webhook: Option<String>,
    #[command(flatten)]
    pub(super) data: DataArgs,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) selection: SelectionArgs,
    #[command(flatten)]
    pub(super) event: EventArgs,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Send even if the webhook is inactive or its prokey filter does not match
    #[arg(long, help_heading = "Delivery")]
    pub(super) force: bool,
}

/// Arguments that start a run.
#[derive(Debug, Clone, Args)]
pub(super) struct StartArgs {
    #[command(flatten)]
    pub(super) requests: RequestsArgs,
    #[command(flatten)]
    pub(super) speed: SpeedArgs,
    #[command(flatten)]
    pub(super) send: SendArgs,
    #[command(flatten)]
    pub(super) retry: RetryArgs,
    /// Build every request, but send nothing
    #[arg(long, help_heading = "Delivery")]
    pub(super) dry_run: bool,
    /// Do not ask before sending to another machine
    #[arg(short, long, help_heading = "Delivery")]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) failed_to: FailedToArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}
