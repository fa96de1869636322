//! What of a string needs no look at each byte, eight bytes at a time.

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = EACH << 7;

/// How many bytes there are before the next quote, backslash or control character, or before the end.
pub(in crate::core::json) fn plain_length(bytes: &[u8]) -> usize {
    let mut chunks = bytes.chunks_exact(8);
    let mut passed = 0;
    for chunk in &mut chunks {
        let found = found(chunk.try_into().map_or(0, u64::from_le_bytes));
        if found != 0 {
            return passed + found.trailing_zeros() as usize / 8;
        }
        passed += 8;
    }
    let rest = chunks.remainder();
    passed + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20)).unwrap_or(rest.len())
}

/// The high bit of each byte that is looked for; of those above the first one it may say too much.
fn found(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(EACH) & !word;
    let control = word.wrapping_sub(EACH * 0x20) & !word;
    (zero(word ^ (EACH * u64::from(b'"'))) | zero(word ^ (EACH * u64::from(b'\\'))) | control) & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain_length;

    proptest! {
        #[test]
        fn the_length_is_that_of_a_look_at_each_byte(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let first = bytes.iter().position(|byte| *byte == b'"' || *byte == b'\\' || *byte < 0x20);
            prop_assert_eq!(plain_length(&bytes), first.unwrap_or(bytes.len()));
        }

        #[test]
        fn bytes_that_end_nothing_are_passed_all(bytes in prop::collection::vec(0x5d..=0xffu8, 0..40), end in 0..0x20u8) {
            let mut bytes = bytes;
            prop_assert_eq!(plain_length(&bytes), bytes.len());
            let length = bytes.len();
            bytes.push(end);
            prop_assert_eq!(plain_length(&bytes), length);
        }
    }
}
