//! Where `${NAME}` is looked up.

use std::borrow::Cow;

use crate::core::text::Secret;

/// Where `${NAME}` is looked up.
pub trait Environment {
    /// The value of a name.
    fn get(&self, name: &str) -> Option<EnvironmentValue<'_>>;
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
