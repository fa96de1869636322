//! Masks that hooks, CI systems and log viewers print instead of a secret.

use crate::core::text::Span;

/// Characters of which a run of this length is a mask.
const RUNS: [(char, usize); 4] = [('*', 3), ('•', 3), ('●', 3), ('█', 3)];
/// Words that are a mask in square or angle brackets, in any case.
const WORDS: [&str; 6] = ["redacted", "filtered", "masked", "hidden", "secret", "removed"];

/// The masks in a text.
pub fn masks(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['*', '•', '●', '█', '[', '<']) {
        at += next;
        let length = mask_length(&text[at..]);
        if length > 0 {
            found.push(at..at + length);
        }
        at += length.max(text[at..].chars().next().map_or(1, char::len_utf8));
    }
    found
}

/// The length of the mask that a text begins with; 0 if it begins with none.
fn mask_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    if let Some((_, least)) = RUNS.iter().find(|(own, _)| *own == first) {
        let length = text.len() - text.trim_start_matches(first).len();
        // A shorter run is skipped one character at a time, a longer one as a whole.
        return if length >= least * first.len_utf8() { length } else { 0 };
    }
    let close = if first == '[' { ']' } else { '>' };
    let is_mask = |word: &&&str| {
        let rest = text.get(1..1 + word.len());
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(word)) && text[1 + word.len()..].starts_with(close)
    };
    WORDS.iter().find(is_mask).map_or(0, |word| word.len() + 2)
}

/// The texts before, between and after the masks of a text.
pub(super) fn literals(text: &str) -> Vec<&str> {
    let mut literals = Vec::new();
    let mut start = 0;
    for mask in masks(text) {
        literals.push(&text[start..mask.start]);
        start = mask.end;
    }
    literals.push(&text[start..]);
    literals
}

pub(super) fn is_mask(text: &str) -> bool {
    matches!(masks(text).as_slice(), [mask] if *mask == (0..text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_other_tools_are_recognised() {
        for (text, expected) in [
            ("Bearer ***", vec!["***"]),
            ("a **** b*** c", vec!["****", "***"]),
            ("•••• [REDACTED] <redacted>", vec!["••••", "[REDACTED]", "<redacted>"]),
            ("[Filtered][ MASKED][x]", vec!["[Filtered]"]),
            ("2 * 3 ** 4, [a], <b>, ä", vec![]),
        ] {
            let found: Vec<&str> = masks(text).into_iter().map(|span| &text[span]).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(is_mask("***") && !is_mask("") && !is_mask("a***"));
    }
}
