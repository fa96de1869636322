//! What the renderers share: options, file paths, fingerprints, and the selection of the most important findings.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};

use crate::core::check::{CheckedFile, Finding};
use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::text::one_line;
use crate::output::style::Style;

#[derive(Debug, Clone, Copy)]
pub struct ReportLayout<'a> {
    pub style: Style,
    /// The columns of the terminal.
    pub width: Option<u16>,
    pub paths: &'a Paths,
}

impl ReportLayout<'_> {
    /// For output that is not a terminal.
    pub const PLAIN: Self = Self { style: Style::OFF, width: None, paths: &Paths::NONE };
}

/// Keeps `most` items, errors first, in their order; also returns how many were left out.
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

/// The paths of files in reports that are read on another machine, by the name of their source. A file without an entry
/// keeps its name.
#[derive(Debug, Clone, Default)]
pub struct Paths(BTreeMap<String, String>);

impl Paths {
    const NONE: Self = Self(BTreeMap::new());

    pub(super) fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or_else(|| name.trim_start_matches("./"), String::as_str)
    }

    pub(super) fn of_finding<'a>(&'a self, file: &'a CheckedFile, finding: &'a Finding) -> &'a str {
        self.of(name(file, finding))
    }
}

impl FromIterator<(String, String)> for Paths {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// The name of the file that a finding is in, which need not be the file that was checked.
pub(super) fn name<'a>(file: &'a CheckedFile, finding: &'a Finding) -> &'a str {
    finding.diagnostic.primary.as_ref().map_or(file.source.name(), |place| place.source.name())
}

/// A message and its helps, each escaped to one line and each help after the separator.
pub(super) fn message_and_helps(finding: &Diagnostic, separator: &str) -> String {
    let helps = finding.helps.iter().flat_map(|help| [separator.into(), one_line(help)]);
    std::iter::once(one_line(&finding.message)).chain(helps).collect()
}

/// A list that is serialised item by item: all items of a large report would take several times the memory of the file.
pub(super) struct Lazy<I>(Cell<Option<I>>);

impl<I> Lazy<I> {
    pub(super) fn new(items: I) -> Self {
        Self(Cell::new(Some(items)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for Lazy<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
}

/// Identifies findings across runs; not by line, which changes with every edit above it.
#[derive(Default)]
pub(super) struct Fingerprints(HashMap<u64, usize>);

impl Fingerprints {
    /// A hash of path, rule and message, and the number of equal findings before it.
    pub(super) fn next(&mut self, path: &str, finding: &Finding) -> String {
        let diagnostic = &finding.diagnostic;
        let hash = fnv([path, diagnostic.code, &diagnostic.message]);
        let before = self.0.entry(hash).or_insert(0);
        *before += 1;
        format!("{hash:016x}{:08x}", *before - 1)
    }
}

/// FNV-1a with 64 bits: the same in every version and on every machine.
fn fnv<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
