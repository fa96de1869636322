//! The lines of one run, with how each ended: `history runs RUN --status`.

use serde::Serialize;

use crate::core::run::Line;
use crate::core::text::one_line;
use crate::output::style::Style;

use super::delivery::milliseconds;
use super::table::{Cell, table};
use super::{VERSION, line};
use crate::output::json::ms;

/// Lines of a run as a table.
pub fn lines_table(lines: &[Line], width: Option<u16>, style: Style) -> String {
    let or_none = |text: Option<String>| Cell::from(text.unwrap_or_else(|| "-".to_owned()));
    let cells = lines.iter().map(|Line { number, id, ending, is_repeated }| {
        vec![
            number.to_string().into(),
            or_none(id.as_ref().map(|id| one_line(id).into_owned())),
            Cell::state(ending.state),
            or_none(ending.status.map(|status| status.to_string())),
            or_none(ending.failure.as_ref().map(|name| one_line(name).into_owned())),
            ending.attempts.to_string().into(),
            or_none((ending.attempts > 0).then(|| milliseconds(ending.took))),
            or_none(is_repeated.then(|| "yes".to_owned())),
        ]
    });
    table(
        &["ELEMENT", "ID", "STATE", "STATUS", "FAILURE", "ATTEMPTS", "TOOK", "REPEATED"],
        cells.collect(),
        width,
        style,
    )
}

#[derive(Serialize)]
struct Shape<'a> {
    version: u32,
    run: i64,
    line: u64,
    id: Option<&'a str>,
    state: &'static str,
    attempts: u32,
    failure: Option<&'a str>,
    status: Option<u16>,
    ms: Option<f64>,
    repeated: bool,
}

/// One line of a run, for scripts.
pub fn line_of_run_json(run: i64, Line { number, id, ending, is_repeated }: &Line) -> String {
    line(&Shape {
        version: VERSION,
        run,
        line: *number,
        id: id.as_deref(),
        state: ending.state.as_str(),
        attempts: ending.attempts,
        failure: ending.failure.as_deref(),
        status: ending.status,
        ms: (ending.attempts > 0).then(|| ms(ending.took)),
        repeated: *is_repeated,
    })
}
