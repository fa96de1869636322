//! Detects values in the syntax of another program, which hooks does not resolve.

use crate::core::diagnostic::Diagnostic;

#[derive(Clone, Copy)]
pub(super) struct Foreign {
    what: &'static str,
    help: &'static str,
}

impl Foreign {
    pub(super) fn warning(self, name: &str) -> Diagnostic {
        let message = format!("the value of `{name}` contains {}, which hooks does not resolve", self.what);
        Diagnostic::warning("environment-not-resolved", message).help(self.help)
    }
}

/// The prefixes of references and encrypted values.
const REFERENCES: [(&str, Foreign); 4] = [
    (
        "op://",
        Foreign {
            what: "a 1Password reference (`op://…`)",
            help: "run hooks through `op run --env-file=.env -- hooks …`",
        },
    ),
    (
        "encrypted:",
        Foreign {
            what: "text encrypted by dotenvx (`encrypted:…`)",
            help: "run hooks through `dotenvx run -- hooks …`",
        },
    ),
    (
        "ENC[",
        Foreign {
            what: "text encrypted by SOPS (`ENC[…]`)",
            help: "run hooks through `sops exec-env .env 'hooks …'`",
        },
    ),
    (
        "ref+",
        Foreign { what: "a vals reference (`ref+…`)", help: "set the secret itself in the environment" },
    ),
];

/// A warning if a password manager would resolve the value.
pub fn unresolved_reference(name: &str, value: &str) -> Option<Diagnostic> {
    reference(value).map(|foreign| foreign.warning(name))
}

pub(super) fn reference(value: &str) -> Option<Foreign> {
    REFERENCES.iter().find(|(prefix, _)| value.starts_with(prefix)).map(|(_, foreign)| *foreign)
}

const WRITE_IT: &str = "write the value itself, or put it in single quotes if it is plain text";

/// Backticks are quotes for some programs and a command for others.
pub(super) fn backticks(raw: &str) -> Option<Foreign> {
    raw.starts_with('`').then_some(Foreign { what: "backticks", help: WRITE_IT })
}

/// A variable or a command in a value without single quotes.
pub(super) fn expansion(raw: &str, is_set: impl Fn(&str) -> bool) -> Option<Foreign> {
    let dollars = raw.match_indices('$').filter(|(at, _)| {
        let backslashes = raw[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        backslashes % 2 == 0
    });
    dollars.map(|(at, _)| &raw[at + 1..]).find_map(|rest| {
        let name = &rest[..name_length(rest)];
        let what = match rest.chars().next() {
            Some('(') => "a shell command (`$(…)`)",
            Some('{') => "a reference to another variable (`${…}`)",
            _ if is_set(name) => "a reference to another variable (`$…`)",
            _ => return None,
        };
        Some(Foreign { what, help: WRITE_IT })
    })
}

pub(super) fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}
