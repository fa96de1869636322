//! Tables without lines, which are easy to copy. Words such as handles and URLs are never broken: if the terminal is too
//! narrow, each row becomes a block.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Color, ColumnConstraint, ContentArrangement, Table, Width};
use console::{measure_text_width, truncate_str};

use crate::core::delivery::State;
use crate::output::style::Style;

use super::delivery::state_word;
use super::wrap::Wrapped;

/// A cell with text that is already escaped.
#[derive(Debug)]
pub(super) struct Cell {
    text: String,
    /// Whether words may be truncated, as in examples.
    can_be_cut: bool,
    /// The state that determines the colour.
    state: Option<State>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, can_be_cut: false, state: None }
    }
}

impl Cell {
    /// The state of a delivery, in words.
    pub(super) fn state(state: State) -> Self {
        Self { state: Some(state), ..Self::from(state.in_words().to_owned()) }
    }

    /// Text that may be truncated to make the table fit.
    pub(super) fn to_be_cut(text: String) -> Self {
        Self { can_be_cut: true, ..Self::from(text) }
    }

    fn longest_word(&self) -> usize {
        let longest = self.text.split(' ').map(measure_text_width).max().unwrap_or_default();
        if self.can_be_cut { longest.min(SHORTEST_CUT) } else { longest }
    }

    fn cut_words(&mut self, width: usize) {
        if self.can_be_cut {
            let words: Vec<_> = self.text.split(' ').map(|word| truncate_str(word, width, "…")).collect();
            self.text = words.join(" ");
        }
    }
}

/// A row of a table.
#[derive(Debug)]
pub struct TableRow(pub(super) Vec<Cell>);

pub(super) fn rows_of(rows: impl Iterator<Item = Vec<String>>) -> Vec<Vec<Cell>> {
    rows.map(|row| row.into_iter().map(Cell::from).collect()).collect()
}

const GAP: usize = 2;
const INDENT: usize = 2;
/// The minimum width of a truncated word, in columns.
const SHORTEST_CUT: usize = 16;

/// A table, or a block for each row if the width is too small for the words. Without a width, lines are not wrapped.
pub(super) fn table(head: &[&str], mut rows: Vec<Vec<Cell>>, width: Option<u16>, style: Style) -> String {
    let Some(width) = width.map(usize::from) else { return columns(head, rows, None, style) };
    let least = widths(head, &rows, Cell::longest_word, |name| {
        name.split(' ').map(measure_text_width).max().unwrap_or_default()
    });
    let gaps = GAP * head.len().saturating_sub(1);
    let Some(spare) = width.checked_sub(least.iter().sum::<usize>() + gaps) else {
        rows.iter_mut().flatten().for_each(|cell| cell.cut_words(width.saturating_sub(2 * INDENT)));
        return blocks(head, &rows, width, style);
    };
    let most = widths(head, &rows, |cell| measure_text_width(&cell.text), measure_text_width);
    let widths = shared_out(least, &most, spare);
    for row in &mut rows {
        row.iter_mut().zip(&widths).for_each(|(cell, width)| cell.cut_words(*width));
    }
    columns(head, rows, Some(&widths), style)
}

/// The width of each column, including its name.
fn widths(
    head: &[&str],
    rows: &[Vec<Cell>],
    cell: impl Fn(&Cell) -> usize,
    name: impl Fn(&str) -> usize,
) -> Vec<usize> {
    let widest = |(index, own): (usize, &&str)| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(&cell);
        cells.chain([name(own)]).max().unwrap_or_default()
    };
    head.iter().enumerate().map(widest).collect()
}

/// Distributes the spare width: always to the narrowest column that needs more.
fn shared_out(mut widths: Vec<usize>, most: &[usize], spare: usize) -> Vec<usize> {
    for _ in 0..spare {
        let needy = widths.iter_mut().zip(most).filter(|(width, most)| **width < **most);
        match needy.min_by_key(|(width, _)| **width) {
            Some((width, _)) => *width += 1,
            None => break,
        }
    }
    widths
}

fn columns(head: &[&str], rows: Vec<Vec<Cell>>, widths: Option<&[usize]>, style: Style) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty();
    if style.is_on {
        table.enforce_styling();
    }
    table.set_header(head.iter().map(|name| comfy_table::Cell::new(name).add_attribute(Attribute::Bold)));
    table.add_rows(rows.into_iter().map(|row| row.into_iter().map(styled)));
    table.set_content_arrangement(match widths {
        Some(_) => ContentArrangement::Dynamic,
        None => ContentArrangement::Disabled,
    });
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, u16::try_from(GAP).unwrap_or_default()));
        if let Some(width) = widths.and_then(|widths| widths.get(index)) {
            let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    let lines: Vec<String> = table.lines().map(|line| without_trailing_spaces(&line)).collect();
    lines.join("\n") + "\n"
}

/// The padding of the last column is inside its style; it would wrap in a narrow terminal.
fn without_trailing_spaces(line: &str) -> String {
    const RESET: &str = "\u{1b}[0m";
    let line = line.trim_end();
    match line.strip_suffix(RESET) {
        Some(styled) => format!("{}{RESET}", styled.trim_end()),
        None => line.to_owned(),
    }
}

fn styled(Cell { text, state, .. }: Cell) -> comfy_table::Cell {
    let cell = comfy_table::Cell::new(text);
    let color = match state {
        None => return cell,
        Some(State::Delivered) => Color::Green,
        Some(State::InDoubt) => Color::Yellow,
        Some(State::Failed | State::NotSent) => Color::Red,
    };
    cell.fg(color).add_attribute(Attribute::Bold)
}

/// A block for each row: the first cell, and below it the others with their column names.
fn blocks(head: &[&str], rows: &[Vec<Cell>], width: usize, style: Style) -> String {
    let mut text = String::new();
    for row in rows {
        let Some((first, others)) = row.split_first() else { continue };
        let is_number = first.text.bytes().all(|byte| byte.is_ascii_digit());
        let label = head.first().filter(|_| is_number).map(|name| format!("{name} ")).unwrap_or_default();
        text.push_str(&format!("{}\n", style.strong(&format!("{label}{}", first.text))));
        let mut lines = Wrapped::new(width, INDENT);
        for (name, cell) in head.iter().skip(1).zip(others).filter(|(_, cell)| !is_empty(cell)) {
            let value = cell.state.map_or_else(|| cell.text.clone(), |state| state_word(state, style));
            lines.item(&format!("{} {value}", style.faint(&format!("{name}:"))));
        }
        text.push_str(&lines.finish());
    }
    text
}

fn is_empty(cell: &Cell) -> bool {
    matches!(cell.text.as_str(), "" | "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal_even_if_its_style_is_longer() {
        let rows = || {
            rows_of([["1", "rsvp-to-cms", "complete"]].map(|row| row.map(str::to_owned).to_vec()).into_iter())
        };
        for width in 16..50 {
            let table = table(&["RUN", "WEBHOOK", "LAST"], rows(), Some(width), Style { is_on: true });
            for line in table.lines() {
                assert!(measure_text_width(line) <= usize::from(width), "{width}: {line:?}");
            }
        }
    }

    fn rows() -> Vec<Vec<Cell>> {
        let row = |id: &str, state, what: &str, url: &str| {
            let text = |text: &str| Cell::from(text.to_owned());
            vec![text(id), Cell::state(state), text(what), text(url)]
        };
        vec![
            row("1", State::Delivered, "all is well that ends well", "-"),
            row("12345", State::InDoubt, "said the bard", "https://example.com/a/long/path"),
        ]
    }

    const HEAD: [&str; 4] = ["ID", "STATE", "WHAT", "URL"];

    fn plain(width: u16) -> String {
        table(&HEAD, rows(), Some(width), Style::OFF)
    }

    #[test]
    fn styles_do_not_change_columns() {
        for width in [None, Some(60), Some(40)] {
            let styled = table(&HEAD, rows(), width, Style { is_on: true });
            assert!(styled.contains('\u{1b}'));
            let lines = console::strip_ansi_codes(&styled).into_owned();
            let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
            assert_eq!(lines, table(&HEAD, rows(), width, Style::OFF).lines().collect::<Vec<_>>());
        }
    }

    #[test]
    fn words_are_never_broken() {
        for width in 10..120 {
            let text = plain(width);
            for word in rows().iter().flatten().flat_map(|cell| cell.text.split(' ')) {
                assert!(
                    text.split_whitespace().any(|own| own == word) || word == "-",
                    "{width}: {word}\n{text}"
                );
            }
            let is_fitting = |line: &str| measure_text_width(line) <= usize::from(width);
            // Only a word that does not fit makes a line too wide.
            assert!(
                text.lines().all(|line| is_fitting(line) || line.trim().matches(' ').count() <= 1),
                "{text}"
            );
        }
    }

    #[test]
    fn rows_that_are_too_wide_become_blocks() {
        assert_eq!(
            plain(40),
            "ID 1\n  STATE: delivered\n  WHAT: all is well that ends well\nID 12345\n  STATE: in doubt · WHAT: said the bard\n  \
             URL: https://example.com/a/long/path\n"
        );
    }

    #[test]
    fn only_cells_that_may_be_truncated_are_truncated() {
        let row =
            vec![Cell::from("name".to_owned()), Cell::to_be_cut("abcdefghijklmnopqrstuvwxyz".to_owned())];
        assert_eq!(
            table(&["A", "B"], vec![row], Some(24), Style::OFF),
            "A     B\nname  abcdefghijklmnopq…\n"
        );
    }
}
