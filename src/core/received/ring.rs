//! The last requests, as many as memory is set aside for.

use std::collections::VecDeque;

/// Keeps the newest of what is put in, bounded in number and in size.
#[derive(Debug, Clone)]
pub struct Ring<T> {
    kept: VecDeque<(T, usize)>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self::new(Self::MOST, Self::MOST_BYTES)
    }
}

impl<T> Ring<T> {
    /// How many requests are kept.
    pub const MOST: usize = 1000;
    /// How many bytes of requests are kept.
    pub const MOST_BYTES: usize = 100 * 1024 * 1024;

    /// Room for `most` things of together `most_bytes`.
    pub fn new(most: usize, most_bytes: usize) -> Self {
        Self { kept: VecDeque::new(), bytes: 0, most, most_bytes }
    }

    /// Takes one in that is this large; the oldest go until there is room. The newest is always kept.
    pub fn push(&mut self, item: T, bytes: usize) {
        self.bytes += bytes;
        self.kept.push_back((item, bytes));
        while self.kept.len() > 1 && (self.kept.len() > self.most || self.bytes > self.most_bytes) {
            if let Some((_, bytes)) = self.kept.pop_front() {
                self.bytes -= bytes;
            }
        }
    }

    /// What is kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.kept.iter().map(|(item, _)| item)
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        let mut ring = Ring::new(3, 10);
        let kept = |ring: &Ring<u32>| ring.iter().copied().collect::<Vec<_>>();
        for item in 1..=4 {
            ring.push(item, 1);
        }
        assert_eq!(kept(&ring), [2, 3, 4]);
        ring.push(5, 9);
        assert_eq!(kept(&ring), [4, 5]);
        ring.push(6, 100);
        assert_eq!((kept(&ring), ring.len(), ring.is_empty()), (vec![6], 1, false));
    }
}
