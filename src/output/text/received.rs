//! Received requests in the history: `history --received`.

use crate::core::history::{Reception, Recorded};
use crate::core::text::{one_line, size};
use crate::output::style::Style;

use super::history::{body_text, day_and_second};
use super::message::head_text;
use super::table::{TableRow, table};
use super::wrap::prose;

/// Its name in commands: `r12`.
fn reception_name(own: &Recorded<Reception>) -> String {
    format!("r{}", own.id)
}

/// A request as a row of [`receptions_table`].
pub fn reception_row(own: &Recorded<Reception>) -> TableRow {
    let cells = [
        reception_name(own),
        day_and_second(own.time),
        one_line(&own.method).into_owned(),
        one_line(&own.target).into_owned(),
        size(usize::try_from(own.body_bytes).unwrap_or(usize::MAX)),
        reception_response(own),
        own.webhook.as_ref().map_or_else(|| "-".to_owned(), |handle| one_line(handle).into_owned()),
    ];
    TableRow(cells.into_iter().map(Into::into).collect())
}

pub fn receptions_table(rows: Vec<TableRow>, width: Option<u16>, style: Style) -> String {
    let head = ["ID", "TIME (UTC)", "METHOD", "TARGET", "SIZE", "RESPONSE", "WEBHOOK"];
    table(&head, rows.into_iter().map(|row| row.0).collect(), width, style)
}

fn reception_response(own: &Reception) -> String {
    let response =
        own.status.map_or_else(|| one_line(&own.response).into_owned(), |status| status.to_string());
    match &own.failure {
        Some(failure) => format!("{response} {}", one_line(failure)),
        None => response,
    }
}

pub fn reception_text(own: &Recorded<Reception>, width: Option<u16>, style: Style) -> String {
    let mut text = format!("{}\n", style.strong(&format!("received request {}", reception_name(own))));
    let (peer, hooks) = (one_line(&own.peer), one_line(&own.hooks));
    let circumstances = format!("{} UTC · from {peer} · hooks {hooks}", day_and_second(own.time));
    text.push_str(&format!("{}\n", prose(&circumstances, width)));
    text.push_str(&format!("response: {}\n", reception_response(own)));
    if let Some(url) = &own.forward {
        text.push_str(&format!("forwarded to: {}\n", one_line(url)));
    }
    match (&own.webhook, &own.closest) {
        (Some(handle), _) => text.push_str(&format!("webhook: {}\n", one_line(handle))),
        (None, Some(handle)) => text.push_str(&format!("no match, closest was {}\n", one_line(handle))),
        (None, None) => {}
    }
    let first = format!("{} {} {}", own.method, own.target, own.version);
    let headers = own.headers.iter().map(|(name, value)| (name.as_str(), value.into()));
    text.push('\n');
    text.push_str(&head_text(&style.strong(&one_line(&first)), headers, style));
    text.push_str(&body_text(&own.decoded_body(), own.body_bytes, own.body_fidelity, style));
    text
}
