//! Which kind of element an object looks like.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::core::catalog;
use crate::core::json::Value;
use crate::core::model::TriggerElement;

/// The kinds that an element's own fields fit best: more than one where they fit several as well, none
/// where it has no field that any of them has.
pub(super) fn likely_kinds(element: Value<'_>) -> Vec<TriggerElement> {
    const MOST: usize = 1000;
    let mut own: Vec<Cow<'_, str>> = element.members().take(MOST).map(|(key, _)| key).collect();
    own.sort_unstable();
    own.dedup();
    let mut both = [0; TriggerElement::ALL.len()];
    for name in &own {
        for kind in FIELDS.of.get(name.as_ref()).into_iter().flatten() {
            both[*kind] += 1;
        }
    }
    let scores = std::array::from_fn(|kind| score(both[kind], own.len(), FIELDS.number[kind]));
    let scores: [usize; TriggerElement::ALL.len()] = scores;
    let best = scores.iter().copied().max().unwrap_or_default();
    let fits_best = |(score, _): &(usize, TriggerElement)| best > 0 && *score == best;
    scores.into_iter().zip(TriggerElement::ALL).filter(fits_best).map(|(_, kind)| kind).collect()
}

/// The own fields of all kinds.
struct Fields {
    /// The kinds that have a field of this name, as places in the list of all kinds.
    of: HashMap<&'static str, Vec<usize>>,
    /// How many each kind has.
    number: [usize; TriggerElement::ALL.len()],
}

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let mut fields = Fields { of: HashMap::new(), number: [0; TriggerElement::ALL.len()] };
    for (place, kind) in TriggerElement::ALL.into_iter().enumerate() {
        let names = catalog::variables(kind).iter().map(|variable| variable.name);
        for name in names.filter(|name| !name.contains('.')) {
            let kinds = fields.of.entry(name).or_default();
            if !kinds.contains(&place) {
                kinds.push(place);
                fields.number[place] += 1;
            }
        }
    }
    fields
});

/// How many of all the names are those of both, in thousandths.
fn score(both: usize, own: usize, known: usize) -> usize {
    both * 1000 / (own + known - both).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::json;
    use crate::core::model::Trigger;

    fn likely(text: &str) -> Vec<TriggerElement> {
        likely_kinds(json::check(text).unwrap().root(text))
    }

    #[test]
    fn every_sample_looks_like_its_own_kind_alone() {
        for kind in TriggerElement::ALL {
            assert_eq!(likely(&catalog::sample(kind, Trigger::Create)), [kind]);
        }
    }

    #[test]
    fn what_shares_no_field_looks_like_nothing() {
        assert_eq!(likely("{}"), []);
        assert_eq!(likely(r#"{"hello": 1}"#), []);
    }
}
