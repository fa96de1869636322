//! When to give a receiver up.

/// Counts failures in a row, in the order in which they came in.
#[derive(Debug, Clone)]
pub struct Breaker {
    most: Option<u32>,
    in_a_row: u32,
}

impl Breaker {
    /// Gives up after this many failures in a row; never for 0.
    pub fn new(most: u32) -> Self {
        Self { most: Some(most).filter(|most| *most > 0), in_a_row: 0 }
    }

    /// Takes the next outcome in, and says whether that was one too many.
    pub fn record(&mut self, is_delivered: bool) -> bool {
        self.in_a_row = if is_delivered { 0 } else { self.in_a_row.saturating_add(1) };
        self.most.is_some_and(|most| self.in_a_row >= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_in_a_row_count() {
        let mut breaker = Breaker::new(3);
        let outcomes = [false, false, true, false, false, false];
        assert_eq!(
            outcomes.map(|is_delivered| breaker.record(is_delivered)),
            [false, false, false, false, false, true]
        );
    }

    #[test]
    fn nothing_is_never_too_many() {
        let mut breaker = Breaker::new(0);
        assert!((0..1000).all(|_| !breaker.record(false)));
    }
}
