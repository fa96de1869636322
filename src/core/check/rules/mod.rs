//! The rules, grouped by the part of a webhook that they check.

mod account;
mod body;
mod environment;
mod header;
mod identity;
mod reader;
mod template;
mod url;

use super::rule::Rule;

/// All rules, in the order in which a file is read. They drive the check, `--explain`, `docs/rules.md`, SARIF and the
/// schema.
pub const RULES: &[Rule] = &[
    reader::TOML_SYNTAX,
    reader::TOML_DUPLICATE_KEY,
    reader::DEFINITIONS_EMPTY,
    reader::UNKNOWN_TABLE,
    reader::FIELD_OUTSIDE_WEBHOOK,
    reader::BAD_HANDLE,
    reader::MISSING_FIELD,
    reader::UNKNOWN_KEY,
    reader::UNKNOWN_VALUE,
    reader::WRONG_TYPE,
    reader::MISPLACED_PROKEY_FILTER,
    template::UNCLOSED_VARIABLE,
    template::UNKNOWN_TEMPLATE_SYNTAX,
    template::UNCLOSED_ENVIRONMENT,
    template::BAD_ENVIRONMENT_NAME,
    template::MISSING_BRACES,
    url::VARIABLE_IN_URL,
    header::VARIABLE_IN_HEADER_NAME,
    body::VARIABLE_IN_BODY_KEY,
    template::VARIABLE_ON_DELETE,
    template::VARIABLE_MISSING,
    environment::ENVIRONMENT_MISSING,
    environment::ENVIRONMENT_EMPTY,
    environment::ENVIRONMENT_ENCODING,
    environment::ENVIRONMENT_NOT_RESOLVED,
    environment::DOTENV_SYNTAX,
    url::PAYLOAD_URL,
    url::CREDENTIALS_IN_URL,
    url::FRAGMENT_IN_URL,
    url::PLAIN_HTTP,
    url::ODD_ADDRESS,
    header::HEADER_NAME,
    header::HEADER_FRAMING,
    header::HEADER_REPEATED,
    header::TOO_MANY_HEADERS,
    header::HEADER_VALUE_INVALID,
    header::HEADER_VALUE_TOO_LONG,
    header::HEADER_NON_ASCII,
    header::CONTENT_TYPE_NOT_JSON,
    header::LITERAL_CREDENTIAL,
    body::ELEMENT_DATA_HIDDEN,
    body::BODY_FIELD_REPEATED,
    body::BODY_ON_GET,
    body::BODY_VALUE_JSON,
    identity::PROKEY_NOT_UUID,
    identity::UNREACHABLE_WEBHOOK,
    identity::DUPLICATE_WEBHOOK,
    identity::PROKEY_FILTER_OVERLAP,
    identity::NAME_REPEATED,
    identity::ID_REPEATED,
    identity::UNKNOWN_ACCOUNT,
    account::ACCOUNT_SETTING,
    reader::CHECK_SETTING,
    reader::IGNORE_UNUSED,
];

pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}
