//! Errors in a seed.

use std::fmt;

use crate::core::emulator::ApiError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedError {
    /// A JSON path such as `$.event[0].dates[1].name`; for a syntax error, line and column.
    pub path: String,
    pub problem: String,
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.problem)
    }
}

impl std::error::Error for SeedError {}

pub(super) fn error(path: impl Into<String>, problem: impl Into<String>) -> SeedError {
    SeedError { path: path.into(), problem: problem.into() }
}

/// Converts the API's error for the element at this path.
pub(super) fn in_element(path: &str, refused: &ApiError) -> SeedError {
    let Some(field) = &refused.path else { return error(path, refused.message.as_str()) };
    let problem = refused.message.strip_prefix(&format!("`{field}`: ")).unwrap_or(&refused.message);
    let mut whole = path.to_owned();
    for step in field.split('.') {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            whole.push_str(&format!("[{step}]"));
        } else {
            whole.push_str(&format!(".{step}"));
        }
    }
    error(whole, problem)
}
