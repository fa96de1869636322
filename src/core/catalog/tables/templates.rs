//! RSVP, call to action and landing page templates.

use crate::core::catalog::variable::{
    ValueFormat, Variable, boolean, integer, list, object, string, string_or_boolean,
};

const ID: Variable = integer("id", "the id of the template").read_only();
const NAME: Variable = string("name", "the name of the template, for internal use")
    .personal()
    .format(ValueFormat::NotBlank)
    .required();
const DATE_CREATED: Variable =
    string("date_created", "when the template was created, in UTC").format(ValueFormat::Moment).read_only();
const DATE_UPDATED: Variable =
    string("date_updated", "when the template was last changed, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only();

/// A custom field of an RSVP form or a call to action.
const FIELD: Variable =
    object("fields.0", "one of the fields: `fields.0` is the first, `fields.1` the second");
const FIELD_TYPE: Variable = string(
    "fields.0.type",
    "the type of the field: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`",
)
.one_of(&["text", "number", "checkbox", "radio", "label", "hidden"])
.required();
const FIELD_LABEL: Variable = string("fields.0.label", "the label of the field").personal().default("\"\"");
const FIELD_REQUIRED: Variable =
    boolean("fields.0.required", "whether the field must be filled in").default("false");
const FIELD_PLACEHOLDER: Variable =
    string("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .personal()
        .optional();
const FIELD_DEFAULT: Variable =
    string_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
        .personal()
        .optional();

pub(in crate::core::catalog) const RSVP_TEMPLATE: &[Variable] = &[
    ID,
    NAME,
    integer("max", "the total number of seats; null for no limit").nullable().format(ValueFormat::Positive),
    integer("maxpp", "the maximum number of seats per sign-up").format(ValueFormat::Positive).default("1"),
    string("expires", "when signing up ends, in UTC; null for no end").nullable().format(ValueFormat::Moment),
    boolean("maybe_option", "whether people can also answer that they are undecided").default("false"),
    boolean("initial_confirmation", "whether a new sign-up always counts as confirmed").default("true"),
    boolean("doi", "whether people must first confirm their email address (double opt-in)").default("false"),
    string("headline", "the headline of the form").personal().nullable(),
    string("text", "the text above the form, as HTML").personal().nullable(),
    list("fields", "the custom fields of the form, in order").default("[]"),
    FIELD,
    FIELD_TYPE,
    string("fields.0.name", "the name of the field in the `payload` of answers; labels have none").optional(),
    FIELD_LABEL,
    FIELD_REQUIRED,
    FIELD_PLACEHOLDER,
    FIELD_DEFAULT,
    integer("email_rsvp_doi", "the id of the email that asks to confirm the address")
        .nullable()
        .refers_to("email-template"),
    integer("email_rsvp_thank_you", "the id of the thank-you email").nullable().refers_to("email-template"),
    integer("email_rsvp_signup_confirmation", "the id of the email that confirms a sign-up")
        .nullable()
        .refers_to("email-template"),
    integer("email_rsvp_change_confirmation", "the id of the email that confirms a changed answer")
        .nullable()
        .refers_to("email-template"),
    integer("email_rsvp_event_update", "the id of the email that announces a changed event")
        .nullable()
        .refers_to("email-template"),
    integer("email_rsvp_magic_link", "the id of the email with the link to the person's own answer")
        .nullable()
        .refers_to("email-template"),
    integer("email_rsvp_second_signup", "the id of the email for people who sign up again")
        .nullable()
        .refers_to("email-template"),
    DATE_CREATED,
    DATE_UPDATED,
];

pub(in crate::core::catalog) const CTA_TEMPLATE: &[Variable] = &[
    ID,
    NAME,
    string("type", "what is offered: `none`, `text`, `link`, `share` or `form`")
        .one_of(&["none", "text", "link", "share", "form"])
        .required(),
    string("headline", "the headline of the dialog").personal().nullable(),
    string("text", "the text below the headline").personal().nullable(),
    list("fields", "the fields of the form, in order, for the type `form`").default("[]"),
    FIELD,
    FIELD_TYPE,
    string("fields.0.name", "the name under which the field is sent; labels have none").optional(),
    FIELD_LABEL,
    FIELD_REQUIRED,
    FIELD_PLACEHOLDER,
    FIELD_DEFAULT,
    string("url", "where the link leads, or where the form is sent").personal().nullable(),
    string("button_label", "the text on the button").personal().nullable(),
    DATE_CREATED,
    DATE_UPDATED,
];

pub(in crate::core::catalog) const LANDINGPAGE_TEMPLATE: &[Variable] = &[
    ID,
    NAME,
    string("header_image", "the id of the picture at the top of the page").personal().nullable().read_only(),
    string("title", "the title of the page").personal().nullable(),
    string("intro", "the text at the top of the page, as HTML").personal().nullable(),
    string("legal", "the legal text at the foot of the page, as HTML").personal().nullable(),
    string("highlight_color", "the colour of buttons and ornaments, as a hex code")
        .format(ValueFormat::Color)
        .default("\"#9456ff\""),
    string(
        "background",
        "the background of the page: `solid`, `gradient`, `image` or `preset` (a stock picture)",
    )
    .one_of(&["solid", "gradient", "image", "preset"])
    .default("\"preset\""),
    string("gradient_direction", "the way the colours blend: `linear-t` (to the top), `linear-tr`, `linear-r`, `linear-br` or `radial`")
        .nullable()
        .one_of(&["linear-t", "linear-tr", "linear-r", "linear-br", "radial"]),
    string("background_color_1", "the colour of the background, as a hex code")
        .format(ValueFormat::Color)
        .default("\"#000000\""),
    string("background_color_2", "the second colour, for the background `gradient`")
        .nullable()
        .format(ValueFormat::Color),
    string("image", "the id of the background picture").personal().nullable().read_only(),
    boolean("image_repeat", "whether the background picture is repeated instead of filling the screen")
        .default("false"),
    string("meta_title_override", "a separate title for search engines").personal().nullable(),
    boolean("meta_robots_override", "whether search engines are asked not to list the page").default("false"),
    string("meta_description_override", "a separate description for search engines").personal().nullable(),
    integer("custom_domain", "the id of the account's custom domain for the page")
        .nullable()
        .refers_to("custom-domains"),
    DATE_CREATED,
    DATE_UPDATED,
];
