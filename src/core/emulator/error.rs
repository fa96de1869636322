//! The error response to a refused request.

use std::fmt;

use super::assumptions::{Assumptions, InvalidFieldStatus};

/// Assumed: neither statuses nor messages are documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub status: u16,
    pub message: String,
    /// The path of the field, such as `dates.0.name`.
    pub path: Option<String>,
}

impl ApiError {
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), path: None }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 400 for a field. `problem` says which values are allowed.
    pub fn field(path: &str, problem: impl fmt::Display) -> Self {
        Self { path: Some(path.to_owned()), ..Self::bad_request(format!("`{path}`: {problem}")) }
    }

    /// The error with the status assumed for invalid fields.
    #[must_use]
    pub fn assumed(self, assumptions: &Assumptions) -> Self {
        let status = match assumptions.invalid_field_status {
            InvalidFieldStatus::BadRequest => 400,
            InvalidFieldStatus::Unprocessable => 422,
        };
        Self { status, ..self }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
