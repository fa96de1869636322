//! The JSON that the page of `hooks emulate` gets about the emulator and the fields of its elements.

use serde::Serialize;
use serde_json::Map;

use super::line;
use crate::core::catalog::{Acceptance, Variable, request_fields};
use crate::core::emulator::{Record, Resource};

#[derive(Serialize)]
struct About<'a> {
    url: &'a str,
    r#try: [&'a str; 1],
    /// False if clocks are stopped and move only by hand.
    clock_runs: bool,
    resources: Vec<ResourceShape>,
}

#[derive(Serialize)]
struct ResourceShape {
    path: &'static str,
    /// The field that identifies an element in its path.
    key: &'static str,
    fields: Vec<FieldShape>,
}

/// A field that a request may set.
#[derive(Serialize)]
struct FieldShape {
    name: &'static str,
    r#type: &'static str,
    required: bool,
    create_only: bool,
    /// As JSON.
    default: Option<&'static str>,
    allowed: &'static [&'static str],
    refers_to: Option<&'static str>,
    meaning: &'static str,
    /// For a list: one item with its required fields.
    example: Option<[Record; 1]>,
}

/// `example` is a command to try.
pub fn emulator_json(url: &str, example: &str, clock_runs: bool) -> String {
    let resources = Resource::ALL.map(resource_shape).into();
    line(&About { url, r#try: [example], clock_runs, resources })
}

fn resource_shape(resource: Resource) -> ResourceShape {
    let of_request = resource.trigger_element().map_or(&[][..], request_fields);
    let fields = resource.fields();
    let settable = fields.iter().chain(of_request).filter(|field| !field.name.contains('.'));
    ResourceShape {
        path: resource.path(),
        key: if resource.is_addressed_by_prokey() { "prokey" } else { "id" },
        fields: settable
            .filter(|field| field.acceptance != Acceptance::ReadOnly)
            .map(|field| field_shape(field, fields))
            .collect(),
    }
}

fn field_shape(field: &'static Variable, all: &[Variable]) -> FieldShape {
    let prefix = format!("{}.0.", field.name);
    let inside = all.iter().filter(|own| own.acceptance == Acceptance::Required);
    let inside: Map<_, _> =
        inside.filter_map(|own| Some((own.name.strip_prefix(&prefix)?.to_owned(), "".into()))).collect();
    FieldShape {
        name: field.name,
        r#type: field.kind.as_str(),
        required: field.acceptance == Acceptance::Required,
        create_only: field.acceptance == Acceptance::CreateOnly,
        default: field.default,
        allowed: field.allowed,
        refers_to: field.refers_to,
        meaning: field.meaning,
        example: (field.acceptance == Acceptance::Required && !inside.is_empty()).then_some([inside]),
    }
}
