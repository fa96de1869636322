//! The variables of an event, in the order of recorded deliveries.

use super::variable::{Variable, boolean, integer, list, object, text};

pub(super) const VARIABLES: &[Variable] = &[
    text("id", "same as the prokey; events are delivered without an id").also("event id, Termin-ID"),
    text("date_created", "when the event was created, in UTC")
        .also("created, created_at, erstellt, Erstellungsdatum"),
    text("date_updated", "when the event was last changed, in UTC; null if never")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable(),
    text("iCalFileName", "the name of its calendar file, where one was chosen")
        .also("ics, file name, Dateiname")
        .nullable(),
    text("recurrence", "the repetition as an RRULE, the rule text that calendar files use")
        .also("rrule, repetition, Wiederholung, Serie")
        .nullable(),
    integer("recurrence_interval", "the step between repetitions: 2 with `weekly` is every other week")
        .nullable(),
    integer("recurrence_count", "how many times it takes place in all").nullable(),
    text("recurrence_byDay", "the weekdays it falls on: `2MO,TU` is the second Monday and each Tuesday")
        .nullable(),
    text("recurrence_byMonthDay", "the days of the month it falls on: `3,23` is the 3rd and the 23rd")
        .nullable(),
    text("recurrence_byMonth", "the months it falls in: `1,12` is January and December").nullable(),
    text("recurrence_weekstart", "the weekday that weeks start on: `MO` is Monday").nullable(),
    text("recurrence_simple_type", "how it repeats: `daily`, `weekly`, `monthly` or `yearly`").nullable(),
    list("dates", "the dates of the event, each with its own name, times and place")
        .also("dates and times, Termine"),
    object("dates.0", "the first date; the second one is `dates.1`"),
    text("dates.0.name", "the title of the date")
        .also("title, event name, summary, subject, Titel, Terminname, Veranstaltungsname"),
    text("dates.0.description", "what the date is about, as HTML")
        .also("text, details, Beschreibung")
        .nullable(),
    text("dates.0.startDate", "the day it starts, as year-month-day")
        .also("start, date, day, begin, Datum, Startdatum, Beginn, Tag"),
    text("dates.0.endDate", "the day it ends, as year-month-day").also("end, Enddatum, Ende").nullable(),
    text("dates.0.startTime", "the time it starts, as hours:minutes; null for all-day dates")
        .also("time, Uhrzeit, Startzeit")
        .nullable(),
    text("dates.0.endTime", "the time it ends, as hours:minutes; null for all-day dates")
        .also("Endzeit")
        .nullable(),
    text("dates.0.timeZone", "the time zone its times are in, as region/city")
        .also("tz, Zeitzone")
        .nullable(),
    text("dates.0.location", "where it takes place: an address or a link")
        .also("place, venue, address, where, Ort, Veranstaltungsort, Adresse")
        .nullable(),
    text("dates.0.status", "how certain it is: `CONFIRMED`, `TENTATIVE` or `CANCELLED`").nullable(),
    text("dates.0.availability", "how calendars show that time: `free` or `busy`").nullable(),
    text("dates.0.organizer_name", "the name of the organizer")
        .also("organizer, organiser, host, Veranstalter, Organisator")
        .nullable(),
    text("dates.0.organizer_email", "the email address of the organizer")
        .also("email, mail, E-Mail-Adresse")
        .nullable(),
    text("dates.0.attendee_name", "the name of the attendee, where one is fixed beforehand")
        .also("attendee, participant, Teilnehmer")
        .nullable(),
    text("dates.0.attendee_email", "the email address of that attendee").nullable(),
    text("title_event_series", "the title above all dates, for events with more than one")
        .also("series, series title, Serientitel")
        .nullable(),
    integer("rsvp_block", "the id of the RSVP template with its form")
        .also("rsvp template, form, Formular")
        .nullable(),
    integer("cta_block", "the id of the template with that call to action").also("cta template").nullable(),
    boolean("rsvp", "whether people can answer the invitation (RSVP)"),
    boolean("cta", "whether a call to action follows"),
    integer("layout", "the id of the style of its button").also("style, button style, Stil").nullable(),
    text("status", "whether the event is public: `published` or `draft`"),
    boolean("hideButton", "whether the Add to Calendar button is hidden"),
    boolean(
        "simplified_recurrence",
        "whether repetition is set by the `recurrence_…` fields instead of the rule in `recurrence`",
    ),
    text("sequence", "the revision of the event: a number as text, from `0`"),
    boolean("distribution", "whether date and calendar file are offered; false for a pure sign-up form"),
    integer("landingpage", "the id of the landing page template that its page uses")
        .also("landing page template, Landingpage-Vorlage")
        .nullable(),
    text("prokey", "the event's own prokey (long id)").also("key, uuid, event key, event prokey"),
    text("event_group", "the prokey (long id) of the group it belongs to")
        .also("group, calendar, group id, Gruppe, Termingruppe"),
];
