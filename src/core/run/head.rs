//! What a run was to do, and what came of it: the row that the history has of it.

use super::tally::Tally;
use crate::core::model::Method;
use crate::core::record::DestinationKind;

/// What a run was to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The webhook's handle.
    pub webhook: String,
    /// The definitions file, from the root.
    pub file: String,
    /// The mark of the definition, as hexadecimal digits.
    pub definition: String,
    /// The mark of what was changed in each element, as hexadecimal digits; none where that was not recorded.
    pub changes: Option<String>,
    /// Where the elements came from: a file's path as it was typed, or `standard input`.
    pub data: String,
    /// The SHA-256 of the file, as hexadecimal digits; none for standard input.
    pub input: Option<String>,
    /// How many elements the input has, as far as that is known.
    pub elements: Option<u64>,
    /// How many of the first of them were left out.
    pub skip: u64,
    /// The most that were to be sent.
    pub limit: Option<u64>,
    /// The method.
    pub method: Method,
    /// The URL as it may be shown.
    pub url: String,
    /// Whether that is the webhook's own.
    pub place: DestinationKind,
    /// The folder in which it was started.
    pub folder: String,
    /// The words that were typed after the program's name, each as a word for a shell, without `--resume`.
    pub command: String,
}

/// A run as the history has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number; a later one has a higher one, and none is given twice.
    pub id: i64,
    /// When it began, in milliseconds since 1970.
    pub started: i64,
    /// When it ended last; nothing while it is under way, and when the program was ended before it could say.
    pub ended: Option<i64>,
    /// The version of `hooks` that began it.
    pub hooks: String,
    /// What it was to do.
    pub head: Head,
    /// What came of its lines.
    pub tally: Tally,
}

impl Head {
    /// How many elements were to be sent, as far as that is known.
    pub fn chosen(&self) -> Option<u64> {
        let left = self.elements?.saturating_sub(self.skip);
        Some(self.limit.map_or(left, |limit| limit.min(left)))
    }

    /// Whether both select some of the same elements of an input.
    pub fn overlaps(&self, other: &Self) -> bool {
        let end = |head: &Self| head.limit.map_or(u64::MAX, |limit| head.skip.saturating_add(limit));
        self.skip < end(other) && other.skip < end(self)
    }
}

impl Run {
    /// How many elements it has not got to, as far as that is known.
    pub fn pending(&self) -> Option<u64> {
        Some(self.head.chosen()?.saturating_sub(self.tally.all()))
    }

    /// Whether to go on with it would send anything.
    pub fn is_to_be_resumed(&self) -> bool {
        self.pending() != Some(0)
            || self.tally.in_doubt > 0
            || self.tally.failures.contains_key(super::INTERRUPTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pending_is_what_was_chosen_and_not_got_to() {
        let head = |elements, skip, limit| Head {
            webhook: String::new(),
            file: String::new(),
            definition: String::new(),
            changes: None,
            data: String::new(),
            input: None,
            elements,
            skip,
            limit,
            method: Method::Post,
            url: String::new(),
            place: DestinationKind::PayloadUrl,
            folder: String::new(),
            command: String::new(),
        };
        for (head, chosen) in [
            (head(Some(10), 0, None), Some(10)),
            (head(Some(10), 3, None), Some(7)),
            (head(Some(10), 3, Some(5)), Some(5)),
            (head(Some(10), 8, Some(5)), Some(2)),
            (head(Some(10), 12, None), Some(0)),
            (head(None, 3, Some(5)), None),
        ] {
            assert_eq!(head.chosen(), chosen);
            let tally = Tally { delivered: 2, ..Tally::default() };
            let run = Run { id: 1, started: 0, ended: None, hooks: String::new(), head, tally };
            assert_eq!(run.pending(), chosen.map(|chosen| chosen.saturating_sub(2)));
            assert_eq!(run.is_to_be_resumed(), chosen.is_none_or(|chosen| chosen > 2));
        }
    }
}
