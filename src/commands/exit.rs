//! How the program ends (`design.md`, "Exit codes").

/// An exit code with its meaning. Of many deliveries the highest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Done; delivered with 2xx; nothing to report.
    Success = 0,
    /// The answer is no: check found errors, answered other than 2xx, refused, nothing matched.
    No = 1,
    /// Wrong usage.
    Usage = 2,
    /// Definitions, element or environment cannot be used.
    Unusable = 3,
    /// Not delivered.
    NotDelivered = 4,
    /// The output could not be written.
    Output = 5,
    /// Ctrl-C.
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

    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for the help.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "done; delivered with 2xx; nothing to report",
            Self::No => {
                "the answer is no: `check` found errors, the receiver answered other than 2xx, refused, nothing matched"
            }
            Self::Usage => "wrong usage",
            Self::Unusable => "definitions, element or environment cannot be used",
            Self::NotDelivered => "not delivered: name lookup, connection, TLS, timeout, malformed answer",
            Self::Output => "the output could not be written",
            Self::Interrupted => "interrupted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_designed_ones_and_the_highest_counts() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 130]);
        assert!(Exit::ALL.is_sorted());
    }
}
