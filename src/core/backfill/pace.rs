//! Limits how fast a run sends: at a rate, with pauses when the receiver asks clients to wait; and stops it after too many
//! failures in a row.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How many requests may begin per unit of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    number: f64,
    per: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
}

/// When the next element may begin. Times count from the start of the session.
#[derive(Debug, Clone)]
pub struct Pace {
    rate: Option<Rate>,
    /// How many may begin at once after a pause.
    burst: f64,
    tokens: f64,
    at: Duration,
    paused_until: Duration,
    /// The last pause that was reported.
    reported: Option<Duration>,
    /// How many pauses have not been reported.
    unreported: u64,
    /// The number of failures in a row after which the run stops; 0 for no limit.
    stop_after: u32,
    failures_in_a_row: u32,
}

impl Rate {
    /// `number` must be above 0.
    pub const fn each_second(number: f64) -> Self {
        Self { number, per: Unit::Second }
    }

    pub fn per_second(self) -> f64 {
        let seconds = match self.per {
            Unit::Second => 1.0,
            Unit::Minute => 60.0,
            Unit::Hour => 3600.0,
        };
        self.number / seconds
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let per = match unit.trim() {
            "s" | "sec" => Unit::Second,
            "m" | "min" => Unit::Minute,
            "h" => Unit::Hour,
            _ => {
                return Err("expected a number per s, min or h: `50/s`, `600/min`, `1000/h`".to_owned());
            }
        };
        let number = number.trim().parse().ok().filter(|number| (1e-3..=1e9).contains(number));
        let number = number.ok_or("expected a number above 0, e.g. `50/s` or `600/min`")?;
        Ok(Self { number, per })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per {
            Unit::Second => "s",
            Unit::Minute => "min",
            Unit::Hour => "h",
        };
        write!(f, "{}/{unit}", self.number)
    }
}

impl Pace {
    /// The minimum time between two reports of pauses.
    const BETWEEN_REPORTS: Duration = Duration::from_secs(30);

    /// After a pause, `concurrency` elements may begin at once, but no more than in a second.
    pub fn new(rate: Option<Rate>, concurrency: usize, stop_after: u32) -> Self {
        let burst = rate.map_or(1.0, |rate| rate.per_second().min(concurrency as f64).max(1.0));
        Self {
            rate,
            burst,
            tokens: 1.0,
            at: Duration::ZERO,
            paused_until: Duration::ZERO,
            reported: None,
            unreported: 0,
            stop_after,
            failures_in_a_row: 0,
        }
    }

    /// Lets one request begin now; otherwise returns how long to wait.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        if let Some(wait) = self.paused_until.checked_sub(now).filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        let Some(rate) = self.rate.map(Rate::per_second) else { return Ok(()) };
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * rate).min(self.burst);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        // Rounded up, so that the next attempt is never too early.
        Err(Duration::from_secs_f64((1.0 - self.tokens) / rate) + Duration::from_micros(1))
    }

    /// Delays all new requests by this time. True if the pause should be reported: if no earlier pause is
    /// in effect, and the last report was at least `BETWEEN_REPORTS` ago.
    pub fn pause(&mut self, now: Duration, wait: Duration) -> bool {
        let is_new = now >= self.paused_until;
        self.paused_until = self.paused_until.max(now + wait);
        let is_due = self.reported.is_none_or(|reported| now >= reported + Self::BETWEEN_REPORTS);
        match (is_new, is_due) {
            (true, true) => self.reported = Some(now),
            (true, false) => self.unreported += 1,
            (false, _) => {}
        }
        is_new && is_due
    }

    /// How many pauses were not reported since the last call.
    pub fn take_unreported(&mut self) -> u64 {
        std::mem::take(&mut self.unreported)
    }

    pub fn stop_after(&self) -> u32 {
        self.stop_after
    }

    /// Counts failures in a row; true if the run must stop.
    pub fn record_outcome(&mut self, is_delivered: bool) -> bool {
        self.failures_in_a_row = if is_delivered { 0 } else { self.failures_in_a_row.saturating_add(1) };
        self.stop_after > 0 && self.failures_in_a_row >= self.stop_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn rates_are_read_with_their_units() {
        for (text, per_second, shown) in [
            ("50", 50.0, "50/s"),
            ("50/s", 50.0, "50/s"),
            ("30/min", 0.5, "30/min"),
            ("1800/h", 0.5, "1800/h"),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert!((rate.per_second() - per_second).abs() < 1e-9, "{text}");
            assert_eq!(rate.to_string(), shown);
        }
        for bad in ["", "0", "-1/s", "5/d", "NaN", "inf/s", "/s", "5/"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn without_a_rate_only_a_pause_delays() {
        let mut pace = Pace::new(None, 8, 0);
        assert!((0..1000).all(|_| pace.take(Duration::ZERO).is_ok()));
        assert!(pace.pause(seconds(0.0), seconds(2.0)));
        assert!(!pace.pause(seconds(0.0), seconds(1.0)) && !pace.pause(seconds(0.5), seconds(1.5)));
        assert_eq!(pace.take(seconds(0.5)), Err(seconds(1.5)));
        assert_eq!(pace.take(seconds(2.0)), Ok(()));
    }

    #[test]
    fn a_slow_rate_begins_with_one() {
        let mut pace = Pace::new(Some("60/min".parse().unwrap()), 8, 0);
        assert_eq!(pace.take(Duration::ZERO), Ok(()));
        assert!(pace.take(Duration::ZERO).is_err());
        assert!(pace.take(seconds(0.9)).is_err());
        assert_eq!(pace.take(seconds(1.0)), Ok(()));
        assert_eq!(pace.take(seconds(100.0)), Ok(()));
        assert!(pace.take(seconds(100.0)).is_err(), "a pause saves no more than one second of requests");
    }

    #[test]
    fn consecutive_pauses_are_reported_every_30_seconds() {
        let mut pace = Pace::new(None, 8, 0);
        let second = Duration::from_secs(1);
        let reported: Vec<u32> = (0..90).filter(|at| pace.pause(second * *at, second)).collect();
        assert_eq!((reported, pace.take_unreported(), pace.take_unreported()), (vec![0, 30, 60], 87, 0));
    }

    #[test]
    fn only_consecutive_failures_count() {
        let outcomes = [false, false, true, false, false, false];
        let judged = |stop_after| {
            let mut pace = Pace::new(None, 8, stop_after);
            outcomes.map(|is_delivered| pace.record_outcome(is_delivered))
        };
        assert_eq!(judged(3), [false, false, false, false, false, true]);
        assert_eq!(judged(0), [false; 6]);
    }

    proptest! {
        #[test]
        fn the_rate_and_a_burst_are_never_exceeded_and_the_returned_wait_is_enough(
            per_second in 1u32..2000, concurrency in 1usize..64, lulls in proptest::collection::vec(0.0..0.5f64, 1..100),
        ) {
            let mut pace = Pace::new(Some(format!("{per_second}/s").parse().unwrap()), concurrency, 0);
            let (mut now, mut begun) = (Duration::ZERO, 0u32);
            for lull in lulls {
                now += seconds(lull);
                if let Err(wait) = pace.take(now) {
                    now += wait;
                    prop_assert_eq!(pace.take(now), Ok(()));
                }
                begun += 1;
                let most = now.as_secs_f64() * f64::from(per_second) + 1.0;
                prop_assert!(f64::from(begun) <= most + 1e-3, "{} after {:?}", begun, now);
            }
        }
    }
}
