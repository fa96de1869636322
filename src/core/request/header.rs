//! A header of the definition, with the checks of its value.

use crate::core::diagnostic::Diagnostic;
use crate::core::secrets::is_credential_name;

use super::prepared::PreparedHeader;
use super::substitute::{CompiledValue, Variables};
use super::validate;

/// A header with this value, unless the value is invalid, and a finding about it.
pub(super) fn header(
    webhook: &str,
    key: &str,
    value: &CompiledValue,
    text: &str,
    variables: Option<Variables<'_>>,
) -> (Option<PreparedHeader>, Option<Diagnostic>) {
    let trimmed = text.trim_matches([' ', '\t']);
    let start = text.len() - text.trim_start_matches([' ', '\t']).len();
    let subject = || format!("the header `{key}` of `{webhook}`");
    if let Some(problem) =
        validate::header_value(trimmed, subject, |at| value.inserted_by(variables, at + start))
    {
        return (None, Some(problem));
    }
    let name = key.to_ascii_lowercase();
    let is_secret = value.is_secret() || is_credential_name(&name);
    (Some(PreparedHeader::new(&name, trimmed, is_secret)), validate::header_non_ascii(key, trimmed))
}
