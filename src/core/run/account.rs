//! Where each line of a run stands, folded from its ledger: two bytes a line, whatever the run has seen.

use std::collections::BTreeMap;

use super::event::{Event, Name};
use super::tally::Tally;
use crate::core::exchange::State;

/// Where each line of a run stands.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// By the number of the first line, divided by [`LINES`].
    chunks: BTreeMap<u64, Box<[u16; LINES]>>,
    /// The names of failures that were seen, in the order in which they came.
    names: Vec<Name>,
    tally: Tally,
    repeated: u64,
}

const LINES: usize = 1024;
/// In a line's two bytes: the state, 0 for a line that nothing is known of, in the lowest three bits; above them whether it was
/// sent again after it was in doubt; above that the failure, 0 for none.
const STATE_BITS: u32 = 3;
const REPEATED: u16 = 1 << STATE_BITS;
const NAME_SHIFT: u32 = STATE_BITS + 1;
const MOST_NAMES: usize = (u16::MAX >> NAME_SHIFT) as usize;

impl Account {
    /// Takes the next event in.
    pub fn apply(&mut self, event: &Event) {
        let (state, failure) = event.standing();
        let line = event.line();
        let before = self.packed(line);
        let (old_state, old_failure) = unpacked(before);
        let mut packed = self.pack(state, failure) | before & REPEATED;
        if matches!(event, Event::Begun { .. }) && old_state == Some(State::InDoubt) {
            self.repeated += u64::from(before & REPEATED == 0);
            packed |= REPEATED;
        }
        let name = |index: usize| self.names.get(index.wrapping_sub(1)).map(AsRef::as_ref);
        self.tally.change(old_state.map(|state| (state, name(old_failure))), (state, failure));
        let (chunk, place) = place(line);
        self.chunks.entry(chunk).or_insert_with(|| Box::new([0; LINES]))[place] = packed;
    }

    /// How a line ended: in doubt when it has only begun, nothing when it was never tried.
    pub fn state(&self, line: u64) -> Option<State> {
        unpacked(self.packed(line)).0
    }

    /// Why a line failed.
    pub fn failure(&self, line: u64) -> Option<&str> {
        let (_, index) = unpacked(self.packed(line));
        self.names.get(index.wrapping_sub(1)).map(AsRef::as_ref)
    }

    /// Whether a line was sent again after it was in doubt: it may have been received twice.
    pub fn is_repeated(&self, line: u64) -> bool {
        self.packed(line) & REPEATED != 0
    }

    /// How many lines were.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// How many lines ended how.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The lines that something is known of, in their order.
    pub fn lines(&self) -> impl Iterator<Item = u64> {
        self.chunks.iter().flat_map(|(chunk, places)| {
            let known = places.iter().enumerate().filter(|(_, packed)| **packed != 0);
            known.map(move |(place, _)| chunk * LINES as u64 + place as u64)
        })
    }

    fn packed(&self, line: u64) -> u16 {
        let (chunk, place) = place(line);
        self.chunks.get(&chunk).map_or(0, |places| places[place])
    }

    fn pack(&mut self, state: State, failure: Option<&str>) -> u16 {
        let index = failure.map_or(0, |name| self.index_of(name));
        let number = State::ALL.iter().position(|own| *own == state).unwrap_or_default() + 1;
        u16::try_from(index << NAME_SHIFT | number).unwrap_or_default()
    }

    /// The number of a name, from 1. There are far fewer than have room; were there more, they would share one.
    fn index_of(&mut self, name: &str) -> usize {
        match self.names.iter().position(|own| own == name) {
            Some(index) => index + 1,
            None if self.names.len() == MOST_NAMES => MOST_NAMES,
            None => {
                self.names.push(Name::Owned(name.to_owned()));
                self.names.len()
            }
        }
    }
}

fn place(line: u64) -> (u64, usize) {
    let lines = LINES as u64;
    (line / lines, usize::try_from(line % lines).unwrap_or_default())
}

fn unpacked(packed: u16) -> (Option<State>, usize) {
    let number = usize::from(packed & ((1 << STATE_BITS) - 1));
    (State::ALL.get(number.wrapping_sub(1)).copied(), usize::from(packed >> NAME_SHIFT))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::event::Ending;
    use super::super::event::tests::any_event;
    use super::*;

    #[test]
    fn a_line_that_has_only_begun_is_in_doubt() {
        let mut account = Account::default();
        account.apply(&Event::Begun { line: 7, mark: 1 });
        assert_eq!((account.state(7), account.state(8)), (Some(State::InDoubt), None));
        assert_eq!((account.tally().in_doubt, account.tally().all()), (1, 1));
    }

    #[test]
    fn a_line_that_begins_again_after_it_was_in_doubt_is_repeated_for_good() {
        let ended = |line, state| Event::Ended { line, ending: Ending::untried(state, None) };
        let begun = |line| Event::Begun { line, mark: 0 };
        let mut account = Account::default();
        let events = [
            begun(1),
            begun(1),
            begun(1),
            ended(1, State::Delivered),
            begun(2),
            ended(2, State::InDoubt),
            begun(2),
            ended(2, State::Failed),
            begun(3),
            ended(3, State::Failed),
            begun(3),
            ended(3, State::Delivered),
        ];
        for event in &events {
            account.apply(event);
        }
        assert_eq!([1, 2, 3].map(|line| account.is_repeated(line)), [true, true, false]);
        assert_eq!((account.repeated(), account.state(1)), (2, Some(State::Delivered)));
    }

    proptest! {
        #[test]
        fn the_sum_is_the_number_of_lines_and_the_last_word_on_each_counts(
            events in proptest::collection::vec((any_event(), 0..3000u64), 0..200),
        ) {
            let (mut account, mut expected) = (Account::default(), BTreeMap::new());
            for (mut event, number) in events {
                match &mut event {
                    Event::Begun { line, .. } | Event::Ended { line, .. } | Event::Unusable { line, .. } => {
                        *line = number;
                    }
                }
                account.apply(&event);
                expected.insert(number, event);
            }
            prop_assert_eq!(account.tally().all(), expected.len() as u64);
            prop_assert_eq!(account.lines().collect::<Vec<_>>(), expected.keys().copied().collect::<Vec<_>>());
            for (line, event) in &expected {
                let (state, failure) = match event {
                    Event::Begun { .. } => (State::InDoubt, None),
                    Event::Ended { ending, .. } => (ending.state, ending.failure.as_deref()),
                    Event::Unusable { failure, .. } => (State::NotSent, Some(&**failure)),
                };
                prop_assert_eq!(account.state(*line), Some(state));
                prop_assert_eq!(account.failure(*line), failure);
            }
            for state in State::ALL {
                let number = expected.keys().filter(|line| account.state(**line) == Some(state)).count();
                prop_assert_eq!(account.tally().of(state), number as u64);
            }
            let named = expected.keys().filter(|line| account.failure(**line).is_some()).count() as u64;
            prop_assert_eq!(account.tally().failures.values().sum::<u64>(), named);
        }
    }
}
