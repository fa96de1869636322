//! Which kind of element an object looks like.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::core::catalog;
use crate::core::json::Value;
use crate::core::model::TriggerElement;

/// The kinds that an element's own fields fit best: more than one where they fit several as well, none
/// where it has no field that any of them has.
pub(super) fn likely_kinds(element: Value<'_>) -> Vec<TriggerElement> {
    const MOST: usize = 1000;
    let own: BTreeSet<Cow<'_, str>> = element.members().take(MOST).map(|(key, _)| key).collect();
    let scores: Vec<_> = OWN_FIELDS.iter().map(|(kind, known)| (score(&own, known), *kind)).collect();
    let best = scores.iter().map(|(score, _)| *score).max().unwrap_or_default();
    scores.into_iter().filter(|(score, _)| best > 0 && *score == best).map(|(_, kind)| kind).collect()
}

/// The names of each kind's own fields, in order.
static OWN_FIELDS: LazyLock<Vec<(TriggerElement, Vec<&str>)>> = LazyLock::new(|| {
    let names = |kind: TriggerElement| {
        let names = catalog::variables(kind).iter().map(|variable| variable.name);
        let mut names: Vec<&str> = names.filter(|name| !name.contains('.')).collect();
        names.sort_unstable();
        names.dedup();
        (kind, names)
    };
    TriggerElement::ALL.into_iter().map(names).collect()
});

/// How many of all the names are those of both, in thousandths.
fn score(own: &BTreeSet<Cow<'_, str>>, known: &[&str]) -> usize {
    let both = own.iter().filter(|name| known.binary_search(&name.as_ref()).is_ok()).count();
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
