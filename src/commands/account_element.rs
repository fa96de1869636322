//! The element that a command uses: DATA, the built-in sample, or an element in the account.

use std::sync::Arc;

use crate::core::account::{AccountElement, ElementAddress};
use crate::core::definitions::AccountSettings;
use crate::core::diagnostic::Diagnostic;
use crate::core::json;
use crate::core::model::{Trigger, TriggerElement};
use crate::core::request::Element;
use crate::core::text::Source;
use crate::io::env::Environment;

use super::api::{self, ApiAccess};
use super::args::{AccountElementArgs, ApiConnection, ConnectionArgs, DataArgs, EnvironmentArgs};
use super::context::Context;
use super::error::Result;
use super::learned_fields;

/// The options that select an element.
pub(super) struct ElementOptions<'a> {
    pub(super) data: &'a DataArgs,
    pub(super) account: &'a AccountElementArgs,
    /// None if the element is not in the account.
    pub(super) settings: Option<&'a AccountSettings>,
    pub(super) connection: ApiConnection,
    pub(super) environment: &'a Environment,
}

impl ElementOptions<'_> {
    /// The element, with `--set` applied, and the arguments with the file that was used. With `is_asked`, prompts for a file if no
    /// element is named.
    pub(super) fn element(
        &self,
        cx: &mut Context,
        is_asked: bool,
        kind: TriggerElement,
        trigger: Trigger,
    ) -> Result<(DataArgs, Element)> {
        let Some(settings) = self.settings else {
            return self.data.pick_element(cx, is_asked, kind, trigger);
        };
        let address = self.account.address(kind)?;
        let connection = ApiConnection { is_verbose: self.account.verbose, ..self.connection.clone() };
        let access = ApiAccess::open(cx, &self.account.api, connection, settings, self.environment)?;
        let learned = learned_fields::known(cx)?;
        let read = read_from(cx, &access, &address, trigger)?;
        learned_fields::report(cx, &read, &learned);
        let mut element = as_data(&read)?.with_learned(learned);
        self.data.change(&mut element, kind)?;
        self.data.hint_types(cx, kind);
        Ok((self.data.clone(), element))
    }
}

/// The environment variables with the key and the API of an account.
pub(super) fn names(settings: Option<&AccountSettings>) -> impl Iterator<Item = String> {
    let names = settings.map(|settings| [api::key_name(settings), api::API].map(str::to_owned));
    names.into_iter().flatten()
}

/// Reads the element that `--id` and `--event` name, for a command that needs no definitions. Adds unknown fields to
/// `webhooks.fields.json` beside the definitions.
pub(super) fn read(
    cx: &mut Context,
    args: &AccountElementArgs,
    connection: &ConnectionArgs,
    environment: &EnvironmentArgs,
    kind: TriggerElement,
    trigger: Trigger,
) -> Result<AccountElement> {
    let address = args.address(kind)?;
    let connection = ApiConnection { is_verbose: args.verbose, ..connection.into() };
    let settings = api::account(cx, &args.api)?;
    let environment = api::environment(cx, environment)?;
    let access = ApiAccess::open(cx, &args.api, connection, &settings, &environment)?;
    let learned = learned_fields::known(cx)?;
    let read = read_from(cx, &access, &address, trigger)?;
    learned_fields::learn(cx, &read, &learned)?;
    Ok(read)
}

fn read_from(
    cx: &mut Context,
    access: &ApiAccess,
    address: &ElementAddress,
    trigger: Trigger,
) -> Result<AccountElement> {
    let read = access.run(cx, async |client| client.element(address, trigger).await)??;
    let element = read.ok_or_else(|| not_found(address))?;
    cx.printer.status(&format!("using {}, converted to the shape of a delivery", element.name));
    Ok(element)
}

/// An element from the account as the data of a request.
pub(super) fn as_data(read: &AccountElement) -> std::result::Result<Element, Diagnostic> {
    let element = Element::exact(Arc::new(Source::new(read.name.as_str(), read.delivered.to_string())))?;
    Ok(match &read.own_id {
        Some(id) => element.with_own_id(&json::quote(id)),
        None => element,
    })
}

fn not_found(address: &ElementAddress) -> Diagnostic {
    const ACCOUNT: &str = "check the prokey or id; run `hooks account` to see which account is used";
    let (message, help) = match address {
        ElementAddress::Entry { kind, id } => (format!("the account has no {kind} `{id}`"), ACCOUNT),
        ElementAddress::Answer { event, id: Some(id) } => (
            format!("the event `{event}` has no RSVP answer `{id}`"),
            "omit `--id` to use the latest answer to the event",
        ),
        ElementAddress::Answer { event, id: None } => (
            format!("the account has no RSVP answers to the event `{event}`"),
            "check the prokey, which is a UUID; run `hooks account` to see which account is used",
        ),
    };
    Diagnostic::error("element-not-found", message).help(help)
}
