//! The variables of a group of events.

use super::variable::{Variable, boolean, integer, list, text};

pub(super) const VARIABLES: &[Variable] = &[
    text("id", "takes the prokey: groups are delivered without an id"),
    text("prokey", "the group's own prokey (long id)"),
    text("name", "the name of the group; public if people can subscribe to it"),
    text("status", "whether the group is public, such as `published`"),
    text("internal_note", "a note for the account's own people").nullable(),
    text("subscription", "whether people can subscribe: `no`, or `external` for a calendar kept elsewhere"),
    text("subscription_cal_url", "the address of that external calendar, usually ending in .ics").nullable(),
    integer("layout", "the id of the style that its button has").nullable(),
    integer("landingpage", "the id of the landing page template that its page uses").nullable(),
    boolean("cta", "whether a call to action follows"),
    integer("cta_block", "the id of the template with that call to action").nullable(),
    list("events", "the prokeys (long ids) of the events in the group"),
    text("events.0", "the prokey of the first event; the second one is `events.1`"),
    text("date_created", "when the group was created, in UTC"),
    text("date_updated", "when the group was last changed, in UTC; empty if never").nullable(),
];
