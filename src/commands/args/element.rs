//! Options that read the element from the account instead of from DATA.

use clap::{ArgGroup, Args};

use crate::commands::error::{Result, usage};
use crate::core::account::ElementAddress;
use crate::core::definitions::{AccountSettings, Definitions};
use crate::core::model::TriggerElement;

use super::account::ApiArgs;

/// The group of the options that name an element in the account.
pub const ELEMENT_GROUP: &str = "account_element";

#[derive(Debug, Clone, Args)]
#[command(
    group(ArgGroup::new(ELEMENT_GROUP).args(["id", "event"]).multiple(true)),
    mut_arg("account", |own| own.requires(ELEMENT_GROUP)),
    mut_arg("api", |own| own.requires(ELEMENT_GROUP)),
    mut_arg("key_file", |own| own.requires(ELEMENT_GROUP))
)]
pub struct AccountElementArgs {
    /// Read the element with this prokey or id from the account
    ///
    /// Events and groups have a prokey; all other elements have an id. The element is converted to the shape of a delivery.
    #[arg(long, value_name = "ID", help_heading = "Account")]
    pub id: Option<String>,
    /// Read an RSVP answer to this event from the account: the one with `--id`, else the latest
    #[arg(long, value_name = "PROKEY", help_heading = "Account")]
    pub event: Option<String>,
    #[command(flatten)]
    pub api: ApiArgs,
    /// Show each request to the API, without the key
    #[arg(short, long, requires = ELEMENT_GROUP, help_heading = "Account")]
    pub verbose: bool,
}

impl AccountElementArgs {
    pub fn is_given(&self) -> bool {
        self.id.is_some() || self.event.is_some()
    }

    /// The account that the element is read from, if any.
    pub fn settings(&self, definitions: &Definitions) -> Result<Option<AccountSettings>> {
        self.is_given().then(|| self.api.account(definitions)).transpose()
    }

    pub fn address(&self, kind: TriggerElement) -> Result<ElementAddress> {
        ElementAddress::new(kind, self.id.as_deref(), self.event.as_deref()).map_err(usage)
    }
}
