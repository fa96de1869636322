//! Keeps a live view readable: so many requests per second are shown, the others are counted.

use std::time::{Duration, Instant};

const MOST: usize = 20;
const WINDOW: Duration = Duration::from_secs(1);

/// Decides which requests are shown.
#[derive(Debug, Default)]
pub(super) struct RateLimit {
    window_start: Option<Instant>,
    shown: usize,
    not_shown: usize,
}

impl RateLimit {
    /// Whether a request is shown; if not, it is counted.
    pub(super) fn shows(&mut self, now: Instant) -> bool {
        if self.not_shown == 0 && self.window_start.is_none_or(|start| now >= start + WINDOW) {
            (self.window_start, self.shown) = (Some(now), 0);
        }
        let is_shown = self.not_shown == 0 && self.shown < MOST;
        if is_shown {
            self.shown += 1;
        } else {
            self.not_shown += 1;
        }
        is_shown
    }

    /// When the count is due, even if no further request is received.
    pub(super) fn due(&self) -> Option<Instant> {
        self.window_start.filter(|_| self.not_shown > 0).map(|start| start + WINDOW)
    }

    /// The number of requests that were not shown; from then on, requests are shown again.
    pub(super) fn take_count(&mut self) -> Option<usize> {
        self.window_start = None;
        Some(std::mem::take(&mut self.not_shown)).filter(|count| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_requests_of_a_burst_are_shown_and_the_others_counted() {
        let (mut rate, start) = (RateLimit::default(), Instant::now());
        let shown = (0..1254).filter(|_| rate.shows(start)).count();
        assert_eq!((shown, rate.due()), (MOST, Some(start + WINDOW)));
        assert_eq!(rate.take_count(), Some(1254 - MOST));
        assert_eq!((rate.due(), rate.take_count()), (None, None));
        assert!(rate.shows(start));
    }

    #[test]
    fn at_an_even_rate_every_request_is_shown() {
        let (mut rate, start) = (RateLimit::default(), Instant::now());
        for number in 0..100 {
            assert!(rate.shows(start + number * Duration::from_millis(51)));
        }
    }
}
