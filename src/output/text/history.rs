//! What was sent before: `history`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::core::body::{DecodedBody, decode};
use crate::core::exchange::timestamp;
use crate::core::record::{Delivery, DestinationKind, Fidelity, Kept, Recorded};
use crate::core::text::{one_line, size};
use crate::output::style::Style;

use super::delivery::{
    AnswerShape, PhasesMs, answer_shape, delivery_text, milliseconds, ms, phases_ms, state_word,
};
use super::message::{self, BAR, Limit, head_text};
use super::table::{Cell, TableRow, table};
use super::{VERSION, document, line};

/// The limit of a body in text output.
const OF_BODY: Limit =
    Limit { lines: usize::MAX, bytes: 64 * 1024, way_out: "`--json` shows everything that was recorded" };

/// `2024-02-29 12:05:09`
pub(super) fn day_and_second(milliseconds: i64) -> String {
    timestamp(milliseconds)[..19].replace('T', " ")
}

/// A delivery as a row of [`history_table`].
pub fn history_row(delivery: &Recorded<Delivery>) -> TableRow {
    let exchange = delivery.exchange.as_ref();
    let status = exchange.and_then(|own| Some(own.answer.as_ref()?.status.to_string()));
    // A status other than 2xx is failure enough.
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

/// The deliveries as a table.
pub fn history_table(rows: Vec<TableRow>, width: Option<u16>, style: Style) -> String {
    let head = ["ID", "TIME (UTC)", "WEBHOOK", "STATE", "STATUS", "TOOK", "DESTINATION"];
    table(&head, rows.into_iter().map(|row| row.0).collect(), width, style)
}

/// All of one delivery for people.
pub fn history_text(delivery: &Recorded<Delivery>, style: Style) -> String {
    let mut text =
        format!("{}\n", style.strong(&format!("delivery {} of {}", delivery.id, delivery.webhook)));
    let destination = match delivery.destination {
        DestinationKind::PayloadUrl => "",
        DestinationKind::To => " · sent elsewhere with `--to`",
        DestinationKind::Echo => " · sent to the receiver of `--echo`",
    };
    let replay = delivery.replay_of.map_or(String::new(), |id| format!(" · replay of {id}"));
    let line = delivery.line.map_or(String::new(), |own| {
        let id = delivery.element_id().map_or(String::new(), |id| format!(" (id `{}`)", one_line(&id)));
        format!(" · element {}{id} of run {}", own.line, own.run)
    });
    let circumstances = format!(
        "{} UTC · {} of {}{destination}{replay}{line} · hooks {}\ndefinitions: {}\ndata: {}\n",
        day_and_second(delivery.time),
        delivery.trigger,
        delivery.trigger_element,
        one_line(&delivery.hooks),
        one_line(&delivery.file),
        one_line(&delivery.data),
    );
    text.push_str(&circumstances);
    let first = style.strong(&format!("{} {}", delivery.method, one_line(&delivery.url)));
    let headers = delivery.headers.iter().map(|(name, value)| (name.as_str(), value.into()));
    text.push('\n');
    text.push_str(&head_text(&first, headers, style));
    let Kept { text: body, bytes, fidelity } = &delivery.body;
    text.push_str(&body_text(&decode(body.as_bytes(), None, None), *bytes, *fidelity, style));
    text.push_str(&format!("\n{}", result_text(delivery, style)));
    text
}

/// A body that had so many bytes, as far as it was kept, with an empty line before it.
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
            style.faint(&format!("… only a part of this body of {all} was recorded"))
        ));
    }
    text
}

fn result_text(delivery: &Delivery, style: Style) -> String {
    let Some(exchange) = &delivery.exchange else {
        return format!(
            "{}\n\nNo result was recorded: the request is in flight, or the program ended before it was known.\n",
            state_word(delivery.state(), style)
        );
    };
    let mut text = delivery_text(exchange, style);
    let failure = exchange
        .failure
        .iter()
        .map(|own| (style.bad(&format!("error[{}]", own.kind.name())), &own.what, &own.next));
    let notes = exchange.notes.iter().map(|own| (style.odd("warning"), &own.what, &own.next));
    for (label, what, next) in failure.chain(notes) {
        let (what, next) = (one_line(what), one_line(next));
        text.push_str(&format!("\n{label}: {what}\n  = {}: {next}\n", style.strong("help")));
    }
    text
}

#[derive(Serialize)]
struct RowShape<'a> {
    version: u32,
    id: i64,
    time: String,
    webhook: &'a str,
    state: &'static str,
    status: Option<u16>,
    failure: Option<&'a str>,
    total_ms: Option<f64>,
    method: &'a str,
    url: &'a str,
    replay_of: Option<i64>,
}

/// One row of the list for scripts.
pub fn history_row_json(delivery: &Recorded<Delivery>) -> String {
    let exchange = delivery.exchange.as_ref();
    line(&RowShape {
        version: VERSION,
        id: delivery.id,
        time: timestamp(delivery.time),
        webhook: &delivery.webhook,
        state: delivery.state().as_str(),
        status: exchange.and_then(|own| Some(own.answer.as_ref()?.status)),
        failure: exchange.and_then(|own| Some(own.failure.as_ref()?.kind.name())),
        total_ms: exchange.map(|own| ms(own.phases.total)),
        method: delivery.method.as_str(),
        url: &delivery.url,
        replay_of: delivery.replay_of,
    })
}

#[derive(Serialize)]
struct RecordShape<'a> {
    version: u32,
    id: i64,
    time: String,
    hooks: &'a str,
    webhook: &'a str,
    file: &'a str,
    trigger: &'static str,
    trigger_element: &'static str,
    data: &'a str,
    destination: &'static str,
    replay_of: Option<i64>,
    run: Option<i64>,
    line: Option<u64>,
    state: &'static str,
    finished: bool,
    method: &'a str,
    url: &'a str,
    headers: Vec<Header<'a>>,
    body: KeptShape<'a>,
    element: ElementShape<'a>,
    status: Option<u16>,
    failure: Option<Reason<'a>>,
    notes: Vec<Reason<'a>>,
    phases_ms: Option<PhasesMs>,
    peer: Option<String>,
    proxy: Option<&'a str>,
    answer: Option<AnswerShape<'a>>,
}

#[derive(Serialize)]
struct Header<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct KeptShape<'a> {
    text: &'a str,
    bytes: u64,
    kept: &'static str,
}

#[derive(Serialize)]
struct ElementShape<'a> {
    json: Option<&'a RawValue>,
    bytes: u64,
    kept: &'static str,
}

#[derive(Serialize)]
struct Reason<'a> {
    name: &'a str,
    what: &'a str,
    next: &'a str,
}

/// All of one delivery for scripts.
pub fn history_json(delivery: &Recorded<Delivery>) -> String {
    let exchange = delivery.exchange.as_ref();
    let answer = exchange.and_then(|own| own.answer.as_ref());
    let headers = delivery.headers.iter().map(|(name, value)| Header { name, value });
    document(&RecordShape {
        version: VERSION,
        id: delivery.id,
        time: timestamp(delivery.time),
        hooks: &delivery.hooks,
        webhook: &delivery.webhook,
        file: &delivery.file,
        trigger: delivery.trigger.as_str(),
        trigger_element: delivery.trigger_element.as_str(),
        data: &delivery.data,
        destination: delivery.destination.as_str(),
        replay_of: delivery.replay_of,
        run: delivery.line.map(|own| own.run),
        line: delivery.line.map(|own| own.line),
        state: delivery.state().as_str(),
        finished: exchange.is_some(),
        method: delivery.method.as_str(),
        url: &delivery.url,
        headers: headers.collect(),
        body: KeptShape {
            text: &delivery.body.text,
            bytes: delivery.body.bytes,
            kept: delivery.body.fidelity.as_str(),
        },
        element: ElementShape {
            json: serde_json::from_str(&delivery.element.text).ok(),
            bytes: delivery.element.bytes,
            kept: delivery.element.fidelity.as_str(),
        },
        status: answer.map(|answer| answer.status),
        failure: exchange.and_then(|own| own.failure.as_ref()).map(|own| Reason {
            name: own.kind.name(),
            what: &own.what,
            next: &own.next,
        }),
        notes: exchange.map_or(Vec::new(), |own| {
            let notes = own.notes.iter();
            notes.map(|own| Reason { name: own.kind.name(), what: &own.what, next: &own.next }).collect()
        }),
        phases_ms: exchange.map(|own| phases_ms(own.phases)),
        peer: exchange.and_then(|own| own.peer).map(|peer| peer.to_string()),
        proxy: exchange.and_then(|own| own.proxy.as_deref()),
        answer: answer.map(answer_shape),
    })
}
