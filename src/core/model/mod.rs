//! A webhook as it is defined: its trigger, trigger element, method and fields (`platform.md`, "What a webhook is").

mod account_ids;
mod field_value;
mod terms;
mod unknown_words;
mod webhook;

pub use account_ids::{AccountId, AccountIds, DEFAULT_ACCOUNT};
pub use field_value::FieldValue;
pub use terms::{Method, Reply, Trigger, TriggerElement};
pub use unknown_words::UnknownWords;
pub use webhook::{Field, Webhook, span_in_literal};

/// A word in lower case, with `_` for `-` and space, and `ae`, `oe`, `ue` and `ss` for German letters.
pub fn plain_word(text: &str) -> String {
    const GERMAN: [(&str, &str); 7] = [
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("ß", "ss"),
        ("a\u{308}", "ae"),
        ("o\u{308}", "oe"),
        ("u\u{308}", "ue"),
    ];
    let word = text.trim().to_lowercase().replace(['-', ' '], "_");
    if word.is_ascii() {
        return word;
    }
    GERMAN.iter().fold(word, |word, (letter, plain)| word.replace(letter, plain))
}
