//! Where `${NAME}` is looked up.

use std::borrow::Cow;

use crate::core::model::{Field, FieldValue, Webhook};
use crate::core::secrets::Secret;
use crate::core::template;
use crate::core::text::Spanned;

use super::target::Destination;

/// Where `${NAME}` is looked up.
pub trait Environment {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>>;
    /// Why a name has no value.
    fn unset(&self, _name: &str) -> Unset {
        Unset::Missing
    }
    /// The names in the `.env` file, for suggestions.
    fn own_names(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The name of the `.env` file, for advice.
    fn own_file(&self) -> &str;
}

#[derive(Debug, Clone)]
pub struct EnvironmentValue<'a> {
    pub value: Secret,
    /// Where it was set, such as `the environment` or `.env`.
    pub source: Cow<'a, str>,
}

/// Why a name has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// It is not set: an error.
    Missing,
    /// Its value is not UTF-8: an error.
    NotUtf8,
    /// It is not set, in a request that is only shown: a warning.
    Shown,
    /// It is not set, in a request that is only compared.
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

/// The environment of a request that is not sent: values may be missing.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it contains secrets")]
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

/// The environment variables that the request of a webhook contains.
pub fn environment_names(webhook: &Webhook, destination: &Destination) -> Vec<String> {
    let url = &webhook.payload_url.value;
    let url_names = template::parse(url).map(|template| {
        let replaced = destination.replaced_part(url, &template);
        let is_needed = |name: &&Spanned<String>| !replaced.contains(&name.span.start);
        template.environment_names().filter(is_needed).map(|name| name.value.clone()).collect()
    });
    let mut names: Vec<String> = url_names.unwrap_or_default();
    for Field { value, .. } in webhook.header.iter().chain(&webhook.body) {
        match &value.value {
            FieldValue::Text(text) => {
                if let Ok(template) = template::parse(text) {
                    names.extend(template.environment_names().map(|name| name.value.clone()));
                }
            }
            FieldValue::Json(json) => names.extend(template::reference(json)),
        }
    }
    names
}
