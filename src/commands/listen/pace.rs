//! Keeps a live view readable: so many lines a second, and beyond that a count.

use std::time::{Duration, Instant};

/// How many lines are shown in a second.
const MOST: usize = 20;
const WINDOW: Duration = Duration::from_secs(1);
/// How many kinds are told apart in a count.
const KINDS: usize = 3;

/// Decides which lines are shown.
#[derive(Debug, Default)]
pub(super) struct Pace {
    begun: Option<Instant>,
    shown: usize,
    last: String,
    held: Vec<(String, u64)>,
}

impl Pace {
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

    /// When there is something to say without a new line, if ever.
    pub(super) fn due(&self) -> Option<Instant> {
        self.begun.filter(|_| !self.held.is_empty()).map(|begun| begun + WINDOW)
    }

    /// What was counted and not shown, in words; lines are shown again from then on.
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
        // Of many kinds, those that came once say nothing.
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
        let (mut pace, start) = (Pace::default(), Instant::now());
        let shown = (0..1254).filter(|_| pace.shows(start, "POST /".to_owned())).count();
        assert_eq!((shown, pace.due()), (20, Some(start + WINDOW)));
        assert_eq!(pace.summary().unwrap(), "… and 1,234 more like it");
        assert_eq!((pace.due(), pace.summary()), (None, None));
        assert!(pace.shows(start, "POST /".to_owned()));
    }

    #[test]
    fn a_count_tells_kinds_apart() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        for number in 0..40 {
            pace.shows(start, "a".to_owned());
            if number % 4 == 0 {
                pace.shows(start, format!("b{}", number % 16));
            }
        }
        let summary = pace.summary().unwrap();
        assert!(summary.starts_with("… and 30 more: 24 a; "), "{summary}");
        assert!(summary.ends_with(" others"), "{summary}");
    }

    #[test]
    fn what_came_once_each_is_a_number() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        for number in 0..120 {
            pace.shows(start, format!("GET /{number}"));
        }
        assert_eq!(pace.summary().unwrap(), "… and 100 more");
    }

    #[test]
    fn at_an_even_pace_every_line_is_shown() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        for number in 0..100 {
            assert!(pace.shows(start + number * Duration::from_millis(51), "a".to_owned()));
        }
    }

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
