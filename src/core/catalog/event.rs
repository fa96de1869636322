//! The variables of an event.

use super::variable::{Variable, boolean, integer, list, object, text};

pub(super) const VARIABLES: &[Variable] = &[
    text("id", "takes the prokey: events are delivered without an id"),
    text("status", "whether the event is public, such as `published`"),
    list("dates", "the dates of the event, each with its own name, times and place"),
    object("dates.0", "the first date; the second one is `dates.1`"),
    text("dates.0.name", "the title of the date"),
    text("dates.0.description", "what the date is about, as HTML").nullable(),
    text("dates.0.startDate", "the day it starts, as year-month-day"),
    text("dates.0.endDate", "the day it ends, as year-month-day").nullable(),
    text("dates.0.startTime", "the time it starts, as hours:minutes; empty for all-day dates").nullable(),
    text("dates.0.endTime", "the time it ends, as hours:minutes; empty for all-day dates").nullable(),
    text("dates.0.timeZone", "the time zone its times are in, as region/city").nullable(),
    text("dates.0.location", "where it takes place: an address or a link").nullable(),
    text("dates.0.status", "how certain it is: `CONFIRMED`, `TENTATIVE` or `CANCELLED`").nullable(),
    text("dates.0.availability", "how calendars show that time: `free` or `busy`").nullable(),
    text("dates.0.organizer_name", "the name of the organizer").nullable(),
    text("dates.0.organizer_email", "the e-mail address of the organizer").nullable(),
    text("dates.0.attendee_name", "the name of the attendee, where one is fixed beforehand").nullable(),
    text("dates.0.attendee_email", "the e-mail address of that attendee").nullable(),
    text("title_event_series", "the title above all dates, for events with more than one").nullable(),
    boolean(
        "simplified_recurrence",
        "whether repetition is set by the `recurrence_…` fields instead of the rule in `recurrence`",
    ),
    text("recurrence", "the repetition as an RRULE, the rule text that calendar files use").nullable(),
    text("recurrence_simple_type", "how it repeats: `daily`, `weekly`, `monthly` or `yearly`").nullable(),
    integer("recurrence_interval", "the step between repetitions: 2 with `weekly` is every other week")
        .nullable(),
    integer("recurrence_count", "how many times it takes place in all").nullable(),
    text("recurrence_byDay", "the weekdays it falls on: `2MO,TU` is the second Monday and each Tuesday")
        .nullable(),
    text("recurrence_byMonthDay", "the days of the month it falls on: `3,23` is the 3rd and the 23rd")
        .nullable(),
    text("recurrence_byMonth", "the months it falls in: `1,12` is January and December").nullable(),
    text("recurrence_weekstart", "the weekday that weeks start on: `MO` is Monday").nullable(),
    integer("layout", "the id of the style that its button has").nullable(),
    integer("landingpage", "the id of the landing page template that its page uses").nullable(),
    text("iCalFileName", "the name of its calendar file, where one was chosen").nullable(),
    boolean("rsvp", "whether people can answer the invitation (RSVP)"),
    integer("rsvp_block", "the id of the RSVP template with its form").nullable(),
    boolean("cta", "whether a call to action follows"),
    integer("cta_block", "the id of the template with that call to action").nullable(),
    boolean("hideButton", "whether the Add to Calendar button is hidden"),
    boolean("distribution", "the app's switch for distributing the event; its effect is not documented"),
    text("sequence", "the revision of the event: a number as text, from `0`"),
    text("event_group", "the prokey (long id) of the group it belongs to"),
    text("prokey", "the event's own prokey (long id)"),
    text("date_created", "when the event was created, in UTC"),
    text("date_updated", "when the event was last changed, in UTC; empty if never").nullable(),
];
