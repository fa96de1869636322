//! The variables of a call to action.

use super::variable::{Variable, boolean, integer, list, object, text, text_or_boolean};

pub(super) const VARIABLES: &[Variable] = &[
    integer("id", "the template's own id"),
    text("name", "the name of the template, for the account's own people"),
    text("type", "what is offered: `none`, `text`, `link`, `share` or `form`"),
    text("headline", "the headline of the dialog").nullable(),
    text("text", "the text below the headline").nullable(),
    list("fields", "the fields of the form, in order, for the type `form`"),
    object("fields.0", "the first field; the second one is `fields.1`"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`"),
    text("fields.0.name", "the name under which the field is sent; labels have none").optional(),
    text("fields.0.label", "the text beside the field"),
    boolean("fields.0.required", "whether the field must be filled in"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .optional(),
    text_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
        .optional(),
    text("url", "where the link leads, or where the form is sent").nullable(),
    text("button_label", "the text on the button").nullable(),
    text("date_created", "when the template was created, in UTC"),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable(),
];
