//! Elements that wait for their next attempt.

use std::collections::BTreeMap;
use std::time::Duration;

/// Elements that wait for their next attempt, by the time at which it is due. Bounded, so that memory does not grow while a
/// receiver fails.
#[derive(Debug)]
pub struct Retries<T> {
    waiting: BTreeMap<(Duration, u64), (T, usize)>,
    bytes: usize,
    next: u64,
}

impl<T> Default for Retries<T> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), bytes: 0, next: 0 }
    }
}

impl<T> Retries<T> {
    /// With this many waiting elements, no more begin.
    pub const MAX_ELEMENTS: usize = 1000;
    /// With this many bytes of waiting elements, no more begin.
    pub const MAX_BYTES: usize = 16 << 20;

    /// Whether no more elements should begin, since they might have to wait, too.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= Self::MAX_ELEMENTS || self.bytes >= Self::MAX_BYTES
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Adds an element of `bytes` bytes that is due at `due`.
    pub fn add(&mut self, due: Duration, element: T, bytes: usize) {
        self.next += 1;
        self.bytes += bytes;
        self.waiting.insert((due, self.next), (element, bytes));
    }

    /// When the first of them is due.
    pub fn first_due(&self) -> Option<Duration> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Removes the first that is due.
    pub fn take_due(&mut self, now: Duration) -> Option<T> {
        self.first_due().filter(|due| *due <= now)?;
        let (_, (element, bytes)) = self.waiting.pop_first()?;
        self.bytes -= bytes;
        Some(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_due_comes_first() {
        let second = Duration::from_secs(1);
        let mut retries = Retries::default();
        for (due, name) in [(2, "b"), (1, "a"), (2, "c")] {
            retries.add(second * due, name, 1);
        }
        assert_eq!((retries.first_due(), retries.take_due(second / 2)), (Some(second), None));
        assert_eq!((retries.take_due(second), retries.take_due(second)), (Some("a"), None));
        assert_eq!((retries.take_due(second * 2), retries.take_due(second * 2)), (Some("b"), Some("c")));
        assert!(retries.is_empty() && retries.bytes == 0);
    }

    #[test]
    fn they_are_bounded_by_number_and_by_size() {
        let mut retries = Retries::default();
        retries.add(Duration::ZERO, (), Retries::<()>::MAX_BYTES);
        assert!(retries.is_full());
        retries.take_due(Duration::ZERO).unwrap();
        (0..Retries::<()>::MAX_ELEMENTS).for_each(|_| retries.add(Duration::ZERO, (), 1));
        assert!(retries.is_full());
    }
}
