//! Where `${NAME}` is looked up.

use std::borrow::Cow;

use crate::core::model::{Field, Webhook};
use crate::core::secrets::Secret;
use crate::core::template::{self, Segment};

use super::target::Destination;

/// Where `${NAME}` is looked up.
pub trait Environment {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>>;
    /// Why a name has no value.
    fn unset(&self, _name: &str) -> Unset {
        Unset::Missing
    }
    /// The names that the user's own file sets, for "did you mean".
    fn own_names(&self) -> Vec<&str> {
        Vec::new()
    }
    /// What the user's own file is called, for the way out.
    fn own_file(&self) -> &str;
}

#[derive(Debug, Clone)]
pub struct EnvironmentValue<'a> {
    pub value: Secret,
    /// Where it was set, such as `the environment` or `.env`.
    pub source: Cow<'a, str>,
}

/// Why a name has no value, and whether that is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// It is not set.
    Missing,
    /// It is set, but its value is not UTF-8.
    NotUtf8,
    /// It is not set: a warning, since the request is only shown.
    Shown,
    /// It is not set, which does not matter, since the request is only compared with others.
    Ignored,
}

#[derive(Debug, Clone, Copy)]
pub struct EmptyEnvironment;

impl Environment for EmptyEnvironment {
    fn get(&self, _: &str) -> Option<EnvironmentValue<'_>> {
        None
    }

    fn own_file(&self) -> &'static str {
        ".env"
    }
}

/// The environment of a request that is not sent: it may lack values.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct PermissiveEnvironment<'a> {
    environment: &'a dyn Environment,
    unset: Unset,
}

impl<'a> PermissiveEnvironment<'a> {
    /// For a request that is shown: a missing value is a warning.
    pub fn for_display(environment: &'a dyn Environment) -> Self {
        Self { environment, unset: Unset::Shown }
    }

    /// For a request that others are compared with: a missing value matches any text.
    pub fn for_comparison(environment: &'a dyn Environment) -> Self {
        Self { environment, unset: Unset::Ignored }
    }
}

impl Environment for PermissiveEnvironment<'_> {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        self.environment.get(name)
    }

    fn unset(&self, name: &str) -> Unset {
        match (self.environment.unset(name), self.unset) {
            (Unset::NotUtf8, Unset::Shown) => Unset::NotUtf8,
            (_, unset) => unset,
        }
    }

    fn own_names(&self) -> Vec<&str> {
        self.environment.own_names()
    }

    fn own_file(&self) -> &str {
        self.environment.own_file()
    }
}

/// The names of the environment that the request of a webhook contains.
pub fn environment_names(webhook: &Webhook, destination: &Destination) -> Vec<String> {
    let url = (!matches!(destination, Destination::Elsewhere(_))).then_some(&webhook.payload_url);
    let fields = webhook.header.iter().chain(&webhook.body);
    let values = url.into_iter().chain(fields.map(|Field { value, .. }| value));
    let segments = values.filter_map(|value| template::parse(&value.value).ok()).flat_map(|own| own.segments);
    let names = segments.filter_map(|segment| match segment {
        Segment::Environment(name) => Some(name.value),
        _ => None,
    });
    names.collect()
}
