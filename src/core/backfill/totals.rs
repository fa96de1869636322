//! Counts the elements of a run by result.

use std::collections::BTreeMap;

use crate::core::delivery::{FailureKind, State};

/// The number of elements with each result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    pub delivered: u64,
    pub failed: u64,
    /// Possibly received; while the run is in progress, also those that are being sent.
    pub in_doubt: u64,
    pub not_sent: u64,
    /// Not tried yet, or waiting for another attempt; none while the number of elements is unknown.
    pub pending: Option<u64>,
    /// How many were in doubt and sent again.
    pub repeated: u64,
    /// How many elements have each failure.
    pub failures: BTreeMap<String, u64>,
}

impl Totals {
    /// Counts `number` elements that ended in this state.
    pub fn add(&mut self, state: State, failure: Option<&str>, number: u64) {
        *match state {
            State::Delivered => &mut self.delivered,
            State::Failed => &mut self.failed,
            State::InDoubt => &mut self.in_doubt,
            State::NotSent => &mut self.not_sent,
        } += number;
        if let Some(name) = failure {
            *self.failures.entry(name.to_owned()).or_default() += number;
        }
    }

    /// Stops counting an element that is about to be sent again.
    pub fn remove(&mut self, state: State, failure: Option<&str>) {
        let count = match state {
            State::Delivered => &mut self.delivered,
            State::Failed => &mut self.failed,
            State::InDoubt => &mut self.in_doubt,
            State::NotSent => &mut self.not_sent,
        };
        *count = count.saturating_sub(1);
        if let Some(count) = failure.and_then(|name| self.failures.get_mut(name)) {
            *count = count.saturating_sub(1);
        }
        self.failures.retain(|_, count| *count > 0);
    }

    pub fn of(&self, state: State) -> u64 {
        match state {
            State::Delivered => self.delivered,
            State::Failed => self.failed,
            State::InDoubt => self.in_doubt,
            State::NotSent => self.not_sent,
        }
    }

    /// How many ended.
    pub fn ended(&self) -> u64 {
        State::ALL.into_iter().map(|state| self.of(state)).sum()
    }

    /// How many ended without being delivered.
    pub fn not_delivered(&self) -> u64 {
        self.ended() - self.delivered
    }

    /// Whether resuming the run would send anything.
    pub fn is_resumable(&self) -> bool {
        self.pending != Some(0) || self.in_doubt > 0
    }

    /// How many are invalid; the failure of each says what is wrong.
    pub fn invalid(&self) -> u64 {
        let is_invalid = |name: &str| FailureKind::of_element(name).is_some();
        self.failures.iter().filter(|(name, _)| is_invalid(name)).map(|(_, number)| number).sum()
    }

    /// How many of the invalid ones the webhook's prokey filter excludes.
    pub fn filtered(&self) -> u64 {
        self.with(&[FailureKind::ProkeyFilter, FailureKind::NoProkey])
    }

    /// How many of the invalid ones are answers that the account no longer has.
    pub fn gone(&self) -> u64 {
        self.with(&[FailureKind::AnswerGone])
    }

    fn with(&self, kinds: &[FailureKind]) -> u64 {
        kinds.iter().filter_map(|kind| self.failures.get(kind.name())).sum()
    }

    /// How many failed elements may be delivered if they are sent again.
    pub fn retryable(&self) -> u64 {
        (self.failed + self.not_sent).saturating_sub(self.invalid())
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
    fn an_element_that_is_sent_again_is_counted_once() {
        let mut totals = Totals::default();
        let states = [
            (State::InDoubt, None),
            (State::Failed, Some("server-error")),
            (State::NotSent, Some("connect-refused")),
            (State::Delivered, None),
        ];
        for (state, failure) in states {
            totals.add(state, failure, 1);
            assert_eq!((totals.ended(), totals.of(state)), (1, 1), "{state:?}");
            assert_eq!(totals.failures.len(), usize::from(failure.is_some()));
            totals.remove(state, failure);
        }
        assert_eq!(totals, Totals::default());
    }

    #[test]
    fn the_most_frequent_failure_comes_first() {
        let mut totals = Totals::default();
        for name in ["not-found", "bad-request", "bad-request", "gone"] {
            totals.add(State::Failed, Some(name), 1);
        }
        assert_eq!((totals.invalid(), totals.retryable()), (0, 4));
        totals.add(State::NotSent, Some("json-unclosed"), 1);
        assert_eq!((totals.invalid(), totals.retryable()), (1, 4));
        assert_eq!(totals.by_frequency()[0], ("bad-request", 2));
    }
}
