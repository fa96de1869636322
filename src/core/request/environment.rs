//! Where `${NAME}` is looked up.

use std::borrow::Cow;

use crate::core::model::{Field, Webhook};
use crate::core::secrets::Secret;
use crate::core::template::{self, Segment};

use super::prepare::Destination;

/// Where `${NAME}` is looked up.
pub trait Environment {
    /// The value of a name.
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>>;
    /// Why a name has no value.
    fn unset(&self, _name: &str) -> Unset {
        Unset::Missing
    }
    /// The names that the user's own file sets, for "did you mean".
    fn own_names(&self) -> Vec<&str>;
    /// What the user's own file is called, for the way out.
    fn own_file(&self) -> &str;
}

/// A value from the environment.
#[derive(Debug, Clone)]
pub struct EnvironmentValue<'a> {
    /// The value.
    pub value: Secret,
    /// Where it was set, such as `the environment` or `.env`.
    pub source: Cow<'a, str>,
}

/// Why a name has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// It is not set.
    Missing,
    /// It is set, but its value is not UTF-8.
    NotUtf8,
    /// It is not set, and the request is shown without it.
    Shown,
}

/// The environment of a request that is not sent: a name without a value is shown as not set.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct ShowUnset<'a>(pub &'a dyn Environment);

impl Environment for ShowUnset<'_> {
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>> {
        self.0.get(name)
    }

    fn unset(&self, name: &str) -> Unset {
        match self.0.unset(name) {
            Unset::Missing => Unset::Shown,
            unset => unset,
        }
    }

    fn own_names(&self) -> Vec<&str> {
        self.0.own_names()
    }

    fn own_file(&self) -> &str {
        self.0.own_file()
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
