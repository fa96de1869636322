//! What can be asked of the editor.

/// One change to one webhook of a definitions file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Defines a new webhook, after the last one.
    Add {
        /// Its handle; must be free.
        handle: String,
        /// What it says, in the order in which it is to be written.
        fields: Vec<(FieldPath, Scalar)>,
    },
    /// Gives a field a value, whether or not it had one.
    Set {
        /// The webhook.
        handle: String,
        /// The field.
        field: FieldPath,
        /// The value.
        value: Scalar,
    },
    /// Takes a field away, and the header or body table with its last field; a field that is not
    /// there is no error.
    Clear {
        /// The webhook.
        handle: String,
        /// The field.
        field: FieldPath,
    },
    /// Gives a webhook another handle, wherever the handle is written.
    Rename {
        /// The handle as it is.
        from: String,
        /// The handle to be; must be free.
        to: String,
    },
    /// Takes a webhook away, with the comment directly above it and one of two blank lines around. A
    /// comment set off by a blank line stays, and so does one that starts on the file's first line.
    Remove {
        /// The webhook.
        handle: String,
    },
    /// Puts another text in the place of a webhook's [`block`](super::block), the parts of one that is
    /// scattered over the file in the place of the first.
    Replace {
        /// The webhook; the new text must define it and nothing else.
        handle: String,
        /// The whole block as TOML.
        block: String,
    },
}

impl Change {
    /// The webhook that it is about, by its handle before the change.
    pub fn handle(&self) -> &str {
        match self {
            Self::Rename { from, .. } => from,
            Self::Add { handle, .. }
            | Self::Set { handle, .. }
            | Self::Clear { handle, .. }
            | Self::Remove { handle }
            | Self::Replace { handle, .. } => handle,
        }
    }
}

/// Which field of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldPath {
    /// A field of its own, such as `method`; for [`Change::Clear`] also `header` or `body` as a whole.
    Field(String),
    /// The header of that name, spelled as in the file.
    Header(String),
    /// The body field of that key.
    Body(String),
}

impl FieldPath {
    /// The way to it from the root of the document.
    pub(super) fn path<'a>(&'a self, handle: &'a str) -> Vec<&'a str> {
        match self {
            Self::Field(name) => vec![super::WEBHOOKS, handle, name],
            Self::Header(name) => vec![super::WEBHOOKS, handle, "header", name],
            Self::Body(key) => vec![super::WEBHOOKS, handle, "body", key],
        }
    }
}

impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::Header(name) => write!(f, "header.{name}"),
            Self::Body(key) => write!(f, "body.{key}"),
        }
    }
}

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}
