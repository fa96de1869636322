//! References from one record to another.

use serde_json::Value;

use super::{Record, Resource};

/// A field that contains the id or prokey of another record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub field: &'static str,
    pub target: ReferenceTarget,
    /// The id as digits, or the prokey.
    pub key: String,
}

/// What a reference refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceTarget {
    Resource(Resource),
    /// An email template of this type, such as `rsvp_doi`.
    EmailTemplate(&'static str),
    CustomDomain,
}

impl ReferenceTarget {
    fn of(field: &'static str, path: &str) -> Option<Self> {
        match (Resource::of_path(path), path) {
            (Some(resource), _) => Some(Self::Resource(resource)),
            (None, "email-template") => field.strip_prefix("email_").map(Self::EmailTemplate),
            (None, "custom-domains") => Some(Self::CustomDomain),
            (None, _) => None,
        }
    }
}

/// The references in a record, without null ones. Assumed: a request with a reference to something missing is refused.
pub fn references(resource: Resource, record: &Record) -> Vec<Reference> {
    let reference = |field: &'static crate::core::catalog::Variable| {
        let target = ReferenceTarget::of(field.name, field.refers_to?)?;
        let key = match record.get(field.name)? {
            Value::String(prokey) => prokey.clone(),
            Value::Number(id) => id.to_string(),
            _ => return None,
        };
        Some(Reference { field: field.name, target, key })
    };
    resource.fields().iter().filter_map(reference).collect()
}

/// Removes the references to a deleted template from a record; returns whether it had any.
///
/// Documented: events and groups continue to exist without the style, landing page, call to action or RSVP form; an event that had
/// the form becomes an ordinary event.
pub fn drop_reference(resource: Resource, record: &mut Record, deleted: Resource, key: &str) -> bool {
    let mut is_changed = false;
    for reference in references(resource, record) {
        if reference.target != ReferenceTarget::Resource(deleted) || reference.key != key {
            continue;
        }
        is_changed = true;
        record.insert(reference.field.to_owned(), Value::Null);
        let switch = match deleted {
            Resource::RsvpBlock => "rsvp",
            Resource::CtaBlock => "cta",
            _ => continue,
        };
        record.insert(switch.to_owned(), Value::Bool(false));
    }
    is_changed
}
