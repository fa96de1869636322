//! The variables of a call to action.

use super::variable::{Variable, boolean, integer, list, object, text};

pub(super) const VARIABLES: &[Variable] = &[
    integer("id", "the template's own id"),
    text("name", "the name of the template, for the account's own people"),
    text("type", "what is offered: `none`, `text`, `link`, `share` or `form`"),
    text("headline", "the headline of the dialog"),
    text("text", "the text below the headline"),
    list("fields", "the fields of the form, in order, for the type `form`"),
    object("fields.0", "the first field; the second one is `fields.1`"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`"),
    text("fields.0.name", "the name under which the field is sent"),
    text("fields.0.label", "the text beside the field"),
    boolean("fields.0.required", "whether the field must be filled in"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice"),
    text("fields.0.default", "what stands in the field at first; true or false for `checkbox` and `radio`"),
    text("url", "where the link leads, or where the form is sent").nullable(),
    text("button_label", "the text on the button"),
    text("date_created", "when the template was created, in UTC"),
    text("date_updated", "when the template was last changed, in UTC; empty if never").nullable(),
];
