//! What is specific to the REST API: request fields that no element has, page sizes, and the order of fields in responses.

use crate::core::model::TriggerElement;

use super::lookup::variables;
use super::variable::{ValueFormat, Variable, string};

/// Documented: the maximum number of entries on a page of a list.
pub const PAGE_SIZE: usize = 800;
/// Documented: the maximum number of RSVP answers on a page.
pub const ANSWERS_PAGE_SIZE: usize = 2000;

/// The first part of the paths of these elements.
pub fn api_path(element: TriggerElement) -> &'static str {
    match element {
        TriggerElement::RsvpAnswer => "rsvp-answers",
        TriggerElement::Event => "event",
        TriggerElement::EventGroup => "group",
        TriggerElement::Style => "style",
        TriggerElement::RsvpTemplate => "rsvp-block",
        TriggerElement::CtaTemplate => "cta-block",
        TriggerElement::LandingpageTemplate => "landingpage",
    }
}

const EVENT_REQUEST: &[Variable] = &[string(
    "new_event_group_name",
    "the name of a group to create for the event, instead of `event_group`",
)
.format(ValueFormat::NotBlank)
.create_only()];

/// Fields that a request may have but no element has.
pub fn request_fields(element: TriggerElement) -> &'static [Variable] {
    if element == TriggerElement::Event { EVENT_REQUEST } else { &[] }
}

/// The names of the fields in the order in which the API returns them, without the `id` that only lists contain.
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

/// Documented, except for the position of `public_event_overview` and `prokey`.
const EVENT_GROUP_AS_READ: &str = "name status internal_note subscription subscription_cal_url public_event_overview \
                                   layout landingpage cta cta_block date_updated date_created events prokey";
