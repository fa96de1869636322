//! Which elements of an input a run sends.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Shard `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    index: u64,
    count: u64,
}

/// Which elements of an input a run sends: a range, or one shard of that range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selection {
    pub skip: u64,
    pub limit: Option<u64>,
    pub shard: Option<Shard>,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(index, count)| {
            Some(Self { index: index.trim().parse().ok()?, count: count.trim().parse().ok()? })
        });
        parsed
            .filter(|shard| (1..=shard.count).contains(&shard.index))
            .ok_or_else(|| "expected K/N with K from 1 to N, e.g. `2/8`".to_owned())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl Selection {
    /// The last element, from 1, that can be selected.
    pub fn last(self) -> u64 {
        self.limit.map_or(u64::MAX, |limit| self.skip.saturating_add(limit))
    }

    /// Whether an element, from 1, is selected.
    pub fn contains(self, element: u64) -> bool {
        (self.skip.saturating_add(1)..=self.last()).contains(&element)
            && self.shard.is_none_or(|shard| (element - self.skip - 1) % shard.count + 1 == shard.index)
    }

    /// How many of the first `elements` are selected.
    pub fn count(self, elements: u64) -> u64 {
        let part = elements.min(self.last()).saturating_sub(self.skip);
        self.shard.map_or(part, |shard| (part + shard.count - shard.index) / shard.count)
    }

    /// Whether some element may be selected by both.
    pub fn overlaps(self, other: Self) -> bool {
        let is_other_shard = self.skip == other.skip
            && self
                .shard
                .zip(other.shard)
                .is_some_and(|(own, other)| own.count == other.count && own.index != other.index);
        self.skip < other.last() && other.skip < self.last() && !is_other_shard
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shards_are_numbered_from_one() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
        for bad in ["", "1", "0/2", "3/2", "-1/2", "1/0", "a/b", "1/2/3"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }

    #[test]
    fn different_shards_of_the_same_range_do_not_overlap() {
        let part = |skip, limit, shard: &str| Selection { skip, limit, shard: shard.parse().ok() };
        assert!(part(0, None, "").overlaps(part(5, Some(1), "")));
        assert!(!part(0, Some(5), "").overlaps(part(5, None, "")));
        assert!(!part(0, None, "1/2").overlaps(part(0, None, "2/2")));
        assert!(part(0, None, "1/2").overlaps(part(1, None, "2/2")));
        assert!(part(0, None, "1/2").overlaps(part(0, None, "1/3")));
    }

    proptest! {
        #[test]
        fn shards_cover_each_selected_element_exactly_once(
            skip in 0u64..20, limit in proptest::option::of(0u64..30), count in 1u64..9, elements in 0u64..60,
        ) {
            let part = Selection { skip, limit, shard: None };
            let shards: Vec<Selection> =
                (1..=count).map(|index| Selection { shard: Some(Shard { index, count }), ..part }).collect();
            for element in 1..=elements {
                let owners = shards.iter().filter(|shard| shard.contains(element)).count();
                prop_assert_eq!(owners, usize::from(part.contains(element)), "element {}", element);
            }
            for selection in shards.into_iter().chain([part]) {
                let selected = (1..=elements).filter(|element| selection.contains(*element)).count();
                prop_assert_eq!(selection.count(elements), selected as u64);
            }
        }
    }
}
