//! Failures of requests to the API: stable name, what happened, and what to do next.

use crate::core::delivery::{Failure, FailureKind, Group};
use crate::core::text::one_line;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFailure {
    pub kind: AccountFailureKind,
    /// What happened, as a fragment.
    pub what: String,
    /// What to do next, as a fragment.
    pub next: String,
}

/// Declares the kinds with their stable names and what to do next.
macro_rules! failures {
    ($($variant:ident $name:literal $next:literal)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AccountFailureKind {
            $($variant,)*
            /// A failure of the transport, without a response.
            Unreachable(FailureKind),
        }

        impl AccountFailureKind {
            /// Failures with a response: kind, name and what to do next.
            pub const OF_RESPONSES: &[(Self, &str, &str)] = &[$((Self::$variant, $name, $next),)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Unreachable(kind) => kind.name(),
                }
            }

            fn next(self) -> &'static str {
                match self {
                    $(Self::$variant => $next,)*
                    Self::Unreachable(_) => "",
                }
            }
        }
    };
}

failures! {
    KeyRejected "api-key-rejected"
        "check the key in the app under Settings → Technical: it may be mistyped, disabled, expired or deleted"
    KeyScope "api-key-scope"
        "use a key with the scope Read & Write (Read is enough unless you push); the scope of an existing key cannot be changed"
    NotFound "api-not-found"
        "check `--api` or `HOOKS_API`: it is the base URL up to and including `/v1`"
    Refused "api-request-refused"
        "see the message for the reason; the API may have changed since this version of hooks"
    RateLimited "api-rate-limited"
        "wait, then run the command again; requests from other programs that use the account also count"
    Unavailable "api-unavailable"
        "run the command again later"
    Redirect "api-redirect"
        "if the target is correct, pass it with `--api`; redirects are not followed, so that the key is not sent to another host"
    NotJson "api-not-json"
        "check `--api` or `HOOKS_API`; the login page of a network or proxy can also cause this"
    Unexpected "api-unexpected"
        "run the command with `-v` to see its requests; the API may have changed since this version of hooks"
    Incomplete "api-response-incomplete"
        "run the command again; if the response is slow, allow more time with `--timeout`"
    TooLarge "api-response-too-large"
        "check `--api` or `HOOKS_API`"
    NotApplied "api-change-not-applied"
        "run `hooks diff` to see what the account has; if the API does not accept the value, change the definition"
}

impl AccountFailure {
    pub fn new(kind: AccountFailureKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), next: kind.next().to_owned() }
    }

    /// A failure without a response.
    pub fn unreachable(failure: &Failure) -> Self {
        const HOST: &str =
            "check the network connection of this machine and the URL in `--api` or `HOOKS_API`";
        const TLS: &str = "check `--api` or `HOOKS_API`; if a company proxy replaces certificates, pass its CA certificate with `--cacert`";
        const AGAIN: &str = "run the command again; if it happens often, allow more time with `--timeout`";
        let next = match (failure.kind, failure.kind.group()) {
            (FailureKind::ProxyError, _) => {
                "check `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and their credentials, or add the host to `NO_PROXY`"
            }
            (_, Group::Lookup | Group::Connection) => HOST,
            (_, Group::Tls) => TLS,
            _ => AGAIN,
        };
        // Only the first sentence: the others are about receivers of webhooks.
        let what = failure.what.split_once(". ").map_or(failure.what.as_str(), |(first, _)| first);
        let what = what.trim_end_matches('.');
        let mut letters = what.chars();
        let what = match (letters.next(), letters.next()) {
            (Some(first), Some(second)) if first.is_ascii_uppercase() && second.is_ascii_lowercase() => {
                format!("{}{}", first.to_ascii_lowercase(), &what[1..])
            }
            _ => what.to_owned(),
        };
        Self { kind: AccountFailureKind::Unreachable(failure.kind), what, next: next.to_owned() }
    }

    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    pub fn is_about_key(&self) -> bool {
        matches!(self.kind, AccountFailureKind::KeyRejected | AccountFailureKind::KeyScope)
    }

    /// Whether the same request may succeed a moment later. This does not make it safe to repeat a request that changes
    /// something.
    pub fn is_temporary(&self) -> bool {
        match self.kind {
            AccountFailureKind::RateLimited
            | AccountFailureKind::Unavailable
            | AccountFailureKind::Incomplete => true,
            AccountFailureKind::Unreachable(kind) => match kind {
                FailureKind::BadResponse | FailureKind::Http2Only | FailureKind::Interrupted => false,
                FailureKind::DnsTemporary | FailureKind::ConnectFailed => true,
                kind => kind.group() == Group::Exchange,
            },
            _ => false,
        }
    }
}

/// The failure for a response with JSON of an unexpected shape.
pub(super) fn unexpected(what: &str) -> AccountFailure {
    let what = format!("the API sent an unexpected response: {}", quoted(what));
    AccountFailure::new(AccountFailureKind::Unexpected, what)
}

/// Text from the API for use in a sentence: escaped and truncated.
pub(super) fn quoted(text: &str) -> String {
    const MAX_LENGTH: usize = 200;
    let text = one_line(text.trim()).into_owned();
    match text.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use crate::core::delivery::Facts;

    use super::*;

    #[test]
    fn every_failure_has_a_unique_name_and_a_next_step() {
        let names: std::collections::HashSet<_> =
            AccountFailureKind::OF_RESPONSES.iter().map(|(kind, ..)| kind.name()).collect();
        assert_eq!(names.len(), AccountFailureKind::OF_RESPONSES.len());
        for kind in FailureKind::ALL {
            let failure = AccountFailure::unreachable(&Failure::new(*kind, &Facts::default()));
            assert!(!failure.what.is_empty() && !failure.what.ends_with('.'), "{}", failure.what);
            assert!(!failure.next.contains("receiver") && !failure.next.is_empty(), "{}", failure.next);
        }
    }

    #[test]
    fn a_failure_caused_by_the_key_or_the_address_is_not_temporary() {
        let is_temporary = |kind| AccountFailure::new(kind, "").is_temporary();
        assert!(is_temporary(AccountFailureKind::Unavailable));
        assert!(is_temporary(AccountFailureKind::RateLimited));
        assert!(!is_temporary(AccountFailureKind::KeyRejected) && !is_temporary(AccountFailureKind::NotJson));
        let of = |kind| AccountFailure::unreachable(&Failure::new(kind, &Facts::default())).is_temporary();
        assert!(of(FailureKind::ResponseTimeout) && of(FailureKind::ConnectionReset));
        assert!(
            !of(FailureKind::DnsNotFound) && !of(FailureKind::TlsExpired) && !of(FailureKind::ConnectRefused)
        );
    }
}
