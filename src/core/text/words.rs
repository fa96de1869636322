//! Words for messages, and the similarity of names.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::escape::is_unsafe;

/// A number and its noun: `1 webhook`, `2 webhooks`, `3 replies`.
pub fn count(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// Names in backticks: `` `a` ``, `` `a` or `b` ``, `` `a`, `b` or `c` ``.
pub fn list<T: AsRef<str>>(names: &[T], conjunction: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [firsts @ .., last] => format!("{} {conjunction} {last}", firsts.join(", ")),
    }
}

/// A name without what people mix up: letter case, `-`, `_`, whitespace, invisible characters, and whether an accent is
/// a character of its own.
pub fn fold(name: &str) -> String {
    // ASCII is its own normal form, and most names are ASCII.
    let composed = if name.is_ascii() {
        Cow::Borrowed(name)
    } else {
        ComposingNormalizerBorrowed::new_nfkc().normalize(name)
    };
    let is_kept = |c: &char| !matches!(c, '-' | '_') && !c.is_whitespace() && !is_unsafe(*c);
    composed.chars().filter(is_kept).flat_map(char::to_lowercase).collect()
}

/// Whether two different names look the same on a screen.
pub fn is_look_alike(name: &str, other: &str) -> bool {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let seen =
        |name: &str| -> String { normalizer.normalize(name).chars().filter(|c| !is_unsafe(*c)).collect() };
    name != other && seen(name) == seen(other)
}

/// The edit distance of two folded names, if it is at most two, or one for names of fewer than five characters.
pub fn within_edits(name: &str, other: &str) -> Option<usize> {
    const SHORT: usize = 5;
    let (length, other_length) = (name.chars().count(), other.chars().count());
    let most = if length.min(other_length) < SHORT { 1 } else { 2 };
    if length.abs_diff(other_length) > most {
        return None;
    }
    Some(strsim::damerau_levenshtein(name, other)).filter(|edits| *edits <= most)
}

/// The candidate that was probably meant, if one is close enough to suggest.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE_ENOUGH: f64 = 0.6;
    const MAX_WORD_LENGTH: usize = 100;
    let word = fold(word);
    if word.chars().count() > MAX_WORD_LENGTH {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&word, &fold(candidate)), candidate))
        .filter(|(score, _)| *score >= CLOSE_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// The candidates that contain the word, else the closest one.
pub fn similar_names<'a>(word: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> Vec<&'a str> {
    const SHORTEST: usize = 3;
    const MAX_SUGGESTIONS: usize = 5;
    let own = fold(word);
    let is_long = own.chars().count() >= SHORTEST;
    let containing = candidates.clone().filter(|name| is_long && fold(name).contains(&own));
    let containing: Vec<&str> = containing.take(MAX_SUGGESTIONS).collect();
    if containing.is_empty() { nearest(word, candidates).into_iter().collect() } else { containing }
}

/// `403 B`, `1.5 KiB`, `10 MiB`
pub fn size(bytes: usize) -> String {
    const KIB: f64 = 1024.0;
    let (number, unit) = match bytes as f64 {
        small if small < KIB => (small, "B"),
        middle if middle < KIB * KIB => (middle / KIB, "KiB"),
        large => (large / KIB / KIB, "MiB"),
    };
    format!("{} {unit}", format!("{number:.1}").trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_use_the_largest_unit_that_fits() {
        for (bytes, words) in
            [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (10 << 20, "10 MiB")]
        {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn one_is_singular_and_nothing_else_is() {
        assert_eq!(count(0, "webhook"), "0 webhooks");
        assert_eq!(count(1, "webhook"), "1 webhook");
        assert_eq!(count(2, "delivery"), "2 deliveries");
        assert_eq!(count(2, "key"), "2 keys");
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(list::<&str>(&[], "or"), "");
        assert_eq!(list(&["a"], "or"), "`a`");
        assert_eq!(list(&["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }

    #[test]
    fn a_typo_is_recognised_and_another_word_is_not() {
        let names = ["email", "amount", "date_created"];
        assert_eq!(nearest("emial", names), Some("email"));
        assert_eq!(nearest("dateCreated", names), Some("date_created"));
        assert_eq!(nearest("colour", names), None);
    }
}
