//! The rules, one file each. Their list feeds the check, `--explain`, `docs/rules.md`, SARIF and the schema.

mod bad_environment_name;
mod bad_handle;
mod body_field_repeated;
mod body_on_get;
mod check_setting;
mod content_type_not_json;
mod credentials_in_url;
mod definitions_empty;
mod duplicate_webhook;
mod element_data_hidden;
mod environment_empty;
mod environment_encoding;
mod environment_missing;
mod field_outside_webhook;
mod fragment_in_url;
mod header_framing;
mod header_name;
mod header_non_ascii;
mod header_repeated;
mod header_value_invalid;
mod header_value_too_long;
mod id_repeated;
mod ignore_unused;
mod literal_credential;
mod misplaced_prokey_filter;
mod missing_field;
mod name_repeated;
mod odd_address;
mod payload_url;
mod plain_http;
mod prokey_filter_overlap;
mod prokey_not_uuid;
mod toml_duplicate_key;
mod toml_syntax;
mod too_many_headers;
mod unclosed_environment;
mod unclosed_variable;
mod unknown_key;
mod unknown_table;
mod unknown_template_syntax;
mod unknown_value;
mod unreachable_webhook;
mod variable_in_body_key;
mod variable_in_header_name;
mod variable_in_url;
mod variable_missing;
mod variable_on_delete;
mod wrong_type;

use crate::core::definitions::edit::Change;
use crate::core::request::MOST_FINDINGS;
use crate::core::request::judge::Judgement;
use crate::core::template::Problem;

use super::findings::Findings;
use super::rule::Rule;
use super::subject::{Part, Subject};

/// All rules, in the order in which a file is read: its syntax, its words, its values, the address, headers,
/// body, the whole, and what it tells this linter.
pub const RULES: &[Rule] = &[
    toml_syntax::RULE,
    toml_duplicate_key::RULE,
    definitions_empty::RULE,
    unknown_table::RULE,
    field_outside_webhook::RULE,
    bad_handle::RULE,
    missing_field::RULE,
    unknown_key::RULE,
    unknown_value::RULE,
    wrong_type::RULE,
    misplaced_prokey_filter::RULE,
    unclosed_variable::RULE,
    unknown_template_syntax::RULE,
    unclosed_environment::RULE,
    bad_environment_name::RULE,
    variable_in_url::RULE,
    variable_in_header_name::RULE,
    variable_in_body_key::RULE,
    variable_on_delete::RULE,
    variable_missing::RULE,
    environment_missing::RULE,
    environment_empty::RULE,
    environment_encoding::RULE,
    payload_url::RULE,
    credentials_in_url::RULE,
    fragment_in_url::RULE,
    plain_http::RULE,
    odd_address::RULE,
    header_name::RULE,
    header_framing::RULE,
    header_repeated::RULE,
    too_many_headers::RULE,
    header_value_invalid::RULE,
    header_value_too_long::RULE,
    header_non_ascii::RULE,
    content_type_not_json::RULE,
    literal_credential::RULE,
    element_data_hidden::RULE,
    body_field_repeated::RULE,
    body_on_get::RULE,
    prokey_not_uuid::RULE,
    unreachable_webhook::RULE,
    duplicate_webhook::RULE,
    prokey_filter_overlap::RULE,
    name_repeated::RULE,
    id_repeated::RULE,
    check_setting::RULE,
    ignore_unused::RULE,
];

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// Notes what is wrong with values as templates, as far as it is of one kind.
fn template_problems(code: &'static str, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    template_problems_with(code, subject, findings, |_, _| None);
}

/// The same, with a fix where there is one.
fn template_problems_with(
    code: &'static str,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    fix: impl Fn(&Part<'_>, &Problem) -> Option<Change>,
) {
    for part in subject.parts() {
        for problem in part.problems().iter().filter(|problem| problem.code == code).take(MOST_FINDINGS) {
            let judgement = Judgement::error(code, problem.message.clone(), problem.help.clone());
            findings.within(judgement, subject, part, problem.span.clone()).fix = fix(part, problem);
        }
    }
}
