//! The variables of each trigger element, in the order of recorded deliveries, else of the platform's documentation.

use super::variable::{ValueFormat, Variable, boolean, integer, list, object, text, text_or_boolean};

const CALENDARS: &[&str] = &["apple", "google", "ical", "ms365", "msteams", "outlookcom", "yahoo"];

const FORM_FIELD_TYPES: &[&str] = &["text", "number", "checkbox", "radio", "label", "hidden"];

const LANGUAGES: &[&str] = &[
    "ar", "cs", "de", "en", "es", "et", "fa", "fi", "fr", "hi", "id", "it", "ja", "ko", "nl", "no", "ro",
    "pl", "pt", "sv", "tr", "vi", "zh",
];

pub(super) const RSVP_ANSWER: &[Variable] = &[
    text("id", "the id of the answer; the delivered element does not contain it")
        .also("answer id, rsvp id, Antwort-ID")
        .optional()
        .read_only(),
    text("status", "the answer: `confirmed`, `undecided` or `declined`")
        .also("answer, response, reply, decision, attendance, Antwort, Zusage, Rückmeldung")
        .one_of(&["confirmed", "undecided", "declined"])
        .read_only(),
    text("date_created", "when the answer was given, in UTC")
        .also("created, created_at, timestamp, signed up at, erstellt, Erstellungsdatum, Anmeldedatum")
        .read_only(),
    text("date_updated", "when the answer was last changed, in UTC")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable()
        .read_only(),
    text("email", "the email address of the person who answered")
        .also("mail, email address, mail address, E-Mail-Adresse")
        .read_only(),
    text("prokey", "the prokey (long id) of the event that the answer is for")
        .also("event, event id, event key, event prokey, Termin, Termin-ID, Veranstaltung")
        .read_only(),
    integer("amount", "how many seats the answer is for")
        .also(
            "seats, seat, places, quantity, count, number, people, persons, guests, tickets, Plätze, \
             Platz, Sitzplätze, Anzahl, Personen, Teilnehmer, Gäste",
        )
        .read_only(),
    object("payload", "the values of the form's custom fields, which differ from form to form")
        .also("form, fields, form fields, answers, Formular, Formularfelder")
        .open()
        .read_only(),
    text("payload.first_name", "the first name, if the form asks for it")
        .also("given name, forename, Vorname")
        .optional()
        .read_only(),
    text("payload.last_name", "the last name, if the form asks for it")
        .also("surname, family name, Nachname, Familienname")
        .optional()
        .read_only(),
    boolean("payload.required_check", "whether the checkbox was ticked, if the form has one of this name")
        .also("consent, terms, Zustimmung, Einwilligung")
        .optional()
        .read_only(),
];

/// `{{id}}` of the built-in sample of an RSVP answer.
pub(super) const RSVP_ANSWER_ID: &str = r#""abcdef12-3456-4789-8bcd-ef0123456788""#;

pub(super) const EVENT: &[Variable] = &[
    text("id", "same as the prokey; events are delivered without an id")
        .also("event id, Termin-ID")
        .read_only(),
    text("date_created", "when the event was created, in UTC")
        .also("created, created_at, erstellt, Erstellungsdatum")
        .read_only(),
    text("date_updated", "when the event was last changed, in UTC; null if never")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable()
        .read_only(),
    text("iCalFileName", "the name of its calendar file, if one was chosen")
        .also("ics, file name, Dateiname")
        .nullable(),
    text("recurrence", "the repetition as an RRULE, the rule text that calendar files use")
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
    text("recurrence_byDay", "the weekdays it falls on: `2MO,TU` is the second Monday and each Tuesday")
        .nullable(),
    text("recurrence_byMonthDay", "the days of the month it falls on: `3,23` is the 3rd and the 23rd")
        .nullable(),
    text("recurrence_byMonth", "the months it falls in: `1,12` is January and December").nullable(),
    text("recurrence_weekstart", "the weekday that weeks start on: `MO` is Monday").nullable(),
    text("recurrence_simple_type", "how it repeats: `daily`, `weekly`, `monthly` or `yearly`")
        .nullable()
        .one_of(&["daily", "weekly", "monthly", "yearly"]),
    list("dates", "the dates of the event, each with its own name, times and place")
        .also("dates and times, Termine")
        .required(),
    object("dates.0", "one of the dates: `dates.0` is the first, `dates.1` the second"),
    text("dates.0.name", "the title of the date")
        .also("title, event name, summary, subject, Titel, Terminname, Veranstaltungsname")
        .format(ValueFormat::NotBlank)
        .required(),
    text("dates.0.description", "what the date is about, as HTML")
        .also("text, details, Beschreibung")
        .nullable(),
    text("dates.0.startDate", "the day it starts, as year-month-day")
        .also("start, date, day, begin, Datum, Startdatum, Beginn, Tag")
        .format(ValueFormat::Day)
        .required(),
    text("dates.0.endDate", "the day it ends, as year-month-day")
        .also("end, Enddatum, Ende")
        .nullable()
        .format(ValueFormat::Day),
    text("dates.0.startTime", "the time it starts, as hours:minutes; null for all-day dates")
        .also("time, Uhrzeit, Startzeit")
        .nullable()
        .format(ValueFormat::Time),
    text("dates.0.endTime", "the time it ends, as hours:minutes; null for all-day dates")
        .also("Endzeit")
        .nullable()
        .format(ValueFormat::Time),
    text("dates.0.timeZone", "the time zone of these times, as region/city").also("tz, Zeitzone").nullable(),
    text("dates.0.location", "where it takes place: an address or a link")
        .also("place, venue, address, where, Ort, Veranstaltungsort, Adresse")
        .nullable(),
    text("dates.0.status", "how certain it is: `CONFIRMED`, `TENTATIVE` or `CANCELLED`")
        .nullable()
        .one_of(&["CONFIRMED", "TENTATIVE", "CANCELLED"]),
    text("dates.0.availability", "how calendars show that time: `free` or `busy`")
        .nullable()
        .one_of(&["free", "busy"]),
    text("dates.0.organizer_name", "the name of the organizer")
        .also("organizer, organiser, host, Veranstalter, Organisator")
        .nullable(),
    text("dates.0.organizer_email", "the email address of the organizer")
        .also("email, mail, E-Mail-Adresse")
        .nullable(),
    text("dates.0.attendee_name", "the name of the attendee, if there is a fixed one")
        .also("attendee, participant, Teilnehmer")
        .nullable(),
    text("dates.0.attendee_email", "the email address of that attendee").nullable(),
    text("title_event_series", "the title above all dates, for events with more than one date")
        .also("series, series title, Serientitel")
        .nullable(),
    integer("rsvp_block", "the id of the RSVP template with its form")
        .also("rsvp template, form, Formular")
        .nullable()
        .refers_to("rsvp-block"),
    integer("cta_block", "the id of the template with that call to action")
        .also("cta template")
        .nullable()
        .refers_to("cta-block"),
    boolean("rsvp", "whether people can answer the invitation (RSVP)").default("false"),
    boolean("cta", "whether a call to action is shown").default("false"),
    integer("layout", "the id of the style of its button")
        .also("style, button style, Stil")
        .nullable()
        .refers_to("style"),
    text("status", "whether the event is public: `published` or `draft`")
        .one_of(&["published", "draft"])
        .default("\"published\"")
        .read_only(),
    boolean("hideButton", "whether the Add to Calendar button is hidden").default("false"),
    boolean(
        "simplified_recurrence",
        "whether repetition is set by the `recurrence_…` fields instead of the rule in `recurrence`",
    )
    .default("false"),
    text("sequence", "the revision of the event: a number as text, from `0`").default("\"0\"").read_only(),
    boolean("distribution", "whether date and calendar file are offered; false for a pure sign-up form")
        .default("true"),
    integer("landingpage", "the id of the landing page template that its page uses")
        .also("landing page template, Landingpage-Vorlage")
        .nullable()
        .refers_to("landingpage"),
    text("prokey", "the prokey (long id) of the event")
        .also("key, uuid, event key, event prokey")
        .read_only(),
    text("event_group", "the prokey (long id) of the group it belongs to")
        .also("group, calendar, group id, Gruppe, Termingruppe")
        .refers_to("group")
        .create_only(),
];

pub(super) const EVENT_GROUP: &[Variable] = &[
    text("id", "same as the prokey; groups are delivered without an id").also("group id, Gruppen-ID")
        .read_only(),
    text("date_created", "when the group was created, in UTC")
        .also("created, created_at, erstellt, Erstellungsdatum")
        .read_only(),
    text("date_updated", "when the group was last changed, in UTC; null if never")
        .also("updated, updated_at, modified, changed, geändert, Änderungsdatum")
        .nullable()
        .read_only(),
    text("name", "the name of the group; public if people can subscribe to it")
        .also("title, group name, calendar name, Titel, Gruppenname")
        .format(ValueFormat::NotBlank).required(),
    text(
        "subscription",
        "whether people can subscribe: `no`, `external` (a calendar hosted elsewhere) or `children` (the events of the group)",
    )
        .one_of(&["no", "external", "children"]).default("\"no\""),
    boolean("public_event_overview", "whether the group has a public list of its events").optional()
        .default("false"),
    text("internal_note", "a note for internal use").also("note, comment, Notiz, Bemerkung").nullable(),
    text("subscription_cal_url", "the address of the external calendar, usually ending in .ics")
        .also("url, calendar url, ics, Kalender-URL")
        .nullable()
        .format(ValueFormat::Url),
    text("status", "whether the group is public: `published` or `draft`")
        .one_of(&["published", "draft"]).default("\"published\"").read_only(),
    boolean("cta", "whether a call to action is shown")
        .default("false"),
    integer("cta_block", "the id of the template with that call to action").nullable()
        .refers_to("cta-block"),
    integer("layout", "the id of the style of its button").also("style, button style, Stil").nullable()
        .refers_to("style"),
    text("prokey", "the prokey (long id) of the group").also("key, uuid, group key, group prokey")
        .read_only(),
    integer("landingpage", "the id of the landing page template that its page uses").nullable()
        .refers_to("landingpage"),
    list("events", "the prokeys (long ids) of the events in the group")
        .also("dates, Termine, Veranstaltungen")
        .default("[]").read_only(),
    text("events.0", "the prokey of one event: `events.0` is the first, `events.1` the second")
        .read_only(),
];

pub(super) const STYLE: &[Variable] = &[
    integer("id", "the id of the style").read_only(),
    text("name", "the name of the style, for internal use").format(ValueFormat::NotBlank).required(),
    list(
        "options",
        "the calendars offered: `apple`, `google`, `ical`, `ms365`, `msteams`, `outlookcom`, `yahoo`",
    )
    .required(),
    text("options.0", "one calendar: `options.0` is the first, `options.1` the second").one_of(CALENDARS),
    text(
        "buttonStyle",
        "the look: `default`, `3d`, `flat`, `round`, `neumorphism`, `text`, `date` or `custom`",
    )
    .one_of(&["default", "3d", "flat", "round", "neumorphism", "text", "date", "custom"])
    .default("\"default\""),
    text("customCss", "the address of a custom style sheet, for the look `custom`")
        .nullable()
        .format(ValueFormat::Url),
    boolean("inline", "whether the button is part of a line of text").default("false"),
    boolean("buttonsList", "whether each calendar has its own button").default("false"),
    text("trigger", "what opens the list of calendars: `hover` or `click`")
        .one_of(&["hover", "click"])
        .default("\"hover\""),
    text(
        "listStyle",
        "how that list opens: `dropdown`, `dropdown-static`, `dropup-static`, `overlay` or `modal`",
    )
    .one_of(&["dropdown", "dropdown-static", "dropup-static", "overlay", "modal"])
    .default("\"dropdown\""),
    boolean("hideBackground", "whether the page is not dimmed while the list is open").default("false"),
    boolean("hideIconButton", "whether the button has no icon").default("false"),
    boolean("hideIconList", "whether the list has no icons").default("false"),
    boolean("hideIconModal", "whether the dialogs have no icon").default("false"),
    boolean("hideTextLabelButton", "whether the button has no text").default("false"),
    boolean("hideTextLabelList", "whether the list has no texts").default("false"),
    boolean("hideCheckmark", "whether the check mark for a saved event is hidden").default("false"),
    text("lightMode", "the colour scheme: `light`, `dark`, `system` or `bodyScheme` (as the page has it)")
        .one_of(&["light", "dark", "system", "bodyScheme"])
        .default("\"light\""),
    text("language", "the language of the texts, as a code such as `en` or `de`")
        .one_of(LANGUAGES)
        .default("\"en\""),
    object("customLabels", "custom texts that replace the default ones, by the name of the text")
        .nullable()
        .open(),
    text("customLabels.ical", "the custom text for the calendar file, if it was changed").optional(),
    list("images", "the addresses of pictures for search engines").nullable(),
    text("images.0", "the address of one picture: `images.0` is the first, `images.1` the second")
        .format(ValueFormat::Url),
    boolean("hideRichData", "whether structured data for search engines is left out").default("false"),
    text("identifier", "the name of the button in tracking").nullable(),
    boolean(
        "bypassWebViewCheck",
        "whether the calendar file is also offered inside other apps, where it is often blocked",
    )
    .default("false"),
    boolean("hideBranding", "whether the vendor's name is hidden").default("false"),
    boolean("inlineRsvp", "whether the RSVP form is part of the page instead of behind a button")
        .default("false"),
    text(
        "pastDateHandling",
        "what happens to the button after the event: `none` (it stays), `disable` or `hide`",
    )
    .one_of(&["none", "disable", "hide"])
    .default("\"none\""),
    text("size", "the size of the button: a number as text, `0` to `10`")
        .one_of(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
        .default("\"6\""),
    boolean("proxy", "whether clicks pass through the vendor's server, which tracking needs").default("true"),
    boolean("forceOverlay", "whether the list is forced above everything else on the page").default("false"),
    object("styleLight", "changed design values (CSS) for the light scheme, by their names")
        .nullable()
        .open(),
    text("styleLight.--base-font-size-l", "the large font size in the light scheme, if it was changed")
        .optional(),
    text("styleLight.--btn-background", "the button's colour in the light scheme, if it was changed")
        .optional(),
    object("styleDark", "changed design values (CSS) for the dark scheme, by their names").nullable().open(),
    boolean("load_async", "whether the button loads after the page, with a placeholder until then")
        .default("false"),
    list("optionsMobile", "the calendars offered on phones, if they differ").nullable(),
    text("optionsMobile.0", "one of these calendars").one_of(CALENDARS),
    list("optionsIOS", "the calendars offered on iPhones and iPads, if they differ").nullable(),
    text("optionsIOS.0", "one of these calendars").one_of(CALENDARS),
    text("date_created", "when the style was created, in UTC").read_only(),
    text("date_updated", "when the style was last changed, in UTC; null if never").nullable().read_only(),
];

pub(super) const RSVP_TEMPLATE: &[Variable] = &[
    integer("id", "the id of the template").read_only(),
    text("name", "the name of the template, for internal use").format(ValueFormat::NotBlank).required(),
    integer("max", "how many seats there are in total; null for no limit")
        .nullable()
        .format(ValueFormat::Positive),
    integer("maxpp", "the maximum number of seats per sign-up").format(ValueFormat::Positive).default("1"),
    text("expires", "when signing up ends, in UTC; null for no end").nullable().format(ValueFormat::Moment),
    boolean("maybe_option", "whether people can also answer that they are undecided").default("false"),
    boolean("initial_confirmation", "whether a new sign-up always counts as confirmed").default("true"),
    boolean("doi", "whether people must first confirm their email address (double opt-in)").default("false"),
    text("headline", "the headline of the form").nullable(),
    text("text", "the text above the form, as HTML").nullable(),
    list("fields", "the custom fields of the form, in order").default("[]"),
    object("fields.0", "one of the fields: `fields.0` is the first, `fields.1` the second"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`")
        .one_of(FORM_FIELD_TYPES)
        .required(),
    text("fields.0.name", "the name of the field in the `payload` of answers; labels have none").optional(),
    text("fields.0.label", "the label of the field").default("\"\""),
    boolean("fields.0.required", "whether the field must be filled in").default("false"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .optional(),
    text_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
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
    text("date_created", "when the template was created, in UTC").read_only(),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable().read_only(),
];

pub(super) const CTA_TEMPLATE: &[Variable] = &[
    integer("id", "the id of the template").read_only(),
    text("name", "the name of the template, for internal use").format(ValueFormat::NotBlank).required(),
    text("type", "what is offered: `none`, `text`, `link`, `share` or `form`")
        .one_of(&["none", "text", "link", "share", "form"])
        .required(),
    text("headline", "the headline of the dialog").nullable(),
    text("text", "the text below the headline").nullable(),
    list("fields", "the fields of the form, in order, for the type `form`").default("[]"),
    object("fields.0", "one of the fields: `fields.0` is the first, `fields.1` the second"),
    text("fields.0.type", "what the field is: `text`, `number`, `checkbox`, `radio`, `label` or `hidden`")
        .one_of(FORM_FIELD_TYPES)
        .required(),
    text("fields.0.name", "the name under which the field is sent; labels have none").optional(),
    text("fields.0.label", "the label of the field").default("\"\""),
    boolean("fields.0.required", "whether the field must be filled in").default("false"),
    text("fields.0.placeholder", "the hint inside the empty field; for `radio`, the value of the choice")
        .optional(),
    text_or_boolean("fields.0.default", "the initial value; true or false for `checkbox` and `radio`")
        .optional(),
    text("url", "where the link leads, or where the form is sent").nullable(),
    text("button_label", "the text on the button").nullable(),
    text("date_created", "when the template was created, in UTC").read_only(),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable().read_only(),
];

pub(super) const LANDINGPAGE_TEMPLATE: &[Variable] = &[
    integer("id", "the id of the template").read_only(),
    text("name", "the name of the template, for internal use").format(ValueFormat::NotBlank).required(),
    text("header_image", "the id of the picture at the top of the page").nullable().read_only(),
    text("title", "the title of the page").nullable(),
    text("intro", "the text at the top of the page, as HTML").nullable(),
    text("legal", "the legal text at the foot of the page, as HTML").nullable(),
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
    text("image", "the id of the background picture").nullable().read_only(),
    boolean("image_repeat", "whether the background picture is repeated instead of filling the screen")
        .default("false"),
    text("meta_title_override", "a separate title for search engines").nullable(),
    boolean("meta_robots_override", "whether search engines are asked not to list the page").default("false"),
    text("meta_description_override", "a separate description for search engines").nullable(),
    integer("custom_domain", "the id of the account's custom domain for the page")
        .nullable()
        .refers_to("custom-domains"),
    text("date_created", "when the template was created, in UTC").read_only(),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable().read_only(),
];

/// The prokey of the event that the built-in samples belong to.
pub const SAMPLE_PROKEY: &str = "c6510c06-a277-4e1c-9baf-deec9c5507c7";
