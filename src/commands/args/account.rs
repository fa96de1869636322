//! The options of commands that use the account's API.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::commands::error::{Error, Result};
use crate::core::account::ApiUrl;
use crate::core::definitions::{AccountSettings, Definitions};
use crate::io::http::{Options, SetupError};

use super::EnvironmentArgs;
use super::send::{SendArgs, read_certificates, setup_error};
use super::time::limit;

#[derive(Debug, Clone, Args)]
pub struct ApiArgs {
    /// Use this account from the definitions file [default: `default`]
    ///
    /// A table `[accounts.NAME]` in the definitions file declares an account with its `api` and `key`. A webhook can have a different
    /// `id` in each account, e.g. `id = { production = 67, test = 12 }`; `id = 67` belongs to the account `default`.
    #[arg(long, value_name = "NAME", help_heading = "Account")]
    account: Option<String>,
    /// Use this API base URL [default: `HOOKS_API`, or the platform's own]
    ///
    /// The URL ends in `/v1`. Its scheme is `https`, or `http` for this machine. Redirects are not followed.
    #[arg(long, value_name = "URL", value_parser = ApiUrl::parse, help_heading = "Account")]
    pub api: Option<ApiUrl>,
    /// Read the API key from FILE instead of `HOOKS_API_KEY`; `-` for standard input
    ///
    /// Without this option, the key is the value of `HOOKS_API_KEY` in the environment or in `.env`.
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    pub key_file: Option<PathBuf>,
}

/// For commands whose other options do not include these.
#[derive(Debug, Clone, Args)]
pub struct ConnectionArgs {
    /// Limit the time per request, e.g. `30`, `1.5s`, `500ms`; 0 for no limit
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "30s", help_heading = "Account")]
    timeout: Duration,
    /// Also trust the certificates in this PEM file (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    cacert: Vec<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct AccountArgs {
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
    /// Show each request to the API, without the key
    #[arg(short, long, help_heading = "Account")]
    verbose: bool,
    #[command(flatten)]
    pub environment: EnvironmentArgs,
}

#[derive(Debug, Clone)]
pub struct ApiConnection {
    /// Per request.
    pub timeout: Duration,
    /// Files of additional certificates to trust.
    pub cacert: Vec<PathBuf>,
    pub is_verbose: bool,
}

impl ApiArgs {
    pub fn account(&self, definitions: &Definitions) -> Result<AccountSettings> {
        Ok(definitions.account(self.account.as_deref())?)
    }

    pub fn names_account(&self) -> bool {
        self.account.is_some()
    }
}

impl AccountArgs {
    pub fn api(&self) -> (&ApiArgs, ApiConnection) {
        (&self.api, ApiConnection { is_verbose: self.verbose, ..ApiConnection::from(&self.connection) })
    }
}

impl From<&ConnectionArgs> for ApiConnection {
    fn from(typed: &ConnectionArgs) -> Self {
        Self { timeout: typed.timeout, cacert: typed.cacert.clone(), is_verbose: false }
    }
}

impl ApiConnection {
    /// For a command with options for its own requests: with the same time limit, and always with certificate verification.
    pub fn of(send: &SendArgs, is_verbose: bool) -> Self {
        Self { timeout: send.timeout, cacert: send.cacert().to_vec(), is_verbose }
    }

    pub fn options(&self) -> Result<Options> {
        let ca_certificates = read_certificates(&self.cacert)?;
        Ok(Options { timeout: self.timeout, ca_certificates, ..Options::default() })
    }

    pub fn setup_error(&self, error: SetupError) -> Error {
        setup_error(error, &self.cacert)
    }
}
