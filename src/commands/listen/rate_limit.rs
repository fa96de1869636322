//! Keeps a live view readable: a number of lines per second, and beyond that a count.

use std::time::{Duration, Instant};

const MOST: usize = 20;
const WINDOW: Duration = Duration::from_secs(1);
const KINDS: usize = 3;

/// Decides which lines are shown.
#[derive(Debug, Default)]
pub(super) struct RateLimit {
    begun: Option<Instant>,
    shown: usize,
    last: String,
    held: Vec<(String, u64)>,
}

impl RateLimit {
    /// Whether a line of this kind is shown now; otherwise it is counted.
    pub(super) fn shows(&mut self, now: Instant, kind: String) -> bool {
        if self.held.is_empty() && self.begun.is_none_or(|begun| now >= begun + WINDOW) {
            self.begun = Some(now);
            self.shown = 0;
        }
        if self.held.is_empty() && self.shown < MOST {
            self.shown += 1;
            self.last = kind;
            return true;
        }
        match self.held.iter_mut().find(|(own, _)| *own == kind) {
            Some((_, number)) => *number += 1,
            None => self.held.push((kind, 1)),
        }
        false
    }

    /// When a count is due even if no further line arrives.
    pub(super) fn due(&self) -> Option<Instant> {
        self.begun.filter(|_| !self.held.is_empty()).map(|begun| begun + WINDOW)
    }

    /// What was counted and not shown; from then on, lines are shown again.
    pub(super) fn summary(&mut self) -> Option<String> {
        let mut held = std::mem::take(&mut self.held);
        self.begun = None;
        let all: u64 = held.iter().map(|(_, number)| number).sum();
        if all == 0 {
            return None;
        }
        if let [(kind, _)] = held.as_slice()
            && *kind == self.last
        {
            return Some(format!("… and {} more like it", grouped(all)));
        }
        held.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        // Of many kinds, those that occur once are left out.
        let telling = held.iter().take(KINDS).filter(|(_, number)| *number > 1 || held.len() <= KINDS);
        let mut kinds: Vec<String> =
            telling.map(|(kind, number)| format!("{} {kind}", grouped(*number))).collect();
        let others: u64 = held.iter().skip(kinds.len()).map(|(_, number)| number).sum();
        if kinds.is_empty() {
            return Some(format!("… and {} more", grouped(all)));
        }
        if others > 0 {
            kinds.push(format!("{} others", grouped(others)));
        }
        Some(format!("… and {} more: {}", grouped(all), kinds.join("; ")))
    }
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_burst_the_first_are_shown_and_none_of_the_others_is_lost() {
        let (mut rate, start) = (RateLimit::default(), Instant::now());
        let shown = (0..1254).filter(|_| rate.shows(start, "POST /".to_owned())).count();
        assert_eq!((shown, rate.due()), (20, Some(start + WINDOW)));
        assert_eq!(rate.summary().unwrap(), "… and 1,234 more like it");
        assert_eq!((rate.due(), rate.summary()), (None, None));
        assert!(rate.shows(start, "POST /".to_owned()));
    }

    #[test]
    fn a_count_tells_kinds_apart() {
        let (mut rate, start) = (RateLimit::default(), Instant::now());
        for number in 0..40 {
            rate.shows(start, "a".to_owned());
            if number % 4 == 0 {
                rate.shows(start, format!("b{}", number % 16));
            }
        }
        let summary = rate.summary().unwrap();
        assert!(summary.starts_with("… and 30 more: 24 a; "), "{summary}");
        assert!(summary.ends_with(" others"), "{summary}");
    }

    #[test]
    fn kinds_that_occur_once_are_a_number() {
        let (mut rate, start) = (RateLimit::default(), Instant::now());
        for number in 0..120 {
            rate.shows(start, format!("GET /{number}"));
        }
        assert_eq!(rate.summary().unwrap(), "… and 100 more");
    }

    #[test]
    fn at_an_even_rate_every_line_is_shown() {
        let (mut rate, start) = (RateLimit::default(), Instant::now());
        for number in 0..100 {
            assert!(rate.shows(start + number * Duration::from_millis(51), "a".to_owned()));
        }
    }

    #[test]
    fn digits_are_grouped_in_threes() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
