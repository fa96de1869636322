//! The variables of an answer on an RSVP form.

use super::variable::{Variable, boolean, integer, object, text};

pub(super) const VARIABLES: &[Variable] = &[
    text("id", "the answer's own id; some deliveries come without it"),
    text("status", "what was answered: `confirmed`, `undecided`, or another word for a declined invitation"),
    text("email", "the e-mail address of the person who answered"),
    integer("amount", "how many seats the answer is for"),
    object("payload", "what was entered in the form's own fields; they differ from form to form").open(),
    text("payload.first_name", "the first name, if the form asks for it"),
    text("payload.last_name", "the last name, if the form asks for it"),
    boolean("payload.required_check", "whether the checkbox was ticked, if the form has one of this name"),
    text("prokey", "the prokey (long id) of the event that was answered"),
    text("date_created", "when the answer was given, in UTC"),
    text("date_updated", "when the answer was last changed, in UTC; empty if never").nullable(),
];
