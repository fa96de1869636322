//! How often it is said that the receiver asks to wait: once a pause, and when one pause follows the other, once in
//! a while.

use std::time::{Duration, Instant};

use crate::core::exchange::duration_in_words;
use crate::core::text::count;

/// The least time between two lines.
const BETWEEN: Duration = Duration::from_secs(30);

/// What was said of pauses.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    /// The last time that something was said.
    told: Option<Instant>,
    /// Until when it goes on by what was asked last.
    until: Option<Instant>,
    /// How many pauses began since then.
    untold: usize,
}

impl Pauses {
    /// What to say of a pause of this length that is asked for now, if anything.
    pub(super) fn tell(&mut self, now: Instant, wait: Duration) -> Option<String> {
        let goes_on = self.until.is_some_and(|until| now < until);
        self.until = Some(self.until.map_or(now + wait, |until| until.max(now + wait)));
        if goes_on {
            return None;
        }
        if self.told.is_some_and(|told| now < told + BETWEEN) {
            self.untold += 1;
            return None;
        }
        self.told = Some(now);
        let more = match std::mem::take(&mut self.untold) {
            0 => String::new(),
            untold => format!(" (and did {} since the last line)", count(untold, "time")),
        };
        Some(format!("the receiver asks to wait: going on in {}{more}", duration_in_words(wait)))
    }

    /// What is left to say at the end, if anything.
    pub(super) fn untold(&self) -> Option<String> {
        (self.untold > 0).then(|| format!("the receiver asked to wait {} more", count(self.untold, "time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_pause_is_told_once_however_many_ask_for_it() {
        let (mut pauses, now) = (Pauses::default(), Instant::now());
        assert_eq!(pauses.tell(now, SECOND).unwrap(), "the receiver asks to wait: going on in 1 s");
        for part in 1..=9 {
            assert_eq!(pauses.tell(now + SECOND * part / 10, SECOND), None);
        }
        assert_eq!(pauses.untold(), None);
    }

    #[test]
    fn pauses_that_follow_each_other_are_counted() {
        let (mut pauses, start) = (Pauses::default(), Instant::now());
        let told: Vec<String> =
            (0..90).filter_map(|second| pauses.tell(start + SECOND * second, SECOND)).collect();
        let again = "the receiver asks to wait: going on in 1 s (and did 29 times since the last line)";
        assert_eq!(told, ["the receiver asks to wait: going on in 1 s", again, again]);
        assert_eq!(pauses.untold().unwrap(), "the receiver asked to wait 29 times more");
    }
}
