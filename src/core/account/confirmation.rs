//! What confirmation a push needs.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing would change.
    NotNeeded,
    Yes,
    /// There are so many changes that their number must be confirmed.
    Number(usize),
}

impl Confirmation {
    /// The most changes that a plain yes confirms.
    const MAX_CHANGES: usize = 10;
    /// The most changes that a plain yes confirms in an account with at least `MIN_WEBHOOKS` webhooks, as a percentage of them.
    const MAX_PERCENT: usize = 30;
    const MIN_WEBHOOKS: usize = 10;

    pub fn of(changes: usize, in_account: usize) -> Self {
        let is_large_part = in_account >= Self::MIN_WEBHOOKS
            && changes.saturating_mul(100) > in_account.saturating_mul(Self::MAX_PERCENT);
        match changes {
            0 => Self::NotNeeded,
            changes if changes > Self::MAX_CHANGES || is_large_part => Self::Number(changes),
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
        fn many_changes_must_be_confirmed_by_their_number(changes in 0_usize..40, in_account in 0_usize..200) {
            let needed = Confirmation::of(changes, in_account);
            prop_assert_eq!(needed == Confirmation::NotNeeded, changes == 0);
            let is_many = changes > 10 || (in_account >= 10 && changes * 10 > in_account * 3);
            prop_assert_eq!(needed == Confirmation::Number(changes), is_many && changes > 0);
        }
    }
}
