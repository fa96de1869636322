//! RSVP answers.

use crate::core::catalog::variable::{ValueFormat, Variable, boolean, integer, object, string};

pub(in crate::core::catalog) const RSVP_ANSWER: &[Variable] = &[
    string("id", "the id of the answer; the delivered element does not contain it")
        .personal()
        .also("answer id, rsvp id, Antwort-ID")
        .optional()
        .read_only(),
    string("status", "the answer: `confirmed`, `undecided` or `declined`")
        .also("answer, response, reply, decision, attendance, Antwort, Zusage, Rückmeldung")
        .one_of(&["confirmed", "undecided", "declined"])
        .read_only(),
    string("date_created", "when the answer was given, in UTC")
        .also("created, created_at, timestamp, signed up at, erstellt, Erstellungsdatum, Anmeldedatum")
        .format(ValueFormat::Moment)
        .read_only(),
    string("date_updated", "when the answer was last changed, in UTC")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
    string("email", "the email address of the person who answered")
        .personal()
        .also("mail, email address, mail address, E-Mail-Adresse")
        .read_only(),
    string("prokey", "the prokey (long id) of the event that the answer is for")
        .also("event, event id, event key, event prokey, Termin, Termin-ID, Veranstaltung")
        .read_only(),
    integer("amount", "how many seats the answer is for")
        .also(
            "seats, seat, places, quantity, count, number, people, persons, guests, tickets, Plätze, \
             Platz, Sitzplätze, Anzahl, Personen, Teilnehmer, Gäste",
        )
        .read_only(),
    object("payload", "the values of the form's custom fields, which differ from form to form")
        .personal()
        .also("form, fields, form fields, answers, Formular, Formularfelder")
        .open()
        .read_only(),
    string("payload.first_name", "the first name, if the form asks for it")
        .personal()
        .also("given name, forename, Vorname")
        .optional()
        .read_only(),
    string("payload.last_name", "the last name, if the form asks for it")
        .personal()
        .also("surname, family name, Nachname, Familienname")
        .optional()
        .read_only(),
    boolean("payload.required_check", "whether the checkbox was ticked, if the form has one of this name")
        .personal()
        .also("consent, terms, Zustimmung, Einwilligung")
        .optional()
        .read_only(),
];

/// `{{id}}` of the built-in sample of an RSVP answer.
pub(in crate::core::catalog) const RSVP_ANSWER_ID: &str = r#""abcdef12-3456-4789-8bcd-ef0123456788""#;
