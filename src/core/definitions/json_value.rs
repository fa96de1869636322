//! Body values that are not strings: TOML numbers and booleans, and `{ json = "…" }` for every other JSON value.

use toml::de::DeValue;

use super::problems::TomlValue;

/// The key of the table for JSON that TOML has no value for.
pub(super) const JSON: &str = "json";

/// The literal of `{ json = "…" }`; none for another value.
pub(super) fn json_literal<'a, 'i>(value: &'a DeValue<'i>) -> Option<&'a TomlValue<'i>> {
    let table = value.as_table()?;
    table.get(JSON).filter(|_| table.len() == 1)
}

/// A number or a boolean as JSON with the same digits; none for other values, and for numbers that JSON cannot represent.
pub(super) fn scalar_as_json(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        DeValue::Float(number) => {
            let text = number.as_str().strip_prefix('+').unwrap_or(number.as_str());
            let is_json = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
            is_json.then(|| text.to_owned())
        }
        _ => None,
    }
}

/// How TOML writes a JSON value that it has a literal for; none for other values, and for numbers that other programs could
/// not read from TOML without loss.
pub(super) fn json_as_scalar(json: &str) -> Option<&str> {
    /// The digits that every double-precision number keeps.
    const EXACT_DIGITS: usize = 15;
    if matches!(json, "true" | "false") {
        return Some(json);
    }
    if !json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    if !json.contains(['.', 'e', 'E']) {
        return json.parse::<i64>().ok().filter(|number| number.to_string() == json).map(|_| json);
    }
    let mantissa = json.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let number = json.parse::<f64>().ok().filter(|number| number.is_finite())?;
    let is_zero = mantissa.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0');
    (digits <= EXACT_DIGITS && (number != 0.0) != is_zero).then_some(json)
}
