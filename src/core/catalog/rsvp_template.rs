//! The variables of an RSVP template: the form, its limits and its emails.

use super::variable::{Variable, boolean, integer, list, object, text, text_or_boolean};

pub(super) const VARIABLES: &[Variable] = &[
    integer("id", "the template's own id"),
    text("name", "the name of the template, for the account's own people"),
    integer("max", "how many seats there are in all; null for no limit").nullable(),
    integer("maxpp", "how many seats one sign-up can take at most"),
    text("expires", "when signing up ends, in UTC; null for no end").nullable(),
    boolean("maybe_option", "whether people can also answer that they are undecided"),
    boolean("initial_confirmation", "whether a new sign-up always counts as confirmed"),
    boolean("doi", "whether people must first confirm their email address (double opt-in)"),
    text("headline", "the headline of the form").nullable(),
    text("text", "the text above the form, as HTML").nullable(),
    list("fields", "the form's own fields, in order"),
    object("fields.0", "the first field; the second one is `fields.1`"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`"),
    text("fields.0.name", "the name of the field in the `payload` of answers; labels have none").optional(),
    text("fields.0.label", "the text beside the field"),
    boolean("fields.0.required", "whether the field must be filled in"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .optional(),
    text_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
        .optional(),
    integer("email_rsvp_doi", "the id of the email that asks to confirm the address").nullable(),
    integer("email_rsvp_thank_you", "the id of the thank-you email").nullable(),
    integer("email_rsvp_signup_confirmation", "the id of the email that confirms a sign-up").nullable(),
    integer("email_rsvp_change_confirmation", "the id of the email that confirms a changed answer")
        .nullable(),
    integer("email_rsvp_event_update", "the id of the email that announces a changed event").nullable(),
    integer("email_rsvp_magic_link", "the id of the email with the link to one's own answer").nullable(),
    integer("email_rsvp_second_signup", "the id of the email for people who sign up again").nullable(),
    text("date_created", "when the template was created, in UTC"),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable(),
];
