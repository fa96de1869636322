//! Recorded deliveries: `history`.

use crate::core::body::{DecodedBody, decode};
use crate::core::delivery::timestamp;
use crate::core::history::{ChangedPart, Delivery, DestinationKind, Fidelity, Kept, Recorded, differences};
use crate::core::text::{one_line, size};
use crate::output::diff::diff;
use crate::output::style::Style;

use super::delivery::{delivery_text, milliseconds, state_word};
use super::message::{self, BAR, Limit, head_text};
use super::table::{Cell, TableRow, table};
use super::wrap::prose;

const OF_BODY: Limit =
    Limit { lines: usize::MAX, bytes: 64 * 1024, advice: "`--json` shows everything that was recorded" };

/// `2024-02-29 12:05:09`
pub(super) fn day_and_second(milliseconds: i64) -> String {
    timestamp(milliseconds)[..19].replace('T', " ")
}

/// A delivery as a row of [`history_table`].
pub fn history_row(delivery: &Recorded<Delivery>) -> TableRow {
    let exchange = delivery.exchange.as_ref();
    let status = exchange.and_then(|own| Some(own.response.as_ref()?.status.to_string()));
    // If there is a status, the failure follows from it.
    let failure = exchange.and_then(|own| Some(own.failure.as_ref()?.kind.name().to_owned()));
    TableRow(vec![
        delivery.id.to_string().into(),
        day_and_second(delivery.time).into(),
        one_line(&delivery.webhook).into_owned().into(),
        Cell::state(delivery.state()),
        status.or(failure).unwrap_or_else(|| "-".to_owned()).into(),
        exchange.map_or_else(|| "-".to_owned(), |own| milliseconds(own.phases.total)).into(),
        one_line(&delivery.url).into_owned().into(),
    ])
}

pub fn history_table(rows: Vec<TableRow>, width: Option<u16>, style: Style) -> String {
    let head = ["ID", "TIME (UTC)", "WEBHOOK", "STATE", "STATUS", "TOOK", "DESTINATION"];
    table(&head, rows.into_iter().map(|row| row.0).collect(), width, style)
}

pub fn history_text(delivery: &Recorded<Delivery>, width: Option<u16>, style: Style) -> String {
    let mut text =
        format!("{}\n", style.strong(&format!("delivery {} of {}", delivery.id, delivery.webhook)));
    let destination = match delivery.destination {
        DestinationKind::PayloadUrl => "",
        DestinationKind::To => " · to the URL of `--to`",
        DestinationKind::Echo => " · to the receiver of `--echo`",
    };
    let replay = delivery.replay_of.map_or(String::new(), |id| format!(" · replay of {id}"));
    let defined = if delivery.is_created_over_api() {
        "created through the API of `hooks emulate`".into()
    } else {
        one_line(&delivery.file)
    };
    let circumstances = format!(
        "{} UTC · {} of {}{destination}{replay} · hooks {}",
        day_and_second(delivery.time),
        delivery.trigger,
        delivery.trigger_element,
        one_line(&delivery.hooks),
    );
    let data = one_line(&delivery.data);
    text.push_str(&format!("{}\ndefinitions: {defined}\ndata: {data}\n", prose(&circumstances, width)));
    let first = style.strong(&format!("{} {}", delivery.method, one_line(&delivery.url)));
    let headers = delivery.headers.iter().map(|(name, value)| (name.as_str(), value.into()));
    text.push('\n');
    text.push_str(&head_text(&first, headers, style));
    let Kept { text: body, bytes, fidelity } = &delivery.body;
    text.push_str(&body_text(&decode(body.as_bytes(), None, None), *bytes, *fidelity, style));
    text.push_str(&format!("\n{}", result_text(delivery, width, style)));
    text
}

/// The recorded part of a body that had this many bytes, after an empty line.
pub(super) fn body_text(body: &DecodedBody<'_>, bytes: u64, fidelity: Fidelity, style: Style) -> String {
    if bytes == 0 {
        return String::new();
    }
    let bar = style.faint(BAR);
    let mut text = format!("{bar}\n{}", message::body_text(body, OF_BODY, style));
    if fidelity == Fidelity::Truncated {
        let all = size(usize::try_from(bytes).unwrap_or(usize::MAX));
        text.push_str(&format!(
            "{bar}{}\n",
            style.faint(&format!("… only the beginning of this body ({all}) was recorded"))
        ));
    }
    text
}

fn result_text(delivery: &Delivery, width: Option<u16>, style: Style) -> String {
    let Some(exchange) = &delivery.exchange else {
        let why = "No result was recorded: the request is in flight, or the program ended before the result was known.";
        return format!("{}\n\n{}\n", state_word(delivery.state(), style), prose(why, width));
    };
    let mut text = delivery_text(exchange, style);
    let failure = exchange
        .failure
        .iter()
        .map(|own| (style.error(&format!("error[{}]", own.kind.name())), &own.what, &own.next));
    let notes = exchange.notes.iter().map(|own| (style.warning("warning"), &own.what, &own.next));
    for (label, what, next) in failure.chain(notes) {
        let (what, next) = (one_line(what), one_line(next));
        let what = prose(&format!("{label}: {what}"), width);
        let next = prose(&format!("  = {}: {next}", style.strong("help")), width);
        text.push_str(&format!("\n{what}\n{next}\n"));
    }
    text
}

/// Two deliveries side by side.
pub fn compare_text(a: &Recorded<Delivery>, b: &Recorded<Delivery>, style: Style) -> String {
    let differences = differences(a, b);
    let mut text = format!(
        "{}\n{}\n",
        style.removed(&format!("- delivery {}", a.id)),
        style.added(&format!("+ delivery {}", b.id))
    );
    if differences.is_empty() {
        return text + "\nthe requests and results are identical\n";
    }
    for ChangedPart { part, a, b } in &differences {
        text.push_str(&format!("\n{}\n", style.strong(&one_line(part))));
        text.push_str(&diff(a.as_deref().unwrap_or_default(), b.as_deref().unwrap_or_default(), BAR, style));
    }
    text
}
