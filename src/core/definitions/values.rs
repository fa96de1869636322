//! String values.

use toml::de::DeValue;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::Spanned;

use super::problems::{Problems, TomlValue, article};

pub(super) fn text(
    problems: &mut Problems<'_>,
    field: &str,
    value: &TomlValue<'_>,
) -> Option<Spanned<String>> {
    let span = problems.span(value);
    let literal = problems.source.text().get(span.clone()).unwrap_or_default();
    if let DeValue::String(text) = value.get_ref() {
        let text = with_line_feeds(literal).unwrap_or_else(|| text.clone().into_owned());
        return Some(Spanned::new(text, span));
    }
    let is_scalar = !literal.contains('\n') && !value.get_ref().is_table() && !value.get_ref().is_array();
    // The value of a header may be a credential.
    let shown = if field.starts_with("header.") { "…" } else { literal };
    let help = is_scalar.then(|| format!("put it in quotes: `\"{shown}\"`"));
    let message = format!("`{field}` must be a string, not {}", article(value.get_ref().type_str()));
    problems.report(Diagnostic::error("wrong-type", message).at(problems.source, span).maybe_help(help));
    None
}

/// The text of a literal that spans lines in a file with Windows line endings. Its line breaks become line feeds, so that
/// a definition sends the same bytes on every system; an escaped `\r` is kept.
fn with_line_feeds(literal: &str) -> Option<String> {
    let literal = literal.contains("\r\n").then(|| literal.replace("\r\n", "\n"))?;
    let value = DeValue::parse(&literal).ok()?;
    value.get_ref().as_str().map(str::to_owned)
}
