//! Keeps a live view readable: a limited number of requests per second is shown, the others are counted.

use std::time::{Duration, Instant};

const MAX_PER_WINDOW: usize = 20;
const WINDOW: Duration = Duration::from_secs(1);

/// Decides which requests are shown.
#[derive(Debug, Default)]
pub(super) struct DisplayThrottle {
    window_start: Option<Instant>,
    shown: usize,
    not_shown: usize,
}

impl DisplayThrottle {
    /// Whether a request is shown; otherwise it is counted.
    pub(super) fn admit(&mut self, now: Instant) -> bool {
        if self.not_shown == 0 && self.window_start.is_none_or(|start| now >= start + WINDOW) {
            (self.window_start, self.shown) = (Some(now), 0);
        }
        let is_shown = self.not_shown == 0 && self.shown < MAX_PER_WINDOW;
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

    /// The number of requests that were not shown. From now on, requests are shown again.
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
        let (mut throttle, start) = (DisplayThrottle::default(), Instant::now());
        let shown = (0..1254).filter(|_| throttle.admit(start)).count();
        assert_eq!((shown, throttle.due()), (MAX_PER_WINDOW, Some(start + WINDOW)));
        assert_eq!(throttle.take_count(), Some(1254 - MAX_PER_WINDOW));
        assert_eq!((throttle.due(), throttle.take_count()), (None, None));
        assert!(throttle.admit(start));
    }

    #[test]
    fn at_an_even_rate_every_request_is_shown() {
        let (mut throttle, start) = (DisplayThrottle::default(), Instant::now());
        for number in 0..100 {
            assert!(throttle.admit(start + number * Duration::from_millis(51)));
        }
    }
}
