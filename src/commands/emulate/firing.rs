//! Decides which webhooks a change fires, with their requests, and why the others do not fire.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::definitions::Definitions;
use crate::core::diagnostic::Diagnostic;
use crate::core::emulator::{Record, webhook};
use crate::core::json;
use crate::core::model::Webhook;
use crate::core::request::{
    CompiledWebhook, Destination, Element, EmptyEnvironment, Environment, PreparedRequest, exact_mismatches,
    is_this_machine,
};
use crate::core::text::{Source, one_line};
use crate::io::emulator::Change;
use crate::io::listeners::BoundAddresses;
use crate::output::json::{CheckedWebhook, NotFired};

/// Where requests may go.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) destination: Destination,
    pub(super) allow_remote: bool,
    pub(super) allow_missing: bool,
    pub(super) own: BoundAddresses,
}

/// The webhooks of the definitions file, compiled, and where requests go.
pub(super) struct Firing {
    target: Target,
    defined: Vec<DefinedWebhook>,
}

struct DefinedWebhook {
    webhook: Webhook,
    compiled: Result<CompiledWebhook, Vec<NotFired>>,
}

/// A change to fire.
pub(super) struct FiredChange {
    pub(super) element: Element,
    /// In the order in which they fire.
    pub(super) webhooks: Vec<FiredWebhook>,
}

pub(super) struct FiredWebhook {
    pub(super) checked: CheckedWebhook,
    /// None if it does not fire.
    pub(super) request: Option<Box<PreparedRequest>>,
}

impl Firing {
    /// Compiles the webhooks of a file; returns warnings that do not depend on an element.
    pub(super) fn new(
        target: Target,
        definitions: Option<&Definitions>,
        environment: &dyn Environment,
    ) -> (Self, Vec<Diagnostic>) {
        let mut warnings = Vec::new();
        let webhooks = definitions.map_or(&[][..], |definitions| &definitions.webhooks);
        let compile = |webhook: &Webhook| {
            let compiled =
                CompiledWebhook::compile(webhook, environment, &target.destination, target.allow_missing);
            let compiled = compiled.map_err(reasons).map(|(compiled, found)| {
                warnings.extend(found);
                compiled
            });
            DefinedWebhook { webhook: webhook.clone(), compiled }
        };
        let defined = webhooks.iter().map(compile).collect();
        (Self { target, defined }, warnings)
    }

    /// The webhooks of the file that cannot fire, with the reasons.
    pub(super) fn unusable(&self) -> impl Iterator<Item = (&str, &[NotFired])> {
        let unusable = self.defined.iter().filter(|own| own.webhook.active.value);
        unusable.filter_map(|own| {
            Some((own.webhook.handle.value.as_str(), own.compiled.as_ref().err()?.as_slice()))
        })
    }

    /// The webhooks of the file that can fire.
    pub(super) fn compiled(&self) -> impl Iterator<Item = &CompiledWebhook> {
        self.defined.iter().filter_map(|own| own.compiled.as_ref().ok())
    }

    /// Checks every webhook: first those created through the API, by id, then those of the file, in file order.
    pub(super) fn fire(&self, change: &Change) -> Result<FiredChange, Diagnostic> {
        let source = Arc::new(Source::new(change.cause.as_str(), change.element.as_str()));
        let mut element = Element::exact(source)?;
        if let Some(id) = &change.id {
            element = element.with_own_id(&json::quote(id));
        }
        let api_ids: HashSet<u64> = change.webhooks.iter().filter_map(id).collect();
        let of_api = change.webhooks.iter().map(|record| self.of_api(record, change, &element));
        let of_file = self.defined.iter().map(|own| self.of_file(own, change, &element, &api_ids));
        let webhooks = of_api.chain(of_file).collect();
        Ok(FiredChange { element, webhooks })
    }

    fn of_api(&self, record: &Record, change: &Change, element: &Element) -> FiredWebhook {
        let id = id(record).unwrap_or_default();
        let name = record.get("name").and_then(|name| name.as_str()).map(str::to_owned);
        let request = webhook::webhook(record)
            .map_err(|why| vec![NotFired { name: "unknown-value", what: why, help: None }])
            .and_then(|webhook| {
                check_match(&webhook, change, element)?;
                let Target { destination, allow_missing, .. } = &self.target;
                let compiled =
                    CompiledWebhook::compile(&webhook, &EmptyEnvironment, destination, *allow_missing);
                self.request(&compiled.map_err(reasons)?.0, element)
            });
        fired(
            CheckedWebhook { handle: webhook::handle(id), name, api_id: Some(id), reasons: Vec::new() },
            request,
        )
    }

    fn of_file(
        &self,
        own: &DefinedWebhook,
        change: &Change,
        element: &Element,
        api_ids: &HashSet<u64>,
    ) -> FiredWebhook {
        let DefinedWebhook { webhook, compiled } = own;
        // The emulator may represent any of the accounts in the file.
        let same_id = webhook.ids.all.iter().map(|id| id.number.value).find(|id| api_ids.contains(id));
        let request = match same_id {
            Some(id) => {
                let what = format!("`{}` has the same id and is used instead", webhook::handle(id));
                Err(vec![NotFired { name: "same-id", what, help: None }])
            }
            None => check_match(webhook, change, element).and_then(|()| match compiled {
                Ok(compiled) => self.request(compiled, element),
                Err(reasons) => Err(reasons.clone()),
            }),
        };
        let name = webhook.name.as_ref().map(|name| name.value.clone());
        let handle = webhook.handle.value.clone();
        fired(CheckedWebhook { handle, name, api_id: None, reasons: Vec::new() }, request)
    }

    /// The request for an element, or why it must not be sent.
    fn request(
        &self,
        compiled: &CompiledWebhook,
        element: &Element,
    ) -> Result<Box<PreparedRequest>, Vec<NotFired>> {
        let (request, _) = compiled.render(element).map_err(reasons)?;
        if self.target.own.are_reached_by(&request.url) {
            let what = "its URL points to the emulator".to_owned();
            let help = Some("use the URL of your receiver, or `--to URL`".to_owned());
            return Err(vec![NotFired { name: "own-address", what, help }]);
        }
        if !self.target.allow_remote && !is_this_machine(&request.url) {
            let what = format!("{} is not on this machine", one_line(&request.shown_url));
            let help = Some(
                "use `--to URL` to send to a receiver here, or `--allow-remote` to send there".to_owned(),
            );
            return Err(vec![NotFired { name: "remote", what, help }]);
        }
        Ok(Box::new(request))
    }
}

fn check_match(webhook: &Webhook, change: &Change, element: &Element) -> Result<(), Vec<NotFired>> {
    let mismatches = exact_mismatches(webhook, change.trigger, change.kind, element);
    if mismatches.is_empty() {
        return Ok(());
    }
    let reason = |own: &crate::core::request::Mismatch| NotFired {
        name: own.code(),
        what: own.to_string(),
        help: None,
    };
    Err(mismatches.iter().map(reason).collect())
}

fn fired(checked: CheckedWebhook, request: Result<Box<PreparedRequest>, Vec<NotFired>>) -> FiredWebhook {
    match request {
        Ok(request) => FiredWebhook { checked, request: Some(request) },
        Err(reasons) => FiredWebhook { checked: CheckedWebhook { reasons, ..checked }, request: None },
    }
}

fn id(record: &Record) -> Option<u64> {
    record.get("id").and_then(serde_json::Value::as_u64)
}

fn reasons(findings: Vec<Diagnostic>) -> Vec<NotFired> {
    let reason =
        |own: Diagnostic| NotFired { name: own.code, what: own.message, help: own.helps.into_iter().next() };
    findings.into_iter().map(reason).collect()
}
