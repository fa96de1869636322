//! A short mark of a line's text, by which a resumed run sees that its input is still the same.

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The mark of a text. Two different ones share it about once in 2⁶⁴ times; it is no protection against
/// someone who wants them to.
///
/// It is recorded, so it must never change.
pub fn mark(text: &[u8]) -> u64 {
    let mut state = FACTOR ^ text.len() as u64;
    let mut words = text.chunks_exact(8);
    for word in &mut words {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(word);
        state = mixed(state, u64::from_le_bytes(bytes));
    }
    let mut bytes = [0; 8];
    bytes[..words.remainder().len()].copy_from_slice(words.remainder());
    state = mixed(state, u64::from_le_bytes(bytes));
    state ^= state >> 32;
    state = state.wrapping_mul(FACTOR);
    state ^ (state >> 29)
}

fn mixed(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * u128::from(FACTOR);
    // Both halves count: of the lower one alone, high bits of the text would be lost.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are what is wanted")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high.rotate_left(23) ^ state.rotate_left(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_that_were_recorded_stay_what_they_are() {
        assert_eq!(format!("{:x}", mark(b"")), "51870b9cc3cd6c6f");
        assert_eq!(format!("{:x}", mark(br#"{"id":"a","email":"kim@example.com"}"#)), "32c74733e3340024");
    }

    proptest! {
        #[test]
        fn one_changed_byte_changes_the_mark(
            text in proptest::collection::vec(any::<u8>(), 1..100), at in any::<proptest::sample::Index>(),
            bit in 0..8u8,
        ) {
            let mut other = text.clone();
            other[at.index(text.len())] ^= 1u8 << bit;
            prop_assert_ne!(mark(&text), mark(&other));
            let mut longer = text.clone();
            longer.push(0);
            prop_assert_ne!(mark(&text), mark(&longer));
        }
    }
}
