//! The API key.

use crate::core::secrets::{Redactor, Secret, is_scheme};

/// The value of the `Authorization` header: the key alone, without a scheme (`api.md`, 1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKey(Secret);

impl AccountKey {
    /// Parses a key from a variable or a file. The error does not repeat the key.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let scheme = text.split(' ').next().filter(|first| first.len() < text.len() && is_scheme(first));
        if text.is_empty() {
            Err("it is empty")
        } else if scheme.is_some() {
            Err("it starts with an authentication scheme; use the key alone")
        } else if text.lines().nth(1).is_some() {
            Err("it has more than one line")
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Err("it contains a space or a character that is not ASCII")
        } else {
            Ok(Self(Secret::new(text)))
        }
    }

    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    pub fn redactor(&self) -> Redactor {
        Redactor::new([&self.0])
    }

    /// The last four characters, by which the key can be found in the app's list of keys; none for a short key.
    pub fn last_four(&self) -> Option<&str> {
        const LEAST_LENGTH: usize = 16;
        let key = self.reveal();
        (key.len() >= LEAST_LENGTH).then(|| &key[key.len() - 4..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_word_and_its_last_four_characters_are_shown_only_if_it_is_long() {
        let key = AccountKey::parse(" 0c9f3d4e-1b2a-4c5d-8e6f-7a8b9c0d1e2f\r\n").unwrap();
        assert_eq!(key.reveal(), "0c9f3d4e-1b2a-4c5d-8e6f-7a8b9c0d1e2f");
        assert_eq!(key.last_four(), Some("1e2f"));
        assert!(!format!("{key:?}").contains("1e2f"));
        assert_eq!(AccountKey::parse("short").unwrap().last_four(), None);
        for bad in ["", " \n", "Bearer abc", "a b", "a\nb", "schlüssel", "a\u{0}b"] {
            assert!(AccountKey::parse(bad).is_err(), "{bad:?}");
        }
    }
}
