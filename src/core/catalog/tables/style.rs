//! Styles.

use crate::core::catalog::variable::{ValueFormat, Variable, boolean, integer, list, object, string};

const CALENDARS: &[&str] = &["apple", "google", "ical", "ms365", "msteams", "outlookcom", "yahoo"];

const LANGUAGES: &[&str] = &[
    "ar", "cs", "de", "en", "es", "et", "fa", "fi", "fr", "hi", "id", "it", "ja", "ko", "nl", "no", "ro",
    "pl", "pt", "sv", "tr", "vi", "zh",
];

pub(in crate::core::catalog) const STYLE: &[Variable] = &[
    integer("id", "the id of the style").read_only(),
    string("name", "the name of the style, for internal use")
        .personal()
        .format(ValueFormat::NotBlank)
        .required(),
    list(
        "options",
        "the calendars offered: `apple`, `google`, `ical`, `ms365`, `msteams`, `outlookcom`, `yahoo`",
    )
    .required(),
    string("options.0", "one calendar: `options.0` is the first, `options.1` the second").one_of(CALENDARS),
    string(
        "buttonStyle",
        "the look: `default`, `3d`, `flat`, `round`, `neumorphism`, `text`, `date` or `custom`",
    )
    .one_of(&["default", "3d", "flat", "round", "neumorphism", "text", "date", "custom"])
    .default("\"default\""),
    string("customCss", "the address of a custom style sheet, for the look `custom`")
        .personal()
        .nullable()
        .format(ValueFormat::Url),
    boolean("inline", "whether the button is part of a line of text").default("false"),
    boolean("buttonsList", "whether each calendar has its own button").default("false"),
    string("trigger", "what opens the list of calendars: `hover` or `click`")
        .one_of(&["hover", "click"])
        .default("\"hover\""),
    string(
        "listStyle",
        "how the list of calendars opens: `dropdown`, `dropdown-static`, `dropup-static`, `overlay` or `modal`",
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
    string("lightMode", "the colour scheme: `light`, `dark`, `system` or `bodyScheme` (set by the page)")
        .one_of(&["light", "dark", "system", "bodyScheme"])
        .default("\"light\""),
    string("language", "the language of the texts, as a code such as `en` or `de`")
        .one_of(LANGUAGES)
        .default("\"en\""),
    object("customLabels", "custom texts that replace the default ones, by the name of the text")
        .personal()
        .nullable()
        .open(),
    string("customLabels.ical", "the custom text for the calendar file, if it was changed")
        .personal()
        .optional(),
    list("images", "the addresses of pictures for search engines").personal().nullable(),
    string("images.0", "the address of one picture: `images.0` is the first, `images.1` the second")
        .personal()
        .format(ValueFormat::Url),
    boolean("hideRichData", "whether structured data for search engines is left out").default("false"),
    string("identifier", "the name of the button in tracking").personal().nullable(),
    boolean(
        "bypassWebViewCheck",
        "whether the calendar file is also offered inside other apps, where it is often blocked",
    )
    .default("false"),
    boolean("hideBranding", "whether the vendor's name is hidden").default("false"),
    boolean("inlineRsvp", "whether the RSVP form is part of the page instead of behind a button")
        .default("false"),
    string(
        "pastDateHandling",
        "what happens to the button after the event: `none` (it stays), `disable` or `hide`",
    )
    .one_of(&["none", "disable", "hide"])
    .default("\"none\""),
    string("size", "the size of the button: a number as text, `0` to `10`")
        .one_of(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
        .default("\"6\""),
    boolean("proxy", "whether clicks pass through the vendor's server, which tracking needs").default("true"),
    boolean("forceOverlay", "whether the list is forced above everything else on the page").default("false"),
    object("styleLight", "changed design values (CSS) for the light scheme, by their names")
        .nullable()
        .open(),
    string("styleLight.--base-font-size-l", "the large font size in the light scheme, if it was changed")
        .optional(),
    string("styleLight.--btn-background", "the button's colour in the light scheme, if it was changed")
        .optional(),
    object("styleDark", "changed design values (CSS) for the dark scheme, by their names").nullable().open(),
    boolean("load_async", "whether the button loads after the page, with a placeholder until then")
        .default("false"),
    list("optionsMobile", "the calendars offered on phones, if they differ").nullable(),
    string("optionsMobile.0", "one calendar: `optionsMobile.0` is the first").one_of(CALENDARS),
    list("optionsIOS", "the calendars offered on iPhones and iPads, if they differ").nullable(),
    string("optionsIOS.0", "one calendar: `optionsIOS.0` is the first").one_of(CALENDARS),
    string("date_created", "when the style was created, in UTC").format(ValueFormat::Moment).read_only(),
    string("date_updated", "when the style was last changed, in UTC; null if never")
        .nullable()
        .format(ValueFormat::Moment)
        .read_only(),
];
