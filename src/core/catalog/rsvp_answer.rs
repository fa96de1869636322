//! The variables of an RSVP answer, in the order of recorded deliveries.

use super::variable::{Variable, boolean, integer, object, text};

pub(super) const VARIABLES: &[Variable] = &[
    text("id", "the answer's own id; the delivered element does not contain it")
        .also("answer id, rsvp id, Antwort-ID")
        .optional(),
    text("status", "the answer: `confirmed`, `undecided` or `declined`")
        .also("answer, response, reply, decision, attendance, Antwort, Zusage, Rückmeldung"),
    text("date_created", "when the answer was given, in UTC")
        .also("created, created_at, timestamp, signed up at, erstellt, Erstellungsdatum, Anmeldedatum"),
    text("date_updated", "when the answer was last changed, in UTC")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable(),
    text("email", "the email address of the person who answered")
        .also("mail, email address, mail address, E-Mail-Adresse"),
    text("prokey", "the prokey (long id) of the event that the answer is for")
        .also("event, event id, event key, event prokey, Termin, Termin-ID, Veranstaltung"),
    integer("amount", "how many seats the answer is for").also(
        "seats, seat, places, quantity, count, number, people, persons, guests, tickets, Plätze, \
             Platz, Sitzplätze, Anzahl, Personen, Teilnehmer, Gäste",
    ),
    object("payload", "what was entered in the form's own fields; they differ from form to form")
        .also("form, fields, form fields, answers, Formular, Formularfelder")
        .open(),
    text("payload.first_name", "the first name, if the form asks for it")
        .also("given name, forename, Vorname")
        .optional(),
    text("payload.last_name", "the last name, if the form asks for it")
        .also("surname, family name, Nachname, Familienname")
        .optional(),
    boolean("payload.required_check", "whether the checkbox was ticked, if the form has one of this name")
        .also("consent, terms, Zustimmung, Einwilligung")
        .optional(),
];

/// `{{id}}` of the built-in sample.
pub(super) const SAMPLE_ID: &str = r#""abcdef12-3456-4789-8bcd-ef0123456788""#;
