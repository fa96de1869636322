//! A variable of an element, and the constructors for the tables of variables.

use std::fmt;

/// The JSON type of a field that is not `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VariableType {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A string, `true` or `false`.
    TextOrBoolean,
    /// An object with fields of its own.
    Object,
    /// A list; its positions count from 0.
    List,
}

impl VariableType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::TextOrBoolean => "text or boolean",
            Self::Object => "object",
            Self::List => "list",
        }
    }
}

impl fmt::Display for VariableType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A field of an element, as `{{name}}` addresses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The path to the field: a dot between steps, list positions as numbers. Tables list position 0 only.
    pub name: &'static str,
    pub kind: VariableType,
    /// Whether it may also be `null`.
    pub nullable: bool,
    /// Whether an element may lack it.
    pub optional: bool,
    /// Whether the fields below it differ from element to element, so that the ones listed are examples.
    pub open: bool,
    /// Separated by `, `.
    synonyms: &'static str,
    /// What it means, for someone new to the platform: a fragment without a full stop.
    pub meaning: &'static str,
}

impl Variable {
    const fn new(name: &'static str, kind: VariableType, meaning: &'static str) -> Self {
        Self { name, kind, nullable: false, optional: false, open: false, synonyms: "", meaning }
    }

    /// May be `null`.
    pub(super) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Other names, English and German, that people try.
    pub(super) fn synonyms(&self) -> impl Iterator<Item = &'static str> {
        self.synonyms.split(", ").filter(|word| !word.is_empty())
    }

    /// With synonyms, separated by `, `.
    pub(super) const fn also(mut self, synonyms: &'static str) -> Self {
        self.synonyms = synonyms;
        self
    }

    /// Missing in some elements.
    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Its fields differ from element to element.
    pub(super) const fn open(mut self) -> Self {
        self.open = true;
        self
    }
}

pub(super) const fn text(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Text, meaning)
}

pub(super) const fn integer(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Integer, meaning)
}

pub(super) const fn boolean(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Boolean, meaning)
}

pub(super) const fn text_or_boolean(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::TextOrBoolean, meaning)
}

pub(super) const fn object(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Object, meaning)
}

pub(super) const fn list(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::List, meaning)
}
