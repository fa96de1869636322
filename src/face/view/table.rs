//! Tables without lines: they copy well and read in 80 columns.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ContentArrangement, Table};

use crate::face::paint::Paint;

/// A table of cells that are already safe to show. Without a width, no line is ever wrapped.
pub(super) fn table(head: &[&str], rows: Vec<Vec<String>>, width: Option<u16>, paint: Paint) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty();
    if paint.is_on {
        table.enforce_styling();
    }
    match width {
        Some(width) => table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.set_header(head.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}
