//! `hooks account`

use clap::Args;

use crate::core::account::AccountFailure;
use crate::output::json::{self, AccountStatus};
use crate::output::text;

use super::api::{self, ApiAccess};
use super::args::{AccountArgs, FormatArgs};
use super::context::Context;
use super::error::{Error, Result};
use super::exit::Exit;

/// Show which API key is used and whether it can read the account
///
/// Prints the base URL of the API, where the key came from, its last four characters, and the number of webhooks in the
/// account. Whether the key may also write is unknown until the first push.
#[derive(Debug, Clone, Args)]
pub struct AccountCommandArgs {
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub fn run(args: &AccountCommandArgs, cx: &mut Context) -> Result {
    let account = api::account(cx, args.account.api().0)?;
    let environment = api::environment(cx, &args.account.environment)?;
    let access = ApiAccess::new(cx, &args.account, &account, &environment)?;
    let listed = access.run(cx, async |client| client.list().await)?;
    let webhooks: std::result::Result<usize, AccountFailure> = listed.map(|entries| entries.len());
    let api = access.api.to_string();
    let status = AccountStatus {
        account: &access.account,
        api: &api,
        key_source: &access.key_source,
        last_four: access.last_four(),
        webhooks: webhooks.as_ref().copied(),
    };
    if args.format.is_json() {
        cx.printer.data(&json::account_json(&status));
    } else {
        cx.printer.data(&text::account_text(&status));
    }
    webhooks.map(|_| Exit::Success).map_err(Error::from)
}
