//! Tables without lines: they copy well and read in 80 columns.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Color, ColumnConstraint, ContentArrangement, Table, Width};

use crate::core::exchange::State;
use crate::face::paint::Paint;

/// A cell whose text is already safe to show.
pub(super) struct Cell {
    text: String,
    /// Bold and in this colour, where there are colours. Text with styles in it would be measured with them.
    color: Option<Color>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, color: None }
    }
}

impl Cell {
    /// How a delivery ended, in words.
    pub(super) fn state(state: State) -> Self {
        let color = match state {
            State::Delivered => Color::Green,
            State::InDoubt => Color::Yellow,
            State::Failed | State::NotSent => Color::Red,
        };
        Self { text: state.in_words().to_owned(), color: Some(color) }
    }
}

/// Rows of plain cells.
pub(super) fn rows_of(rows: impl Iterator<Item = Vec<String>>) -> Vec<Vec<Cell>> {
    rows.map(|row| row.into_iter().map(Cell::from).collect()).collect()
}

/// A column is not made narrower than its longest word, if that has no more than these characters, and there is room for all.
const LONGEST_WORD: usize = 20;
/// The blanks between two columns.
const GAP: usize = 2;

/// A table of cells. Without a width, no line is ever wrapped.
pub(super) fn table(head: &[&str], rows: Vec<Vec<Cell>>, width: Option<u16>, paint: Paint) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty();
    if paint.is_on {
        table.enforce_styling();
    }
    let words = head.iter().enumerate().map(|(index, name)| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.text.as_str());
        let words = cells.chain([*name]).flat_map(|text| text.split(' ')).map(console::measure_text_width);
        let longest = words.filter(|length| *length <= LONGEST_WORD).max().unwrap_or_default();
        u16::try_from(longest + GAP).unwrap_or(u16::MAX)
    });
    let words: Vec<u16> = words.collect();
    let keeps_words = width.is_some_and(|width| words.iter().sum::<u16>() <= width);
    table.set_header(head.iter().map(|name| comfy_table::Cell::new(name).add_attribute(Attribute::Bold)));
    table.add_rows(rows.into_iter().map(|row| row.into_iter().map(styled)));
    for (column, least) in table.column_iter_mut().zip(words) {
        column.set_padding((0, u16::try_from(GAP).unwrap_or_default()));
        if keeps_words {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
    }
    match width {
        Some(width) => table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

fn styled(Cell { text, color }: Cell) -> comfy_table::Cell {
    let cell = comfy_table::Cell::new(text);
    match color {
        Some(color) => cell.fg(color).add_attribute(Attribute::Bold),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Cell>> {
        let row = |id: &str, state, what: &str| {
            vec![Cell::from(id.to_owned()), Cell::state(state), Cell::from(what.to_owned())]
        };
        vec![
            row("1", State::Delivered, "all is well that ends well"),
            row("12345", State::InDoubt, "https://example.com/a/long/path/without/a/blank"),
        ]
    }

    const HEAD: [&str; 3] = ["ID", "STATE", "WHAT"];

    #[test]
    fn styles_move_no_column() {
        for width in [None, Some(40)] {
            let painted = table(&HEAD, rows(), width, Paint { is_on: true });
            assert!(painted.contains('\u{1b}'));
            let lines = console::strip_ansi_codes(&painted).into_owned();
            let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
            assert_eq!(lines, table(&HEAD, rows(), width, Paint::OFF).lines().collect::<Vec<_>>());
        }
    }

    #[test]
    fn in_a_narrow_terminal_words_stay_whole() {
        let narrow = table(&HEAD, rows(), Some(40), Paint::OFF);
        for word in ["12345", "delivered", "in doubt", "well"] {
            assert!(narrow.contains(word), "{narrow}");
        }
        for width in [40, 20, 10] {
            let narrow = table(&HEAD, rows(), Some(width), Paint::OFF);
            assert!(narrow.lines().all(|line| line.len() <= width.into()), "{narrow}");
        }
    }
}
