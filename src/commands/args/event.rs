//! Options of `hooks backfill` that send the RSVP answers of an event.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::core::account::{AnswerFilter, Since, is_path_step};
use crate::core::model::Reply;

use super::account::ApiArgs;

/// The id of DATA. Options that require `--event` must conflict with it too: clap does not enforce the requirement if `--event`
/// conflicts with a given argument.
const DATA: &str = "data";

#[derive(Debug, Clone, Args)]
#[command(
    mut_arg("account", |own| own.requires("event").conflicts_with(DATA)),
    mut_arg("api", |own| own.requires("event").conflicts_with(DATA)),
    mut_arg("key_file", |own| own.requires("event").conflicts_with(DATA))
)]
pub struct EventArgs {
    /// Send the account's RSVP answers to this event instead of DATA
    ///
    /// The answers are read page by page with the API key, and sent as the platform delivers them. `--skip`, `--limit` and
    /// `--shard` count from the oldest.
    #[arg(long, value_name = "PROKEY", value_parser = prokey, help_heading = "Account")]
    pub event: Option<String>,
    /// Send only answers with this status (repeatable)
    #[arg(long, value_name = "STATUS", value_parser = replies(), ignore_case = true, value_delimiter = ',', requires = "event", conflicts_with = DATA, help_heading = "Account")]
    status: Vec<Reply>,
    /// Send only answers created since TIME, e.g. `2026-03-01` (UTC) or `7d`
    #[arg(long, value_name = "TIME", requires = "event", conflicts_with = DATA, help_heading = "Account")]
    pub since: Option<Since>,
    #[command(flatten)]
    pub api: ApiArgs,
    /// Show each request to the API, without the key
    #[arg(short, long, requires = "event", conflicts_with = DATA, help_heading = "Account")]
    pub verbose: bool,
}

impl EventArgs {
    /// `now` is in milliseconds since 1970.
    pub fn filter(&self, now: i64) -> AnswerFilter {
        AnswerFilter { replies: self.status.clone(), since: self.since.map(|since| since.at(now)) }
    }
}

fn replies() -> impl TypedValueParser<Value = Reply> {
    let names = PossibleValuesParser::new(Reply::ALL.map(Reply::as_str));
    names.try_map(|name| Reply::parse(&name).ok_or("unknown status"))
}

fn prokey(text: &str) -> Result<String, String> {
    if is_path_step(text) {
        return Ok(text.to_owned());
    }
    Err("expected the prokey of an event, e.g. `c6510c06-a277-4e1c-9baf-deec9c5507c7`".to_owned())
}
