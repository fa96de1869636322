//! Events and groups.

use crate::core::catalog::variable::{ValueFormat, Variable, boolean, integer, list, object, string};

pub(in crate::core::catalog) const EVENT: &[Variable] = &[
    string("id", "same as the prokey; events are delivered without an id")
        .also("event id, Termin-ID")
        .read_only(),
    string("date_created", "when the event was created, in UTC")
        .also("created, created_at, erstellt, Erstellungsdatum")
        .format(ValueFormat::Moment)
        .read_only(),
    string("date_updated", "when the event was last changed, in UTC; null if never")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
    string("iCalFileName", "the name of its calendar file, if one was chosen")
        .personal()
        .also("ics, file name, Dateiname")
        .nullable(),
    string("recurrence", "the repetition as an RRULE, the rule text that calendar files use")
        .also("rrule, repetition, Wiederholung, Serie")
        .nullable()
        .format(ValueFormat::Recurrence),
    integer("recurrence_interval", "the step between repetitions: 2 with `weekly` is every other week")
        .nullable()
        .format(ValueFormat::Positive)
        .default("1"),
    integer("recurrence_count", "how many times it takes place in total")
        .nullable()
        .format(ValueFormat::Positive),
    string("recurrence_byDay", "the weekdays it falls on: `2MO,TU` is the second Monday and each Tuesday")
        .nullable(),
    string("recurrence_byMonthDay", "the days of the month it falls on: `3,23` is the 3rd and the 23rd")
        .nullable(),
    string("recurrence_byMonth", "the months it falls in: `1,12` is January and December").nullable(),
    string("recurrence_weekstart", "the weekday that weeks start on: `MO` is Monday").nullable(),
    string("recurrence_simple_type", "how it repeats: `daily`, `weekly`, `monthly` or `yearly`")
        .nullable()
        .one_of(&["daily", "weekly", "monthly", "yearly"]),
    list("dates", "the dates of the event, each with its own name, times and place")
        .also("dates and times, Termine")
        .required(),
    object("dates.0", "one of the dates: `dates.0` is the first, `dates.1` the second"),
    string("dates.0.name", "the title of the date")
        .personal()
        .also("title, event name, summary, subject, Titel, Terminname, Veranstaltungsname")
        .format(ValueFormat::NotBlank)
        .required(),
    string("dates.0.description", "what the date is about, as HTML")
        .personal()
        .also("text, details, Beschreibung")
        .nullable(),
    string("dates.0.startDate", "the day it starts, as year-month-day")
        .also("start, date, day, begin, Datum, Startdatum, Beginn, Tag")
        .format(ValueFormat::Day)
        .required(),
    string("dates.0.endDate", "the day it ends, as year-month-day")
        .also("end, Enddatum, Ende")
        .nullable()
        .format(ValueFormat::Day),
    string("dates.0.startTime", "the time it starts, as hours:minutes; null for all-day dates")
        .also("time, Uhrzeit, Startzeit")
        .nullable()
        .format(ValueFormat::Time),
    string("dates.0.endTime", "the time it ends, as hours:minutes; null for all-day dates")
        .also("Endzeit")
        .nullable()
        .format(ValueFormat::Time),
    string("dates.0.timeZone", "the time zone of these times, as region/city")
        .also("tz, Zeitzone")
        .nullable(),
    string("dates.0.location", "where it takes place: an address or a link")
        .personal()
        .also("place, venue, address, where, Ort, Veranstaltungsort, Adresse")
        .nullable(),
    string("dates.0.status", "how certain it is: `CONFIRMED`, `TENTATIVE` or `CANCELLED`")
        .nullable()
        .one_of(&["CONFIRMED", "TENTATIVE", "CANCELLED"]),
    string("dates.0.availability", "how calendars show that time: `free` or `busy`")
        .nullable()
        .one_of(&["free", "busy"]),
    string("dates.0.organizer_name", "the name of the organizer")
        .personal()
        .also("organizer, organiser, host, Veranstalter, Organisator")
        .nullable(),
    string("dates.0.organizer_email", "the email address of the organizer")
        .personal()
        .also("email, mail, E-Mail-Adresse")
        .nullable(),
    string("dates.0.attendee_name", "the name of the attendee, if there is a fixed one")
        .personal()
        .also("attendee, participant, Teilnehmer")
        .nullable(),
    string("dates.0.attendee_email", "the email address of that attendee").personal().nullable(),
    string("title_event_series", "the title above all dates, for events with more than one date")
        .personal()
        .also("series, series title, Serientitel")
        .nullable(),
    integer("rsvp_block", "the id of the RSVP template with the sign-up form")
        .also("rsvp template, form, Formular")
        .nullable()
        .refers_to("rsvp-block"),
    integer("cta_block", "the id of the call-to-action template")
        .also("cta template")
        .nullable()
        .refers_to("cta-block"),
    boolean("rsvp", "whether people can answer the invitation (RSVP)").default("false"),
    boolean("cta", "whether a call to action is shown").default("false"),
    integer("layout", "the id of the style of its button")
        .also("style, button style, Stil")
        .nullable()
        .refers_to("style"),
    string("status", "whether the event is public: `published` or `draft`")
        .one_of(&["published", "draft"])
        .default("\"published\"")
        .read_only(),
    boolean("hideButton", "whether the Add to Calendar button is hidden").default("false"),
    boolean(
        "simplified_recurrence",
        "whether repetition is set by the `recurrence_…` fields instead of the rule in `recurrence`",
    )
    .default("false"),
    string("sequence", "the revision of the event: a number as text, from `0`").default("\"0\"").read_only(),
    boolean(
        "distribution",
        "whether the date and the calendar file are offered; false for a pure sign-up form",
    )
    .default("true"),
    integer("landingpage", "the id of the landing page template that its page uses")
        .also("landing page template, Landingpage-Vorlage")
        .nullable()
        .refers_to("landingpage"),
    string("prokey", "the prokey (long id) of the event")
        .also("key, uuid, event key, event prokey")
        .read_only(),
    string("event_group", "the prokey (long id) of the group it belongs to")
        .also("group, calendar, group id, Gruppe, Termingruppe")
        .refers_to("group")
        .create_only(),
];

pub(in crate::core::catalog) const EVENT_GROUP: &[Variable] = &[
    string("id", "same as the prokey; groups are delivered without an id").also("group id, Gruppen-ID")
        .read_only(),
    string("date_created", "when the group was created, in UTC")
        .also("created, created_at, erstellt, Erstellungsdatum")
        .format(ValueFormat::Moment).read_only(),
    string("date_updated", "when the group was last changed, in UTC; null if never")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable()
        .format(ValueFormat::Moment).read_only(),
    string("name", "the name of the group; public if people can subscribe to it").personal()
        .also("title, group name, calendar name, Titel, Gruppenname")
        .format(ValueFormat::NotBlank).required(),
    string(
        "subscription",
        "whether people can subscribe: `no`, `external` (a calendar hosted elsewhere) or `children` (the events of the group)",
    )
        .one_of(&["no", "external", "children"]).default("\"no\""),
    boolean("public_event_overview", "whether the group has a public list of its events").optional()
        .default("false"),
    string("internal_note", "a note for internal use").personal().also("note, comment, Notiz, Bemerkung").nullable(),
    string("subscription_cal_url", "the address of the external calendar, usually ending in .ics").personal()
        .also("url, calendar url, ics, Kalender-URL")
        .nullable()
        .format(ValueFormat::Url),
    string("status", "whether the group is public: `published` or `draft`")
        .one_of(&["published", "draft"]).default("\"published\"").read_only(),
    boolean("cta", "whether a call to action is shown")
        .default("false"),
    integer("cta_block", "the id of the call-to-action template").nullable()
        .refers_to("cta-block"),
    integer("layout", "the id of the style of its button").also("style, button style, Stil").nullable()
        .refers_to("style"),
    string("prokey", "the prokey (long id) of the group").also("key, uuid, group key, group prokey")
        .read_only(),
    integer("landingpage", "the id of the landing page template that its page uses").nullable()
        .refers_to("landingpage"),
    list("events", "the prokeys (long ids) of the events in the group")
        .also("dates, Termine, Veranstaltungen")
        .default("[]").read_only(),
    string("events.0", "the prokey of one event: `events.0` is the first, `events.1` the second")
        .read_only(),
];
