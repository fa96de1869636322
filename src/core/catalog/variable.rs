//! A variable of an element, and the constructors for the tables of variables.

use std::fmt;

/// The JSON type of a field that is not `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VariableType {
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A string, `true` or `false`.
    StringOrBoolean,
    /// An object with fields of its own.
    Object,
    /// A list; its positions count from 0.
    List,
    /// Any JSON value.
    Any,
}

impl VariableType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::StringOrBoolean => "string or boolean",
            Self::Object => "object",
            Self::List => "list",
            Self::Any => "any",
        }
    }
}

impl fmt::Display for VariableType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a request to the REST API may set a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Acceptance {
    /// The platform sets it.
    ReadOnly,
    Optional,
    /// A create must have it; if it is nested, every such object must.
    Required,
    /// Optional on create, refused on change.
    CreateOnly,
}

/// What the text of a field looks like, or the range of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueFormat {
    Any,
    /// At least one character besides whitespace.
    NotBlank,
    /// A day, `2026-07-01`, or a dynamic one, `today+4`.
    Day,
    /// `14:45`
    Time,
    /// A moment in UTC: `2026-07-01T09:00:00.000Z`.
    Moment,
    /// Begins with `http://` or `https://`.
    Url,
    /// A colour as a hex code, `#9456ff`.
    Color,
    /// Begins with `RRULE:`.
    Recurrence,
    /// A whole number from 1.
    Positive,
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
    /// Whether the fields below it differ from element to element; the ones listed are then examples.
    pub open: bool,
    /// Separated by `, `.
    synonyms: &'static str,
    /// Whether the REST API accepts it.
    pub acceptance: Acceptance,
    /// The value, as JSON, that the platform uses if a create omits the field; none for `null`.
    pub default: Option<&'static str>,
    /// The only values it may have; any if empty.
    pub allowed: &'static [&'static str],
    pub format: ValueFormat,
    /// The resource of the REST API whose id or prokey it is, as in the path: `rsvp-block`.
    pub refers_to: Option<&'static str>,
    /// Whether its value, or anything in it, may be about people or is text that people wrote: `sample --id` replaces it with a
    /// synthetic value.
    pub personal: bool,
    /// What it means, for someone new to the platform: a fragment without a full stop.
    pub meaning: &'static str,
}

impl Variable {
    const fn new(name: &'static str, kind: VariableType, meaning: &'static str) -> Self {
        Self {
            name,
            kind,
            nullable: false,
            optional: false,
            open: false,
            synonyms: "",
            acceptance: Acceptance::Optional,
            default: None,
            allowed: &[],
            format: ValueFormat::Any,
            refers_to: None,
            personal: false,
            meaning,
        }
    }

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

    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(super) const fn open(mut self) -> Self {
        self.open = true;
        self
    }

    pub(super) const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    pub(super) const fn read_only(mut self) -> Self {
        self.acceptance = Acceptance::ReadOnly;
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.acceptance = Acceptance::Required;
        self
    }

    pub(super) const fn create_only(mut self) -> Self {
        self.acceptance = Acceptance::CreateOnly;
        self
    }

    /// As JSON.
    pub(super) const fn default(mut self, json: &'static str) -> Self {
        self.default = Some(json);
        self
    }

    pub(super) const fn one_of(mut self, allowed: &'static [&'static str]) -> Self {
        self.allowed = allowed;
        self
    }

    pub(super) const fn format(mut self, format: ValueFormat) -> Self {
        self.format = format;
        self
    }

    pub(super) const fn refers_to(mut self, resource: &'static str) -> Self {
        self.refers_to = Some(resource);
        self
    }
}

pub(super) const fn string(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::String, meaning)
}

pub(super) const fn integer(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Integer, meaning)
}

pub(super) const fn boolean(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Boolean, meaning)
}

pub(super) const fn string_or_boolean(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::StringOrBoolean, meaning)
}

pub(super) const fn object(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Object, meaning)
}

pub(super) const fn list(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::List, meaning)
}

pub(super) const fn any(name: &'static str, meaning: &'static str) -> Variable {
    Variable::new(name, VariableType::Any, meaning)
}
