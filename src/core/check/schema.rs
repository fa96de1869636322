//! The JSON Schema of a definitions file.

/// The JSON Schema of a definitions file.
pub fn schema() -> String {
    String::new()
}
