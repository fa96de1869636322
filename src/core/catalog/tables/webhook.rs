//! Webhooks, which are read only over the REST API: they are not a trigger element.

use crate::core::catalog::variable::{ValueFormat, Variable, any, boolean, integer, list, object, string};

/// The fields of a webhook, in the order in which the API returns them.
pub const WEBHOOK: &[Variable] = &[
    integer("id", "the id of the webhook").read_only(),
    string("name", "the name of the webhook, for internal use").format(ValueFormat::NotBlank).required(),
    boolean("active", "whether the webhook fires").required(),
    string("method", "the HTTP method of the request")
        .one_of(&["GET", "POST", "PUT", "PATCH", "DELETE"])
        .default("\"POST\"")
        .required(),
    string("payload_url", "the address that the request is sent to").format(ValueFormat::Url).required(),
    string("trigger", "what happens to the element").one_of(&["create", "update", "delete"]).required(),
    string("trigger_element", "the kind of the element")
        .one_of(&[
            "rsvp_answer",
            "event",
            "event_group",
            "style",
            "rsvp_template",
            "cta_template",
            "landingpage_template",
        ])
        .required(),
    string("prokey_filter", "the prokey of the only event whose answers fire it; null for all").nullable(),
    list("header", "the headers of the request, in order").default("[]"),
    object("header.0", "one of the headers"),
    string("header.0.key", "the name of the header").format(ValueFormat::NotBlank).required(),
    string("header.0.value", "the value of the header, which may contain variables").required(),
    list("body", "the fields of the body beside `element_data`, in order").default("[]"),
    object("body.0", "one of the body fields"),
    string("body.0.key", "the name of the body field").format(ValueFormat::NotBlank).required(),
    any("body.0.value", "the value of the body field; text may contain variables").required(),
    string("date_created", "when the webhook was created, in UTC").format(ValueFormat::Moment).read_only(),
    string("date_updated", "when the webhook was last changed, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
    string("last_execution", "when the webhook last fired, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
];
