//! A ring buffer with a maximum number of items and bytes.

use std::collections::VecDeque;

/// Keeps the newest items, and always the last one, whatever its size.
#[derive(Debug, Clone)]
pub struct Ring<T> {
    kept: VecDeque<(T, usize)>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self::new(Self::MAX_ITEMS, Self::MAX_BYTES)
    }
}

impl<T> Ring<T> {
    pub const MAX_ITEMS: usize = 1000;
    pub const MAX_BYTES: usize = 100 * 1024 * 1024;

    pub fn new(most: usize, most_bytes: usize) -> Self {
        Self { kept: VecDeque::new(), bytes: 0, most, most_bytes }
    }

    /// Adds an item of this size and drops the oldest items above the limits; returns the newest of these.
    pub fn push(&mut self, item: T, bytes: usize) -> Option<T> {
        let mut dropped = None;
        self.bytes += bytes;
        self.kept.push_back((item, bytes));
        while self.kept.len() > 1 && (self.kept.len() > self.most || self.bytes > self.most_bytes) {
            let (item, bytes) = self.kept.pop_front()?;
            self.bytes -= bytes;
            dropped = Some(item);
        }
        dropped
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.kept.iter().map(|(item, _)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_items_above_the_limits_are_dropped() {
        let mut ring = Ring::new(3, 10);
        let kept = |ring: &Ring<u32>| ring.iter().copied().collect::<Vec<_>>();
        for item in 1..=4 {
            ring.push(item, 1);
        }
        assert_eq!(kept(&ring), [2, 3, 4]);
        assert_eq!(ring.push(5, 9), Some(3));
        assert_eq!(kept(&ring), [4, 5]);
        ring.push(6, 100);
        assert_eq!(kept(&ring), [6]);
    }
}
