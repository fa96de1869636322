//! What only the REST API has: webhooks, fields of requests that no element has, and the order of fields when read.

use crate::core::model::TriggerElement;

use super::lookup::variables;
use super::variable::{ValueFormat, Variable, any, boolean, integer, list, object, text};

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
    text("date_created", "when the webhook was created, in UTC").read_only(),
    text("date_updated", "when the webhook was last changed, in UTC; null if never").nullable().read_only(),
    text("last_execution", "when the webhook last fired, in UTC; null if never").nullable().read_only(),
];

const EVENT_REQUEST: &[Variable] =
    &[text("new_event_group_name", "the name of a group to create for the event, instead of `event_group`")
        .format(ValueFormat::NotBlank)
        .create_only()];

/// Fields that a request may have, but no element has.
pub fn request_fields(element: TriggerElement) -> &'static [Variable] {
    if element == TriggerElement::Event { EVENT_REQUEST } else { &[] }
}

/// The names of the fields that the API reads, in its order, without an `id` that only lists have.
pub fn read_order(element: TriggerElement) -> Vec<&'static str> {
    let own = match element {
        TriggerElement::Event => EVENT_AS_READ,
        TriggerElement::EventGroup => EVENT_GROUP_AS_READ,
        _ => "",
    };
    if !own.is_empty() {
        return own.split_ascii_whitespace().collect();
    }
    variables(element).iter().map(|field| field.name).filter(|name| !name.contains('.')).collect()
}

const EVENT_AS_READ: &str = "status dates title_event_series simplified_recurrence recurrence recurrence_interval \
                             recurrence_count recurrence_byDay recurrence_byMonthDay recurrence_byMonth \
                             recurrence_weekstart recurrence_simple_type layout landingpage iCalFileName rsvp \
                             rsvp_block cta cta_block hideButton distribution sequence date_created date_updated \
                             event_group prokey";

/// Documented, except for the place of `public_event_overview` and `prokey`.
const EVENT_GROUP_AS_READ: &str = "name status internal_note subscription subscription_cal_url public_event_overview \
                                   layout landingpage cta cta_block date_updated date_created events prokey";
