//! How many lines ended how.

use std::collections::BTreeMap;

use super::event::Name;
use crate::core::exchange::{ElementFault, State};

/// How many lines ended how. A line that has begun counts as in doubt until its end is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answered with 2xx.
    pub delivered: u64,
    /// Answered with anything else.
    pub failed: u64,
    /// Possibly received.
    pub in_doubt: u64,
    /// Certainly not received.
    pub not_sent: u64,
    /// The failures by name.
    pub failures: BTreeMap<Name, u64>,
}

impl Tally {
    /// Counts a line that ended, or changed, from one state to another.
    pub fn change(&mut self, from: Option<(State, Option<&str>)>, to: (State, Option<&str>)) {
        if let Some((state, failure)) = from {
            let number = self.of_mut(state);
            *number = number.saturating_sub(1);
            if let Some(count) = failure.and_then(|name| self.failures.get_mut(name)) {
                *count = count.saturating_sub(1);
            }
            self.failures.retain(|_, count| *count > 0);
        }
        let (state, failure) = to;
        *self.of_mut(state) += 1;
        if let Some(name) = failure {
            match self.failures.get_mut(name) {
                Some(count) => *count += 1,
                None => drop(self.failures.insert(Name::Owned(name.to_owned()), 1)),
            }
        }
    }

    /// How many lines ended in a state.
    pub fn of(&self, state: State) -> u64 {
        match state {
            State::Delivered => self.delivered,
            State::Failed => self.failed,
            State::InDoubt => self.in_doubt,
            State::NotSent => self.not_sent,
        }
    }

    fn of_mut(&mut self, state: State) -> &mut u64 {
        match state {
            State::Delivered => &mut self.delivered,
            State::Failed => &mut self.failed,
            State::InDoubt => &mut self.in_doubt,
            State::NotSent => &mut self.not_sent,
        }
    }

    /// How many lines ended.
    pub fn all(&self) -> u64 {
        State::ALL.into_iter().map(|state| self.of(state)).sum()
    }

    /// How many ended other than delivered.
    pub fn not_delivered(&self) -> u64 {
        self.all() - self.delivered
    }

    /// How many cannot be sent as they are, whoever tries: what is wrong with each is its failure.
    pub fn unusable(&self) -> u64 {
        let unusable = |name: &str| ElementFault::parse(name).is_some();
        self.failures.iter().filter(|(name, _)| unusable(name)).map(|(_, number)| number).sum()
    }

    /// How many of those that were not delivered may be when they are sent again.
    pub fn worth_another_try(&self) -> u64 {
        (self.failed + self.not_sent).saturating_sub(self.unusable())
    }

    /// The failures, the most frequent first.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut failures: Vec<(&str, u64)> =
            self.failures.iter().map(|(name, count)| (&**name, *count)).collect();
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_counted_once_wherever_it_goes() {
        let mut tally = Tally::default();
        let stands = [
            (State::InDoubt, None),
            (State::Failed, Some("server-error")),
            (State::NotSent, Some("connect-refused")),
            (State::Delivered, None),
        ];
        let mut from = None;
        for to in stands {
            tally.change(from, to);
            assert_eq!((tally.all(), tally.of(to.0)), (1, 1), "{to:?}");
            assert_eq!(tally.failures.len(), usize::from(to.1.is_some()));
            from = Some(to);
        }
        assert_eq!(tally.not_delivered(), 0);
    }

    #[test]
    fn the_most_frequent_failure_comes_first() {
        let mut tally = Tally::default();
        for name in ["not-found", "bad-request", "bad-request", "gone"] {
            tally.change(None, (State::Failed, Some(name)));
        }
        assert_eq!((tally.unusable(), tally.worth_another_try()), (0, 4));
        tally.change(None, (State::NotSent, Some("json-unclosed")));
        assert_eq!((tally.unusable(), tally.worth_another_try()), (1, 4));
        tally.change(Some((State::NotSent, Some("json-unclosed"))), (State::Failed, Some("bad-request")));
        tally.change(Some((State::Failed, Some("bad-request"))), (State::Delivered, None));
        assert_eq!(tally.by_frequency(), [("bad-request", 2), ("gone", 1), ("not-found", 1)]);
    }
}
