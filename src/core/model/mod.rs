//! The platform's own words as types: trigger, trigger element, method, webhook (`platform.md`,
//! "What a webhook is").

mod element;
mod method;
mod trigger;
mod webhook;

pub use element::TriggerElement;
pub use method::Method;
pub use trigger::Trigger;
pub use webhook::{Field, Webhook};

/// Whether a text is one of some names.
fn is_one_of(text: &str, names: &[&str]) -> bool {
    let word = plain_word(text);
    names.iter().any(|name| plain_word(name) == word)
}

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
