//! What was sent before: `history`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::core::body::{DecodedBody, decode};
use crate::core::exchange::{Exchange, timestamp};
use crate::core::record::{Fidelity, Place, Record, Row};
use crate::core::text::{one_line, size};
use crate::output::style::Style;

use super::delivery::{
    AnswerShape, PhasesMs, answer_shape, delivery_text, milliseconds, ms, phases_ms, state_word,
};
use super::message::{self, BAR, Limit, head_text};
use super::table::{Cell, table};
use super::{VERSION, document, line};

/// The limit of a body in text output.
const OF_BODY: Limit =
    Limit { lines: usize::MAX, bytes: 64 * 1024, way_out: "`--json` shows everything that was recorded" };

/// `2024-02-29 12:05:09`
pub(super) fn day_and_second(milliseconds: i64) -> String {
    timestamp(milliseconds)[..19].replace('T', " ")
}

/// The deliveries as a table.
pub fn history_table(rows: &[Row], width: Option<u16>, style: Style) -> String {
    let cells = rows.iter().map(|row| {
        let status = row.status.map(|status| status.to_string());
        // An answer other than 2xx says it all by its status.
        let failure = row.failure.as_ref().map(|name| one_line(name).into_owned());
        vec![
            row.id.to_string().into(),
            day_and_second(row.started).into(),
            one_line(&row.webhook).into_owned().into(),
            Cell::state(row.state),
            status.or(failure).unwrap_or_else(|| "-".to_owned()).into(),
            row.total.map_or_else(|| "-".to_owned(), milliseconds).into(),
            one_line(&row.url).into_owned().into(),
        ]
    });
    let head = ["ID", "TIME (UTC)", "WEBHOOK", "STATE", "STATUS", "TOOK", "DESTINATION"];
    table(&head, cells.collect(), width, style)
}

/// All of one delivery for people.
pub fn history_text(record: &Record, style: Style) -> String {
    let intent = &record.intent;
    let mut text = format!("{}\n", style.strong(&format!("delivery {} of {}", record.id, intent.webhook)));
    let place = match intent.place {
        Place::Defined => "",
        Place::Elsewhere => " · sent elsewhere with `--to`",
        Place::Receiver => " · sent to the receiver of `--echo`",
    };
    let replay = intent.replay_of.map_or(String::new(), |id| format!(" · replay of {id}"));
    let line = intent.line.map_or(String::new(), |own| {
        let id = intent.element_id().map_or(String::new(), |id| format!(" (id `{}`)", one_line(&id)));
        format!(" · element {}{id} of run {}", own.line, own.run)
    });
    let circumstances = format!(
        "{} UTC · {} of {}{place}{replay}{line} · hooks {}\ndefinitions: {}\ndata: {}\n",
        day_and_second(record.started),
        intent.trigger,
        intent.kind,
        one_line(&record.hooks),
        one_line(&intent.file),
        one_line(&intent.data),
    );
    text.push_str(&circumstances);
    let first = style.strong(&format!("{} {}", intent.method, one_line(&intent.url)));
    let headers = intent.headers.iter().map(|(name, value)| (name.as_str(), value.into()));
    text.push('\n');
    text.push_str(&head_text(&first, headers, style));
    text.push_str(&format!(
        "{}\n{}",
        body_text(
            &decode(intent.body.text.as_bytes(), None, None),
            intent.body.bytes,
            intent.body.fidelity,
            style
        ),
        outcome_text(record, style)
    ));
    text
}

/// A body that had so many bytes, as far as it was kept, with an empty line before it.
pub(super) fn body_text(body: &DecodedBody<'_>, bytes: u64, fidelity: Fidelity, style: Style) -> String {
    if bytes == 0 {
        return String::new();
    }
    let bar = style.faint(BAR);
    let mut text = format!("{bar}\n{}", message::body_text(body, OF_BODY, style));
    if fidelity == Fidelity::Cut {
        let all = size(usize::try_from(bytes).unwrap_or(usize::MAX));
        text.push_str(&format!(
            "{bar}{}\n",
            style.faint(&format!("… only a part of this body of {all} was recorded"))
        ));
    }
    text
}

fn outcome_text(record: &Record, style: Style) -> String {
    let Some(outcome) = &record.outcome else {
        return format!(
            "{}\n\nNo result was recorded: it is still under way, or the program was ended before it knew.\n",
            state_word(record.state(), style)
        );
    };
    let mut text = delivery_text(
        &Exchange {
            state: outcome.state,
            phases: outcome.phases,
            peer: None,
            proxy: outcome.proxy.clone(),
            reused: outcome.reused,
            answer: outcome.answer.clone(),
            failure: None,
            notes: Vec::new(),
        },
        style,
    );
    if let Some(failure) = &outcome.failure {
        let label = style.bad(&format!("error[{}]", one_line(&failure.name)));
        let (what, next) = (one_line(&failure.what), one_line(&failure.next));
        text.push_str(&format!("\n{label}: {what}\n  = {}: {next}\n", style.strong("help")));
    }
    for note in &outcome.notes {
        let label = style.odd("warning");
        let (what, next) = (one_line(&note.what), one_line(&note.next));
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
pub fn history_row_json(row: &Row) -> String {
    line(&RowShape {
        version: VERSION,
        id: row.id,
        time: timestamp(row.started),
        webhook: &row.webhook,
        state: row.state.as_str(),
        status: row.status,
        failure: row.failure.as_deref(),
        total_ms: row.total.map(ms),
        method: &row.method,
        url: &row.url,
        replay_of: row.replay_of,
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
    place: &'static str,
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
    peer: Option<&'a str>,
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

impl<'a> From<&'a crate::core::record::Reason> for Reason<'a> {
    fn from(own: &'a crate::core::record::Reason) -> Self {
        Self { name: &own.name, what: &own.what, next: &own.next }
    }
}

/// All of one delivery for scripts.
pub fn history_json(record: &Record) -> String {
    let (intent, outcome) = (&record.intent, record.outcome.as_ref());
    let answer = outcome.and_then(|outcome| outcome.answer.as_ref());
    let headers = intent.headers.iter().map(|(name, value)| Header { name, value });
    document(&RecordShape {
        version: VERSION,
        id: record.id,
        time: timestamp(record.started),
        hooks: &record.hooks,
        webhook: &intent.webhook,
        file: &intent.file,
        trigger: intent.trigger.as_str(),
        trigger_element: intent.kind.as_str(),
        data: &intent.data,
        place: intent.place.as_str(),
        replay_of: intent.replay_of,
        run: intent.line.map(|own| own.run),
        line: intent.line.map(|own| own.line),
        state: record.state().as_str(),
        finished: outcome.is_some(),
        method: intent.method.as_str(),
        url: &intent.url,
        headers: headers.collect(),
        body: KeptShape {
            text: &intent.body.text,
            bytes: intent.body.bytes,
            kept: intent.body.fidelity.as_str(),
        },
        element: ElementShape {
            json: serde_json::from_str(&intent.element.text).ok(),
            bytes: intent.element.bytes,
            kept: intent.element.fidelity.as_str(),
        },
        status: answer.map(|answer| answer.status),
        failure: outcome.and_then(|outcome| outcome.failure.as_ref()).map(Reason::from),
        notes: outcome.map_or(Vec::new(), |outcome| outcome.notes.iter().map(Reason::from).collect()),
        phases_ms: outcome.map(|outcome| phases_ms(outcome.phases)),
        peer: outcome.and_then(|outcome| outcome.peer.as_deref()),
        proxy: outcome.and_then(|outcome| outcome.proxy.as_deref()),
        answer: answer.map(answer_shape),
    })
}
