//! The value of a header or a body field.

/// Text, or any other JSON value of a body field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldValue {
    /// May contain `{{variable}}` and `${NAME}`. Every header value is text.
    Text(String),
    /// A number, boolean, null, list or object, as JSON with all of its digits; it contains no variables. Or `${NAME}`, whose
    /// value is the JSON.
    Json(String),
}

impl FieldValue {
    /// The text, or the JSON.
    pub fn as_str(&self) -> &str {
        let (Self::Text(text) | Self::Json(text)) = self;
        text
    }

    pub fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }

    /// The same kind of value with another text or JSON.
    #[must_use]
    pub fn with(&self, text: String) -> Self {
        match self {
            Self::Text(_) => Self::Text(text),
            Self::Json(_) => Self::Json(text),
        }
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
