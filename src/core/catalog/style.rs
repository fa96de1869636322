//! The variables of a button style.

use super::variable::{Variable, boolean, integer, list, object, text};

pub(super) const VARIABLES: &[Variable] = &[
    integer("id", "the style's own id"),
    text("name", "the name of the style, for the account's own people"),
    list(
        "options",
        "the calendars offered: `apple`, `google`, `ical`, `ms365`, `msteams`, `outlookcom`, `yahoo`",
    ),
    text("options.0", "the first calendar offered; the second one is `options.1`"),
    text(
        "buttonStyle",
        "the look: `default`, `3d`, `flat`, `round`, `neumorphism`, `text`, `date` or `custom`",
    ),
    text("customCss", "the address of an own style sheet, for the look `custom`").nullable(),
    boolean("inline", "whether the button stands within a line of text"),
    boolean("buttonsList", "whether each calendar gets a button of its own"),
    text("trigger", "what opens the list of calendars: `hover` or `click`"),
    text(
        "listStyle",
        "how that list opens: `dropdown`, `dropdown-static`, `dropup-static`, `overlay` or `modal`",
    ),
    boolean("hideBackground", "whether the page stays undimmed while the list is open"),
    boolean("hideIconButton", "whether the button has no icon"),
    boolean("hideIconList", "whether the list has no icons"),
    boolean("hideIconModal", "whether the dialogs have no icon"),
    boolean("hideTextLabelButton", "whether the button has no text"),
    boolean("hideTextLabelList", "whether the list has no texts"),
    boolean("hideCheckmark", "whether no check mark shows that the event was saved"),
    text("lightMode", "the colour scheme: `light`, `dark`, `system` or `bodyScheme` (as the page has it)"),
    text("language", "the language of the texts, as a code such as `en` or `de`"),
    object("customLabels", "own texts in place of the usual ones, by the name of the text").nullable().open(),
    text("customLabels.ical", "the custom text for the calendar file, if it was changed").optional(),
    list("images", "the addresses of pictures that search engines are told about").nullable(),
    text("images.0", "the address of the first picture; the second one is `images.1`"),
    boolean("hideRichData", "whether search engines are told nothing about the event"),
    text("identifier", "an own name for the button, used in tracking").nullable(),
    boolean(
        "bypassWebViewCheck",
        "whether the calendar file is also offered inside other apps, where it is often blocked",
    ),
    boolean("hideBranding", "whether the vendor's name is hidden"),
    boolean("inlineRsvp", "whether an RSVP form stands in the page instead of behind a button"),
    text(
        "pastDateHandling",
        "what becomes of the button once the event is over: `none` (it stays), `disable` or `hide`",
    ),
    text("size", "the size of the button: a number as text, `0` to `10`"),
    boolean("proxy", "whether clicks pass through the vendor's server, which tracking needs"),
    boolean("forceOverlay", "whether the list is forced on top of all else in the page"),
    object("styleLight", "changed design values (CSS) for the light scheme, by their names")
        .nullable()
        .open(),
    text("styleLight.--base-font-size-l", "the large font size in the light scheme, if it was changed")
        .optional(),
    text("styleLight.--btn-background", "the button's colour in the light scheme, if it was changed")
        .optional(),
    object("styleDark", "changed design values (CSS) for the dark scheme, by their names").nullable().open(),
    boolean("load_async", "whether the button loads after the page, with a placeholder until then"),
    list("optionsMobile", "the calendars offered on phones, where they differ").nullable(),
    text("optionsMobile.0", "the first calendar offered on phones"),
    list("optionsIOS", "the calendars offered on iPhones and iPads, where they differ").nullable(),
    text("optionsIOS.0", "the first calendar offered on iPhones and iPads"),
    text("date_created", "when the style was created, in UTC"),
    text("date_updated", "when the style was last changed, in UTC; null if never").nullable(),
];
