//! The rate limit: at most N requests within any second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

/// The times of the last requests of a key.
#[derive(Debug, Default)]
pub(super) struct RecentRequests(VecDeque<Instant>);

impl RecentRequests {
    /// Counts a request at this time; false if it exceeds the limit. 0 means no limit.
    pub(super) fn allow(&mut self, limit: usize, now: Instant) -> bool {
        if limit == 0 {
            return true;
        }
        while self.0.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            self.0.pop_front();
        }
        if self.0.len() >= limit {
            return false;
        }
        self.0.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_requests_than_the_limit() {
        let start = Instant::now();
        let mut recent = RecentRequests::default();
        let allowed: Vec<u64> =
            (0..4000).filter(|ms| recent.allow(80, start + Duration::from_millis(*ms))).collect();
        assert_eq!(allowed[..80], (0..80).collect::<Vec<_>>());
        assert_eq!(allowed[80], 1000);
        assert!(allowed.windows(81).all(|window| window[80] - window[0] >= 1000));
        assert!((0..1000).all(|_| recent.allow(0, start)));
    }
}
