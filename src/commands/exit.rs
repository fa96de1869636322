//! The exit codes of the program.

use crate::core::delivery::State;

/// An exit code. Of several deliveries, the highest code counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    Success = 0,
    No = 1,
    Usage = 2,
    Unusable = 3,
    NotDelivered = 4,
    Output = 5,
    Interrupted = 130,
}

impl Exit {
    pub const ALL: [Self; 7] = [
        Self::Success,
        Self::No,
        Self::Usage,
        Self::Unusable,
        Self::NotDelivered,
        Self::Output,
        Self::Interrupted,
    ];

    /// The exit code of a delivery.
    pub fn of(state: State) -> Self {
        match state {
            State::Delivered => Self::Success,
            State::Failed => Self::No,
            State::InDoubt | State::NotSent => Self::NotDelivered,
        }
    }

    pub fn code(self) -> u8 {
        self as u8
    }

    /// What the help says about it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "success: delivered with 2xx, or nothing to report",
            Self::No => "errors in `check`, differences, status not 2xx, no match, or refused",
            Self::Usage => "invalid command line",
            Self::Unusable => "definitions, element, environment or API key cannot be used",
            Self::NotDelivered => "not delivered or reached: DNS, connection, TLS, timeout, invalid response",
            Self::Output => "output could not be written",
            Self::Interrupted => "interrupted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_and_sorted() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 130]);
        assert!(Exit::ALL.is_sorted());
    }
}
