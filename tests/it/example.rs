//! Every webhook in `webhooks.example.toml` can be sent unchanged.

use std::collections::BTreeSet;
use std::sync::Arc;

use hooks::core::definitions::{self, Definitions};
use hooks::core::model::{Trigger, Webhook};
use hooks::core::request::{
    Destination, Element, Environment, EnvironmentValue, PreparedRequest, Rendering, prepare,
};
use hooks::core::secrets::Secret;
use hooks::core::text::Source;

const TEXT: &str = include_str!("../../webhooks.example.toml");

/// The environment variables of a newcomer.
pub(crate) struct Set(pub(crate) &'static [(&'static str, &'static str)]);

const NOTHING: Set = Set(&[]);
const BOTH: Set = Set(&[("CMS_TOKEN", "t0ken"), ("CMS_HOST", "cms.example.com")]);

impl Environment for Set {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        let (_, value) = self.0.iter().find(|(own, _)| *own == name)?;
        Some(EnvironmentValue { value: Secret::new(*value), source: "the environment".into() })
    }

    fn own_names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn own_file(&self) -> &'static str {
        ".env"
    }
}

pub(crate) fn example() -> Definitions {
    let (definitions, findings) = definitions::read(&Arc::new(Source::new("webhooks.example.toml", TEXT)));
    assert!(findings.is_empty(), "{findings:#?}");
    definitions
}

fn prepared(webhook: &Webhook, environment: &Set) -> PreparedRequest {
    let element = Element::sample(webhook.trigger_element.value, webhook.trigger.value);
    let with = Rendering {
        element: &element,
        environment,
        allow_missing: false,
        destination: &Destination::Defined,
    };
    let (request, warnings) = prepare(webhook, with).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert!(warnings.is_empty(), "{warnings:#?}");
    request
}

/// The request of a webhook for the sample with these changes.
pub(crate) fn prepared_with(
    webhook: &Webhook,
    environment: &Set,
    change: impl FnOnce(&mut serde_json::Value),
) -> PreparedRequest {
    let sample = Element::sample(webhook.trigger_element.value, webhook.trigger.value);
    let mut element: serde_json::Value = serde_json::from_str(sample.root().raw()).unwrap();
    change(&mut element);
    let (element, _) = Element::parse(Arc::new(Source::new("element", element.to_string()))).unwrap();
    let with = Rendering {
        element: &element,
        environment,
        allow_missing: false,
        destination: &Destination::Defined,
    };
    prepare(webhook, with).unwrap_or_else(|errors| panic!("{errors:#?}")).0
}

fn body(handle: &str) -> serde_json::Value {
    serde_json::from_slice(&prepared(example().get(handle).unwrap(), &BOTH).body).unwrap()
}

#[test]
fn every_webhook_renders_with_its_sample_without_a_finding() {
    let definitions = example();
    assert!(definitions.webhooks.len() >= 7);
    for webhook in &definitions.webhooks {
        let request = prepared(webhook, &BOTH);
        assert!(request.url.host_str().unwrap().ends_with(".example.com"), "{}", request.url);
    }
}

#[test]
fn the_first_webhooks_need_nothing_from_the_environment() {
    let definitions = example();
    let handles: Vec<_> =
        definitions.webhooks.iter().take(2).map(|webhook| webhook.handle.value.as_str()).collect();
    assert_eq!(handles, ["rsvp-to-cms", "event-to-analytics"]);
    for webhook in &definitions.webhooks[..2] {
        prepared(webhook, &NOTHING);
    }
}

#[test]
fn requests_match_the_comments_of_the_example() {
    let rsvp = body("rsvp-to-cms");
    assert_eq!(rsvp["seats"], 2);
    assert_eq!(rsvp["note"], "2 seat(s), confirmed");
    assert_eq!(rsvp["first-name"], "Jane");
    assert_eq!(rsvp["user-email"], rsvp["element_data"]["email"]);

    let event = body("event-to-analytics");
    assert_eq!(event["takes-answers"], true);
    assert_eq!(event["title"], event["element_data"]["dates"][0]["name"]);

    assert!(body("event-changes-to-cms")["changed"].is_string());
    assert_eq!(body("event-removed")["remove"], event["element_data"]["prokey"]);
    assert!(body("style-to-chat")["text"].as_str().unwrap().ends_with("and ${size} stays as it is"));
    assert!(body("sign-up-form-to-crm")["fields"].is_array());
}

#[test]
fn the_example_shows_every_feature() {
    let definitions = example();
    let any = |test: &dyn Fn(&Webhook) -> bool| definitions.webhooks.iter().any(test);
    assert!(any(&|webhook| !webhook.active.value));
    assert!(any(&|webhook| webhook.prokey_filter.is_some()));
    assert!(any(&|webhook| !webhook.ids.all.is_empty()));
    assert!(any(&|webhook| !webhook.header.is_empty()));
    let triggers: BTreeSet<Trigger> =
        definitions.webhooks.iter().map(|webhook| webhook.trigger.value).collect();
    assert_eq!(triggers.len(), Trigger::ALL.len());
}
