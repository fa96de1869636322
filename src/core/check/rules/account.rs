//! Account settings.

use crate::core::account::ApiUrl;
use crate::core::definitions::Definitions;
use crate::core::diagnostic::{Diagnostic, Level};

use super::super::findings::Findings;
use super::super::rule::{Finder, Rule};

pub(super) const ACCOUNT_SETTING: Rule = Rule {
    code: "account-setting",
    level: Level::Error,
    summary: "an invalid account setting",
    finds: "In a table `[accounts.NAME]`: an invalid name, a key other than `api` and `key`, an `api` that is not the base URL of an API, or a `key` that is not exactly `${NAME}`.",
    why: "Commands cannot use the account. An API key in the file could be read by everyone who can read the file.",
    example: r#"[accounts.test]
key = "0c9f3d4e-1b2a-4c5d-8e6f-7a8b9c0d1e2f""#,
    fix: "Store the key in `.env` and refer to it: `key = \"${TEST_API_KEY}\"`. The API must be `https`, or `http` on this machine, and its URL ends in `/v1`.",
    finder: Finder::File(invalid_api),
};

/// Reading the file finds everything else.
fn invalid_api(definitions: &Definitions, findings: &mut Findings<'_>) {
    for api in definitions.accounts.iter().filter_map(|account| account.api.as_ref()) {
        if let Err(reason) = ApiUrl::parse(&api.value) {
            let finding = Diagnostic::error(ACCOUNT_SETTING.code, format!("invalid `api`: {reason}"));
            let finding = finding.help("use the base URL up to and including `/v1`");
            findings.at(finding, api.span.clone());
        }
    }
}
