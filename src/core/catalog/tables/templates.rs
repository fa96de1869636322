//! RSVP, call to action and landing page templates.

use crate::core::catalog::variable::{
    ValueFormat, Variable, boolean, integer, list, object, text, text_or_boolean,
};

const FORM_FIELD_TYPES: &[&str] = &["text", "number", "checkbox", "radio", "label", "hidden"];

pub(in crate::core::catalog) const RSVP_TEMPLATE: &[Variable] = &[
    integer("id", "the id of the template").read_only(),
    text("name", "the name of the template, for internal use")
        .personal()
        .format(ValueFormat::NotBlank)
        .required(),
    integer("max", "how many seats there are in total; null for no limit")
        .nullable()
        .format(ValueFormat::Positive),
    integer("maxpp", "the maximum number of seats per sign-up").format(ValueFormat::Positive).default("1"),
    text("expires", "when signing up ends, in UTC; null for no end").nullable().format(ValueFormat::Moment),
    boolean("maybe_option", "whether people can also answer that they are undecided").default("false"),
    boolean("initial_confirmation", "whether a new sign-up always counts as confirmed").default("true"),
    boolean("doi", "whether people must first confirm their email address (double opt-in)").default("false"),
    text("headline", "the headline of the form").personal().nullable(),
    text("text", "the text above the form, as HTML").personal().nullable(),
    list("fields", "the custom fields of the form, in order").default("[]"),
    object("fields.0", "one of the fields: `fields.0` is the first, `fields.1` the second"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`")
        .one_of(FORM_FIELD_TYPES)
        .required(),
    text("fields.0.name", "the name of the field in the `payload` of answers; labels have none").optional(),
    text("fields.0.label", "the label of the field").personal().default("\"\""),
    boolean("fields.0.required", "whether the field must be filled in").default("false"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .personal()
        .optional(),
    text_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
        .personal()
        .optional(),
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
    text("date_created", "when the template was created, in UTC").format(ValueFormat::Moment).read_only(),
    text("date_updated", "when the template was last changed, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
];

pub(in crate::core::catalog) const CTA_TEMPLATE: &[Variable] = &[
    integer("id", "the id of the template").read_only(),
    text("name", "the name of the template, for internal use")
        .personal()
        .format(ValueFormat::NotBlank)
        .required(),
    text("type", "what is offered: `none`, `text`, `link`, `share` or `form`")
        .one_of(&["none", "text", "link", "share", "form"])
        .required(),
    text("headline", "the headline of the dialog").personal().nullable(),
    text("text", "the text below the headline").personal().nullable(),
    list("fields", "the fields of the form, in order, for the type `form`").default("[]"),
    object("fields.0", "one of the fields: `fields.0` is the first, `fields.1` the second"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`")
        .one_of(FORM_FIELD_TYPES)
        .required(),
    text("fields.0.name", "the name under which the field is sent; labels have none").optional(),
    text("fields.0.label", "the label of the field").personal().default("\"\""),
    boolean("fields.0.required", "whether the field must be filled in").default("false"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .personal()
        .optional(),
    text_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
        .personal()
        .optional(),
    text("url", "where the link leads, or where the form is sent").personal().nullable(),
    text("button_label", "the text on the button").personal().nullable(),
    text("date_created", "when the template was created, in UTC").format(ValueFormat::Moment).read_only(),
    text("date_updated", "when the template was last changed, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
];

pub(in crate::core::catalog) const LANDINGPAGE_TEMPLATE: &[Variable] = &[
    integer("id", "the id of the template").read_only(),
    text("name", "the name of the template, for internal use").personal().format(ValueFormat::NotBlank).required(),
    text("header_image", "the id of the picture at the top of the page").personal().nullable().read_only(),
    text("title", "the title of the page").personal().nullable(),
    text("intro", "the text at the top of the page, as HTML").personal().nullable(),
    text("legal", "the legal text at the foot of the page, as HTML").personal().nullable(),
    text("highlight_color", "the colour of buttons and ornaments, as a hex code")
        .format(ValueFormat::Color)
        .default("\"#9456ff\""),
    text(
        "background",
        "the background of the page: `solid`, `gradient`, `image` or `preset` (a stock picture)",
    )
    .one_of(&["solid", "gradient", "image", "preset"])
    .default("\"preset\""),
    text("gradient_direction", "the way the colours blend: `linear-t` (to the top), `linear-tr`, `linear-r`, `linear-br` or `radial`")
        .nullable()
        .one_of(&["linear-t", "linear-tr", "linear-r", "linear-br", "radial"]),
    text("background_color_1", "the colour of the background, as a hex code")
        .format(ValueFormat::Color)
        .default("\"#000000\""),
    text("background_color_2", "the second colour, for the background `gradient`")
        .nullable()
        .format(ValueFormat::Color),
    text("image", "the id of the background picture").personal().nullable().read_only(),
    boolean("image_repeat", "whether the background picture is repeated instead of filling the screen")
        .default("false"),
    text("meta_title_override", "a separate title for search engines").personal().nullable(),
    boolean("meta_robots_override", "whether search engines are asked not to list the page").default("false"),
    text("meta_description_override", "a separate description for search engines").personal().nullable(),
    integer("custom_domain", "the id of the account's custom domain for the page")
        .nullable()
        .refers_to("custom-domains"),
    text("date_created", "when the template was created, in UTC").format(ValueFormat::Moment).read_only(),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable().format(ValueFormat::Moment).read_only(),
];
