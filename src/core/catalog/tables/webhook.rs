//! Webhooks, which only the REST API reads: no trigger applies to them.

use crate::core::catalog::variable::{ValueFormat, Variable, any, boolean, integer, list, object, text};

/// The fields of a webhook, in the order in which the API reads them.
pub const WEBHOOK: &[Variable] = &[
    integer("id", "the id of the webhook").read_only(),
    text("name", "the name of the webhook, for internal use").format(ValueFormat::NotBlank).required(),
    boolean("active", "whether the webhook fires").required(),
    text("method", "the HTTP method of the request")
        .one_of(&["GET", "POST", "PUT", "PATCH", "DELETE"])
        .default("\"POST\"")
        .required(),
    text("payload_url", "the address that the request is sent to").format(ValueFormat::Url).required(),
    text("trigger", "what happens to the element").one_of(&["create", "update", "delete"]).required(),
    text("trigger_element", "the kind of the element")
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
    text("prokey_filter", "the prokey of the only event whose answers fire it; null for all").nullable(),
    list("header", "the headers of the request, in order").default("[]"),
    object("header.0", "one of the headers"),
    text("header.0.key", "the name of the header").format(ValueFormat::NotBlank).required(),
    text("header.0.value", "the value of the header, which may contain variables").required(),
    list("body", "the fields of the body beside `element_data`, in order").default("[]"),
    object("body.0", "one of the body fields"),
    text("body.0.key", "the name of the body field").format(ValueFormat::NotBlank).required(),
    any("body.0.value", "the value of the body field; text may contain variables").required(),
    text("date_created", "when the webhook was created, in UTC").format(ValueFormat::Moment).read_only(),
    text("date_updated", "when the webhook was last changed, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
    text("last_execution", "when the webhook last fired, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
];
