//! Which lines are sent, and whether the input is still the one that it was.

use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::exchange::State;
use crate::core::run::{Account, INTERRUPTED};

/// Which lines are sent: all, or those that an earlier sitting has left.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    before: Option<Arc<Account>>,
    with_failed: bool,
    /// The marks that are still to be compared, by line.
    marks: Vec<(u64, u64)>,
    compared: usize,
}

impl Choice {
    /// What an earlier sitting has left; with `with_failed` also what failed or was not sent.
    pub(super) fn left_of(before: Arc<Account>, with_failed: bool) -> Self {
        Self { before: Some(before), with_failed, ..Self::default() }
    }

    /// Lets nothing be sent before the lines have these marks.
    pub(super) fn comparing(mut self, mut marks: Vec<(u64, u64)>) -> Self {
        marks.sort_unstable();
        marks.dedup();
        self.marks = marks;
        self
    }

    /// Whether a line is sent, and if so, whether it may have been received before.
    pub(super) fn wants(&self, line: u64) -> Option<bool> {
        let Some(before) = &self.before else { return Some(false) };
        match before.state(line) {
            None => Some(false),
            Some(State::Delivered) => None,
            Some(State::InDoubt) => Some(true),
            Some(State::NotSent) if before.failure(line) == Some(INTERRUPTED) => Some(false),
            Some(State::Failed | State::NotSent) => self.with_failed.then_some(false),
        }
    }

    /// Whether lines that were sent are still to be compared.
    pub(super) fn is_comparing(&self) -> bool {
        self.compared < self.marks.len()
    }

    /// Compares the next line of the input.
    ///
    /// # Errors
    /// When it is not the one that was sent, or one that was sent before it is missing.
    pub(super) fn compare(&mut self, line: u64, mark: Option<u64>) -> Result<(), Diagnostic> {
        while let Some((sent, was)) = self.marks.get(self.compared).filter(|(sent, _)| *sent <= line) {
            if *sent < line || mark != Some(*was) {
                return Err(changed(*sent));
            }
            self.compared += 1;
        }
        Ok(())
    }

    /// What is wrong when the input ends here.
    pub(super) fn missing(&self) -> Option<Diagnostic> {
        self.marks.get(self.compared).map(|(line, _)| changed(*line))
    }
}

/// The code of the finding that the input is another one.
pub(super) const INPUT_CHANGED: &str = "input-changed";

/// That the input is another one from a line on.
fn changed(line: u64) -> Diagnostic {
    Diagnostic::error(INPUT_CHANGED, format!("the input has changed: element {line} is different"))
        .help("go on with the same input, or begin a new run, with `--skip N` to leave out the first")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::run::{Ending, Event};
    use std::time::Duration;

    fn ended(line: u64, state: State, failure: Option<&'static str>) -> Event {
        let failure = failure.map(Into::into);
        Event::Ended {
            line,
            ending: Ending { state, attempts: 1, status: None, failure, took: Duration::ZERO },
        }
    }

    #[test]
    fn what_is_pending_is_sent_what_is_in_doubt_again_and_what_failed_when_asked_for() {
        let mut account = Account::default();
        for event in [
            ended(1, State::Delivered, None),
            ended(2, State::Failed, Some("bad-request")),
            ended(3, State::InDoubt, Some("response-timeout")),
            Event::Begun { line: 4, mark: 0 },
            ended(5, State::NotSent, Some("connect-refused")),
            ended(6, State::NotSent, Some(INTERRUPTED)),
        ] {
            account.apply(&event);
        }
        let account = Arc::new(account);
        let wanted = |with_failed| {
            let choice = Choice::left_of(Arc::clone(&account), with_failed);
            (1..=7).map(|line| choice.wants(line)).collect::<Vec<_>>()
        };
        let (new, again) = (Some(false), Some(true));
        assert_eq!(wanted(false), [None, None, again, again, None, new, new]);
        assert_eq!(wanted(true), [None, new, again, again, new, new, new]);
        assert_eq!(Choice::default().wants(1), new);
    }

    #[test]
    fn a_line_that_changed_or_went_is_found() {
        let compare = |lines: &[(u64, u64)]| {
            let mut choice = Choice::default().comparing(vec![(4, 40), (2, 20), (2, 20)]);
            let changed = lines.iter().find_map(|(line, mark)| choice.compare(*line, Some(*mark)).err());
            changed.or_else(|| choice.missing()).map(|finding| finding.message)
        };
        let says = |line| Some(format!("the input has changed: element {line} is different"));
        assert_eq!(compare(&[(1, 1), (2, 20), (3, 3), (4, 40), (5, 5)]), None);
        assert_eq!(compare(&[(1, 1), (2, 21), (4, 40)]), says(2));
        assert_eq!(compare(&[(1, 1), (3, 3), (4, 40)]), says(2));
        assert_eq!(compare(&[(1, 1), (2, 20), (3, 3)]), says(4));
    }

    #[test]
    fn nothing_is_sent_before_all_that_was_sent_is_compared() {
        let mut choice = Choice::default().comparing(vec![(1, 10), (2, 20)]);
        assert!(choice.is_comparing());
        choice.compare(1, Some(10)).unwrap();
        assert!(choice.is_comparing());
        choice.compare(2, Some(20)).unwrap();
        assert!(!choice.is_comparing());
    }
}
