//! The paths in reports that are read on another machine.

use std::collections::BTreeMap;

use crate::core::check::{Checked, Finding};

/// The paths of files in such reports, by the name of their source.
#[derive(Debug, Clone, Default)]
pub struct Paths(BTreeMap<String, String>);

impl Paths {
    /// None: every file keeps its name.
    pub const NONE: Self = Self(BTreeMap::new());

    /// The path of a file.
    pub(super) fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or_else(|| name.trim_start_matches("./"), String::as_str)
    }

    /// The path of the file that a finding is in.
    pub(super) fn of_finding<'a>(&'a self, file: &'a Checked, finding: &'a Finding) -> &'a str {
        self.of(name(file, finding))
    }
}

impl FromIterator<(String, String)> for Paths {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// The name of the file that a finding is in, which need not be the file that was checked.
pub(super) fn name<'a>(file: &'a Checked, finding: &'a Finding) -> &'a str {
    finding.diagnostic.primary.as_ref().map_or(file.source.name(), |place| place.source.name())
}
