//! What the renderers share: their options, the paths of files, and the choice of what is shown.

use std::collections::BTreeMap;

use crate::core::check::{Checked, Finding};
use crate::core::diagnostic::Level;
use crate::output::style::Style;

#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    pub style: Style,
    /// The columns of the terminal, for text.
    pub width: Option<u16>,
    /// The paths of files, for formats that are read on another machine.
    pub paths: &'a Paths,
}

impl Layout<'_> {
    /// For everything that is not a terminal.
    pub const PLAIN: Self = Self { style: Style::OFF, width: None, paths: &Paths::NONE };
}

/// At most this many items, errors first, in their order; and how many are left out.
pub(super) fn most_important<T>(items: Vec<T>, level: impl Fn(&T) -> Level, most: usize) -> (Vec<T>, usize) {
    let left_out = items.len().saturating_sub(most);
    if left_out == 0 {
        return (items, 0);
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| level(&items[*index]));
    let mut is_kept = vec![false; items.len()];
    order[..most].iter().for_each(|index| is_kept[*index] = true);
    (items.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(item, _)| item).collect(), left_out)
}

/// The paths of files in such reports, by the name of their source.
#[derive(Debug, Clone, Default)]
pub struct Paths(BTreeMap<String, String>);

impl Paths {
    /// None: every file keeps its name.
    pub const NONE: Self = Self(BTreeMap::new());

    pub(super) fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or_else(|| name.trim_start_matches("./"), String::as_str)
    }

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
