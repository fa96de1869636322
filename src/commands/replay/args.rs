//! The options of `hooks replay`.

use clap::Args;

use crate::commands::args::{EnvironmentArgs, FormatArgs, RetryArgs, SendArgs};
use crate::commands::history::WhichArgs;
use crate::commands::received::RecordId;

/// Repeat recorded deliveries, or send received requests to a URL
///
/// The request is rendered again from the recorded element with the current definition and environment. A delivery that
/// went to another URL with `--to` goes to that URL again. The request of a webhook that was created through the API of
/// `hooks emulate` is sent as recorded.
///
/// A request that `hooks listen` received (e.g. `r12`) is sent unchanged to the URL of `--to`: method, headers and body.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// Deliveries, e.g. `12`, or received requests, e.g. `r12`
    #[arg(value_name = "ID", required_unless_present = "failed", conflicts_with_all = ["webhook", "since", "all"])]
    pub(super) ids: Vec<RecordId>,
    /// Replay all deliveries that failed or were not sent
    ///
    /// Skips deliveries that have been replayed since, and those in doubt.
    #[arg(long, conflicts_with = "ids", help_heading = "Filter")]
    pub(super) failed: bool,
    #[command(flatten)]
    pub(super) which: WhichArgs,
    /// Send an empty string for a variable that the element does not have
    #[arg(long, help_heading = "Element")]
    pub(super) allow_missing: bool,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Send the recorded body, byte for byte
    #[arg(long, conflicts_with = "allow_missing", help_heading = "Delivery")]
    pub(super) as_sent: bool,
    #[command(flatten)]
    pub(super) send: SendArgs,
    #[command(flatten)]
    pub(super) retry: RetryArgs,
    /// Send anyway
    ///
    /// Needed if the webhook would not fire now, if the delivery went to `--echo`, or to send a received request without its
    /// masked headers.
    #[arg(long, help_heading = "Delivery")]
    pub(super) force: bool,
    /// List the requests and their URLs, but send nothing
    #[arg(long, help_heading = "Delivery")]
    pub(super) dry_run: bool,
    /// Do not ask before sending to another machine
    #[arg(short, long, help_heading = "Delivery")]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}
