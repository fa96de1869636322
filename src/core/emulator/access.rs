//! API keys that the emulator accepts, and their scopes.

use crate::core::delivery::parse_timestamp;
use crate::core::secrets::Secret;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Read,
    Write,
    ReadWrite,
}

/// A key, with its scope and when it expires, in milliseconds since 1970.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub key: Secret,
    pub scope: Scope,
    pub expires: Option<i64>,
}

impl Scope {
    pub fn allows_reading(self) -> bool {
        self != Self::Write
    }

    pub fn allows_writing(self) -> bool {
        self != Self::Read
    }
}

impl ApiKey {
    /// Parses `KEY=read`, `KEY=write` or `KEY=read-write`, each also with `@` and the time at which the key expires.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, rest) = text.rsplit_once('=').ok_or("expected `KEY=SCOPE`")?;
        let (scope, expires) = match rest.split_once('@') {
            Some((scope, expires)) => (scope, Some(expires)),
            None => (rest, None),
        };
        let scope = match scope {
            "read" => Scope::Read,
            "write" => Scope::Write,
            "read-write" => Scope::ReadWrite,
            _ => return Err(format!("invalid scope `{scope}`; use `read`, `write` or `read-write`")),
        };
        let expires = match expires {
            Some(time) => Some(parse_timestamp(time).ok_or_else(|| {
                format!("invalid time `{time}`; use UTC as in `2026-01-31T09:00:00Z` or `2026-01-31`")
            })?),
            None => None,
        };
        if !is_api_key(key) {
            return Err("invalid key; use 1 to 256 visible ASCII characters".to_owned());
        }
        Ok(Self { key: Secret::new(key), scope, expires })
    }
}

/// Whether a text can be a key in the `Authorization` header.
pub fn is_api_key(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The last four characters of a key, to tell keys apart; empty for a short key.
pub fn key_end(key: &str) -> &str {
    const SHOWN: usize = 4;
    const LONG: usize = 12;
    if key.len() < LONG { "" } else { key.get(key.len() - SHOWN..).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_parsed_with_its_scope_and_the_time_at_which_it_expires() {
        let key = ApiKey::parse("a=b=read").unwrap();
        assert_eq!((key.key.reveal(), key.scope, key.expires), ("a=b", Scope::Read, None));
        let key = ApiKey::parse("abc=read-write@1970-01-02").unwrap();
        assert_eq!((key.scope, key.expires), (Scope::ReadWrite, Some(86_400_000)));
        for (bad, problem) in [
            ("abc", "expected `KEY=SCOPE`"),
            ("abc=all", "invalid scope `all`; use `read`, `write` or `read-write`"),
            ("=read", "invalid key; use 1 to 256 visible ASCII characters"),
            ("a b=read", "invalid key; use 1 to 256 visible ASCII characters"),
            ("abc=read@soon", "invalid time `soon`; use UTC as in `2026-01-31T09:00:00Z` or `2026-01-31`"),
        ] {
            assert_eq!(ApiKey::parse(bad).unwrap_err(), problem);
        }
    }

    #[test]
    fn the_end_of_a_key_is_shown_only_if_most_of_it_stays_hidden() {
        assert_eq!(key_end("0b5e7f3c-12d4-4f6a"), "4f6a");
        assert_eq!(key_end("short"), "");
    }
}
