//! Which kind of element an object looks like.

use std::collections::BTreeSet;

use crate::core::catalog;
use crate::core::json::Value;
use crate::core::model::TriggerElement;

/// The kinds that an element's own fields fit best: more than one where they fit several as well, none
/// where it has no field that any of them has.
pub(super) fn likely_kinds(element: Value<'_>) -> Vec<TriggerElement> {
    const MOST: usize = 1000;
    let own: BTreeSet<String> = element.members().take(MOST).map(|(key, _)| key.into_owned()).collect();
    let scores = TriggerElement::ALL.map(|kind| (score(&own, kind), kind));
    let best = scores.iter().map(|(score, _)| *score).max().unwrap_or_default();
    scores.into_iter().filter(|(score, _)| best > 0 && *score == best).map(|(_, kind)| kind).collect()
}

/// How many of all the names are those of both, in thousandths.
fn score(own: &BTreeSet<String>, kind: TriggerElement) -> usize {
    let known: BTreeSet<&str> = catalog::variables(kind)
        .iter()
        .map(|variable| variable.name)
        .filter(|name| !name.contains('.'))
        .collect();
    let both = own.iter().filter(|name| known.contains(name.as_str())).count();
    both * 1000 / (own.len() + known.len() - both).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::json;

    fn likely(text: &str) -> Vec<TriggerElement> {
        likely_kinds(json::check(text).unwrap().root(text))
    }

    #[test]
    fn every_sample_looks_like_its_own_kind_alone() {
        for kind in TriggerElement::ALL {
            assert_eq!(likely(catalog::sample(kind)), [kind]);
        }
    }

    #[test]
    fn what_shares_no_field_looks_like_nothing() {
        assert_eq!(likely("{}"), []);
        assert_eq!(likely(r#"{"hello": 1}"#), []);
    }
}
