//! `hooks check` and `hooks schema`.

mod command;
mod formats;
mod hostile;
mod performance;
mod rules;
mod schema;

use std::sync::Arc;

use hooks::core::check::{Asked, Checked, Verdict, check};
use hooks::core::request::{Environment, EnvironmentValue};
use hooks::core::text::{Secret, Source};

/// An environment in which `CMS_TOKEN` is set and nothing else.
struct Token;

impl Environment for Token {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        let value =
            || EnvironmentValue { value: Secret::new("of-the-cms"), source: "the environment".into() };
        (name == "CMS_TOKEN").then(value)
    }

    fn own_names(&self) -> Vec<&str> {
        vec!["CMS_TOKEN"]
    }

    fn own_file(&self) -> &'static str {
        ".env"
    }
}

/// A text, checked as `webhooks.toml`.
fn checked(text: &str) -> Checked {
    check(&Arc::new(Source::new("webhooks.toml", text)), &Asked::default().within(Some(&Token)))
}

fn verdict(text: &str) -> Verdict {
    Verdict { files: vec![checked(text)] }
}

/// The codes that are found, in order.
fn codes(text: &str) -> Vec<&'static str> {
    checked(text).findings.iter().map(|finding| finding.diagnostic.code).collect()
}
