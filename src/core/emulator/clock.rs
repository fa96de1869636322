//! The clock of an emulated account, in milliseconds since 1970.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Runs with the system's clock, ahead of it by this many milliseconds.
    Running { ahead: i64 },
    /// Stopped until it is set. Each change advances it by 1 ms, so that changes can be told apart.
    Stopped { at: i64 },
}

impl Clock {
    /// The time, given the system's time.
    pub fn now(self, system: i64) -> i64 {
        match self {
            Self::Running { ahead } => system.saturating_add(ahead),
            Self::Stopped { at } => at,
        }
    }

    /// How far a running clock is ahead of the system's.
    pub fn ahead(self) -> i64 {
        match self {
            Self::Running { ahead } => ahead,
            Self::Stopped { .. } => 0,
        }
    }

    /// Advances a stopped clock for a change.
    pub fn tick(&mut self) {
        if let Self::Stopped { at } = self {
            *at = at.saturating_add(1);
        }
    }

    /// Sets the time. A running clock continues from there.
    pub fn set(&mut self, time: i64, system: i64) {
        match self {
            Self::Running { ahead } => *ahead = time.saturating_sub(system),
            Self::Stopped { at } => *at = time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_clock_continues_from_the_time_to_which_it_is_set() {
        let mut clock = Clock::Running { ahead: 0 };
        assert_eq!(clock.now(1000), 1000);
        clock.tick();
        assert_eq!(clock.now(1000), 1000);
        clock.set(5000, 1000);
        assert_eq!(clock.now(1500), 5500);
    }

    #[test]
    fn a_stopped_clock_moves_only_with_changes_and_when_it_is_set() {
        let mut clock = Clock::Stopped { at: 7 };
        assert_eq!(clock.now(1000), 7);
        clock.tick();
        assert_eq!(clock.now(2000), 8);
        clock.set(500, 2000);
        assert_eq!(clock.now(3000), 500);
    }
}
