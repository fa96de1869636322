//! How much confirmation the changes of a push need.

/// The confirmation that some changes need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing is changed.
    NotNeeded,
    Yes,
    /// So many changes that their number must be confirmed.
    Number(usize),
}

impl Confirmation {
    const MOST: usize = 10;
    /// An account with fewer webhooks is small.
    const SMALL_ACCOUNT: usize = 10;
    const MOST_PERCENT: usize = 30;

    pub fn of(changes: usize, in_account: usize) -> Self {
        let is_large_part = in_account >= Self::SMALL_ACCOUNT
            && changes.saturating_mul(100) > in_account.saturating_mul(Self::MOST_PERCENT);
        match changes {
            0 => Self::NotNeeded,
            changes if changes > Self::MOST || is_large_part => Self::Number(changes),
            _ => Self::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn many_changes_need_their_number(changes in 0_usize..40, in_account in 0_usize..200) {
            let needed = Confirmation::of(changes, in_account);
            prop_assert_eq!(needed == Confirmation::NotNeeded, changes == 0);
            let is_many = changes > 10 || (in_account >= 10 && changes * 10 > in_account * 3);
            prop_assert_eq!(needed == Confirmation::Number(changes), is_many && changes > 0);
        }
    }
}
