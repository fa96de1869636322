//! The variables of a group of events, in the order of recorded deliveries.

use super::variable::{Variable, boolean, integer, list, text};

pub(super) const VARIABLES: &[Variable] = &[
    text("id", "same as the prokey; groups are delivered without an id").also("group id, Gruppen-ID"),
    text("date_created", "when the group was created, in UTC")
        .also("created, created_at, erstellt, Erstellungsdatum"),
    text("date_updated", "when the group was last changed, in UTC; null if never")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable(),
    text("name", "the name of the group; public if people can subscribe to it")
        .also("title, group name, calendar name, Titel, Gruppenname"),
    text(
        "subscription",
        "whether people can subscribe: `no`, `external` (a calendar kept elsewhere) or `children` (its own events)",
    ),
    boolean("public_event_overview", "whether the group has a public list of its events").optional(),
    text("internal_note", "a note for internal use").also("note, comment, Notiz, Bemerkung").nullable(),
    text("subscription_cal_url", "the address of the external calendar, usually ending in .ics")
        .also("url, calendar url, ics, Kalender-URL")
        .nullable(),
    text("status", "whether the group is public: `published` or `draft`"),
    boolean("cta", "whether a call to action follows"),
    integer("cta_block", "the id of the template with that call to action").nullable(),
    integer("layout", "the id of the style of its button").also("style, button style, Stil").nullable(),
    text("prokey", "the group's own prokey (long id)").also("key, uuid, group key, group prokey"),
    integer("landingpage", "the id of the landing page template that its page uses").nullable(),
    list("events", "the prokeys (long ids) of the events in the group")
        .also("dates, Termine, Veranstaltungen"),
    text("events.0", "the prokey of the first event; the second one is `events.1`"),
];
