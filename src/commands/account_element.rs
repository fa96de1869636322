//! The element that a command uses: DATA, the built-in sample, or an element in the account.

use std::sync::Arc;

use clap::Args;

use crate::core::account::{AccountElement, ElementAddress};
use crate::core::definitions::Definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::json;
use crate::core::model::{Trigger, TriggerElement, Webhook};
use crate::core::request::{Destination, Element, environment_names};
use crate::core::text::Source;
use crate::io::env::Environment;

use super::api::{self, ApiAccess};
use super::args::{
    AccountElementArgs, ApiConnection, ConnectionArgs, DataArgs, ELEMENT_GROUP, EnvironmentArgs,
};
use super::context::Context;
use super::error::Result;
use super::learned_fields;

/// The webhook and the element of `preview` and `fire`.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("data", |own| own.conflicts_with(ELEMENT_GROUP)))]
pub(super) struct WebhookElementArgs {
    /// Handle of the webhook
    #[arg(value_name = "WEBHOOK")]
    webhook: Option<String>,
    #[command(flatten)]
    pub(super) data: DataArgs,
    #[command(flatten)]
    account: AccountElementArgs,
    #[command(flatten)]
    environment: EnvironmentArgs,
}

pub(super) struct WebhookElement<'d> {
    pub(super) webhook: &'d Webhook,
    /// Whether it was picked in a prompt.
    pub(super) is_picked: bool,
    pub(super) element: Element,
    /// The arguments, with the file that was picked.
    pub(super) data: DataArgs,
    pub(super) environment: Environment,
}

impl WebhookElementArgs {
    /// Finds the webhook, or prompts for it and its element; then reads the environment and the element.
    pub(super) fn read<'d>(
        &self,
        cx: &mut Context,
        definitions: &'d Definitions,
        destination: &Destination,
        connection: ApiConnection,
    ) -> Result<WebhookElement<'d>> {
        let (webhook, is_picked) = cx.webhook(definitions, self.webhook.as_deref())?;
        let settings = self.account.settings(definitions)?;
        let access = settings.iter().flat_map(|own| [api::key_name(own), api::API].map(str::to_owned));
        let names: Vec<String> = environment_names(webhook, destination).into_iter().chain(access).collect();
        let environment = cx.environment(definitions, &self.environment, &names)?;
        let (data, element) = match &settings {
            None => {
                let (kind, trigger) = (webhook.trigger_element.value, webhook.trigger.value);
                self.data.pick_element(cx, is_picked, kind, trigger)?
            }
            Some(settings) => {
                let connection = ApiConnection { is_verbose: self.account.verbose, ..connection };
                let access = ApiAccess::open(cx, &self.account.api, connection, settings, &environment)?;
                (self.data.clone(), self.read_from_account(cx, webhook, &access)?)
            }
        };
        Ok(WebhookElement { webhook, is_picked, element, data, environment })
    }

    /// The element that `--id` and `--event` name, with `--set` applied.
    fn read_from_account(&self, cx: &mut Context, webhook: &Webhook, access: &ApiAccess) -> Result<Element> {
        let kind = webhook.trigger_element.value;
        let address = self.account.address(kind)?;
        let learned = learned_fields::known(cx)?;
        let read = read_from(cx, access, &address, webhook.trigger.value)?;
        learned_fields::report(cx, &read, &learned);
        let mut element = as_data(&read)?.with_learned(learned);
        self.data.change(&mut element, kind)?;
        self.data.hint_types(cx, kind);
        Ok(element)
    }
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
