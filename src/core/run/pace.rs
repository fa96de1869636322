//! How fast a run may go: so many a second, and not at all while the receiver asks to wait.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How many may begin in a time.
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

/// Says when the next may begin. Times count from the beginning of the run.
#[derive(Debug, Clone)]
pub struct Pace {
    rate: Option<Rate>,
    /// How many may begin at once after a lull.
    burst: f64,
    tokens: f64,
    at: Duration,
    paused_until: Duration,
}

impl Rate {
    /// How many that are in a second.
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
                return Err(
                    "a rate is so many a second, minute or hour: `50/s`, `600/min`, `1000/h`".to_owned()
                );
            }
        };
        let number = number.trim().parse().ok().filter(|number| (1e-3..=1e9).contains(number));
        let number = number.ok_or("a rate is a number above 0, as in `50/s` or `600/min`")?;
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
    /// A pace for so many at once. Of those that a lull has saved up, no more than these, and no more than a second's worth, go
    /// at once.
    pub fn new(rate: Option<Rate>, concurrency: usize) -> Self {
        let burst = rate.map_or(1.0, |rate| rate.per_second().min(concurrency as f64).max(1.0));
        Self { rate, burst, tokens: 1.0, at: Duration::ZERO, paused_until: Duration::ZERO }
    }

    /// Lets one begin now.
    ///
    /// # Errors
    /// When it is too early: the time to wait before the next try.
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
        // Rounded up, so that the next try is never a hair too early.
        Err(Duration::from_secs_f64((1.0 - self.tokens) / rate) + Duration::from_micros(1))
    }

    /// Lets none begin before this moment, or a later one that was set before. Says whether it is later by so much, a second,
    /// that it is news.
    pub fn pause_until(&mut self, moment: Duration) -> bool {
        let is_news = moment > self.paused_until + Duration::from_secs(1);
        self.paused_until = self.paused_until.max(moment);
        is_news
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
    fn without_a_rate_only_a_pause_holds_it_up() {
        let mut pace = Pace::new(None, 8);
        assert!((0..1000).all(|_| pace.take(Duration::ZERO).is_ok()));
        assert!(pace.pause_until(seconds(2.0)));
        assert!(!pace.pause_until(seconds(1.0)) && !pace.pause_until(seconds(2.0)));
        assert_eq!(pace.take(seconds(0.5)), Err(seconds(1.5)));
        assert_eq!(pace.take(seconds(2.0)), Ok(()));
    }

    #[test]
    fn a_slow_pace_begins_with_one() {
        let mut pace = Pace::new(Some("60/min".parse().unwrap()), 8);
        assert_eq!(pace.take(Duration::ZERO), Ok(()));
        assert!(pace.take(Duration::ZERO).is_err());
        assert!(pace.take(seconds(0.9)).is_err());
        assert_eq!(pace.take(seconds(1.0)), Ok(()));
        assert_eq!(pace.take(seconds(100.0)), Ok(()));
        assert!(pace.take(seconds(100.0)).is_err(), "a lull saves up no more than a second's worth");
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_a_burst_and_waiting_as_told_is_enough(
            per_second in 1u32..2000, concurrency in 1usize..64, lulls in proptest::collection::vec(0.0..0.5f64, 1..100),
        ) {
            let mut pace = Pace::new(Some(format!("{per_second}/s").parse().unwrap()), concurrency);
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
