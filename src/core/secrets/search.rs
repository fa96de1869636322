//! Searches a text for many forms at once.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, Input, MatchKind, Span, packed};

use super::secret::SHORTEST;

/// Searches for forms in one pass for each group of them.
pub(super) struct FormSearch {
    forms: Arc<BTreeSet<Vec<u8>>>,
    groups: Vec<Group>,
}

enum Group {
    Packed(packed::Searcher),
    /// Where the processor has no vector instructions for the other one.
    Automaton(AhoCorasick),
}

impl FormSearch {
    /// The largest number of forms for which a packed searcher is fast.
    const GROUP: usize = 64;

    pub(super) fn new(forms: Arc<BTreeSet<Vec<u8>>>) -> Self {
        let ordered: Vec<&Vec<u8>> = forms.iter().collect();
        let groups = ordered.chunks(Self::GROUP).filter_map(Group::new).collect();
        Self { forms, groups }
    }

    /// Every occurrence of every form; of those that start at the same position, the longest.
    pub(super) fn find(&self, bytes: &[u8], mut found: impl FnMut(Range<usize>)) {
        for group in &self.groups {
            let mut at = 0;
            while let Some(range) = group.find(bytes, at) {
                at = range.start + 1;
                found(range);
            }
        }
    }

    /// The beginnings of forms at the end of a text.
    pub(super) fn find_beginning(&self, bytes: &[u8], mut found: impl FnMut(Range<usize>)) {
        for form in self.forms.iter() {
            let mut lengths = (SHORTEST..form.len()).rev();
            if let Some(length) = lengths.find(|length| bytes.ends_with(&form[..*length])) {
                found(bytes.len() - length..bytes.len());
            }
        }
    }
}

impl Group {
    fn new(forms: &[&Vec<u8>]) -> Option<Self> {
        let mut builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).builder();
        let packed = builder.extend(forms).build();
        packed.map(Self::Packed).or_else(|| Self::automaton(forms))
    }

    fn automaton(forms: &[&Vec<u8>]) -> Option<Self> {
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(forms);
        builder.ok().map(Self::Automaton)
    }

    /// The first occurrence from `at` on.
    fn find(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        let span = Span { start: at, end: bytes.len() };
        let found = match self {
            Self::Packed(searcher) => searcher.find_in(bytes, span),
            Self::Automaton(automaton) => automaton.find(Input::new(bytes).span(span)),
        };
        found.map(|found| found.range())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_forms_are_found_with_and_without_vector_instructions() {
        let forms: Vec<Vec<u8>> = (0..200).map(|number| format!("form{number}").into_bytes()).collect();
        let forms: BTreeSet<Vec<u8>> =
            forms.into_iter().chain([b"xform1y".to_vec(), b"1yz?".to_vec()]).collect();
        let forms = Arc::new(forms);
        let ordered: Vec<&Vec<u8>> = forms.iter().collect();
        let groups = vec![Group::automaton(&ordered).unwrap()];
        let automaton = FormSearch { forms: Arc::clone(&forms), groups };
        for search in [FormSearch::new(Arc::clone(&forms)), automaton] {
            let mut found = Vec::new();
            search.find(b"-xform1yz?-form150form7", |range| found.push(range));
            found.sort_by_key(|range| range.start);
            for expected in [1..8, 6..10, 11..18, 18..23] {
                assert!(found.contains(&expected), "{expected:?} in {found:?}");
            }
            let mut found = Vec::new();
            search.find_beginning(b"-xform1", |range| found.push(range));
            assert!(found.contains(&(1..7)), "{found:?}");
        }
    }
}
