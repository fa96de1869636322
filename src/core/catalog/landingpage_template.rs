//! The variables of a landing page template.

use super::variable::{Variable, boolean, integer, text};

pub(super) const VARIABLES: &[Variable] = &[
    integer("id", "the template's own id"),
    text("name", "the name of the template, for the account's own people"),
    text("header_image", "the id of the picture at the top of the page").nullable(),
    text("title", "the title of the page").nullable(),
    text("intro", "the text at the top of the page, as HTML").nullable(),
    text("legal", "the legal text at the foot of the page, as HTML").nullable(),
    text("highlight_color", "the colour of buttons and ornaments, as a hex code"),
    text("background", "what is behind the page: `solid`, `gradient`, `image` or `preset` (a stock picture)"),
    text("gradient_direction", "which way the colours blend, such as `linear-br` (to the bottom right)")
        .nullable(),
    text("background_color_1", "the colour of the background, as a hex code"),
    text("background_color_2", "the second colour, for the background `gradient`").nullable(),
    text("image", "the id of the background picture").nullable(),
    boolean("image_repeat", "whether that picture is repeated instead of filling the screen"),
    text("meta_title_override", "an own title for search engines").nullable(),
    boolean("meta_robots_override", "whether search engines are asked to leave the page out"),
    text("meta_description_override", "an own description for search engines").nullable(),
    integer("custom_domain", "the id of the account's own domain that the page is on").nullable(),
    text("date_created", "when the template was created, in UTC"),
    text("date_updated", "when the template was last changed, in UTC; null if never").nullable(),
];
