//! Backfills: elements and runs.

use serde::Serialize;

use super::{VERSION, document, line, ms};
use crate::core::backfill::{ElementRecord, Run, RunFailure, Totals};
use crate::core::delivery::{State, timestamp};

#[derive(Serialize)]
struct ElementShape<'a> {
    version: u32,
    r#type: &'static str,
    run: Option<i64>,
    element: u64,
    id: Option<&'a str>,
    state: Option<&'static str>,
    attempts: u32,
    failure: Option<&'a str>,
    status: Option<u16>,
    ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a [&'a str]>,
    repeated: bool,
}

fn element_shape(run: Option<i64>, record: &ElementRecord) -> ElementShape<'_> {
    ElementShape {
        version: VERSION,
        r#type: "element",
        run,
        element: record.element,
        id: record.id.as_deref(),
        state: record.state.map(State::as_str),
        attempts: record.attempts,
        failure: record.failure.as_deref(),
        status: record.status,
        ms: (record.attempts > 0).then(|| ms(record.took)),
        notes: None,
        repeated: record.repeated,
    }
}

/// How an element ended, for scripts. The run has a number only if it is recorded.
pub fn backfill_element_json(run: Option<i64>, record: &ElementRecord, notes: &[&str]) -> String {
    line(&ElementShape { notes: Some(notes), ..element_shape(run, record) })
}

/// How a recorded element ended, for scripts.
pub fn recorded_element_json(run: i64, record: &ElementRecord) -> String {
    line(&element_shape(Some(run), record))
}

/// How many elements are in which state.
#[derive(Serialize)]
struct Counts {
    elements: Option<u64>,
    delivered: u64,
    failed: u64,
    in_doubt: u64,
    not_sent: u64,
    pending: Option<u64>,
    repeated: u64,
}

impl From<&Totals> for Counts {
    fn from(totals: &Totals) -> Self {
        let Totals { delivered, failed, in_doubt, not_sent, pending, repeated, .. } = *totals;
        let elements = pending.map(|pending| totals.ended() + pending);
        Self { elements, delivered, failed, in_doubt, not_sent, pending, repeated }
    }
}

#[derive(Serialize)]
struct EndShape {
    version: u32,
    r#type: &'static str,
    reason: &'static str,
    run: Option<i64>,
    #[serde(flatten)]
    counts: Counts,
}

/// The totals and why the run ended, for scripts: the last line.
pub fn backfill_end_json(reason: &'static str, run: Option<i64>, totals: &Totals) -> String {
    line(&EndShape { version: VERSION, r#type: "end", reason, run, counts: totals.into() })
}

#[derive(Serialize)]
struct RunShape<'a> {
    version: u32,
    run: i64,
    time: String,
    ended: Option<String>,
    hooks: &'a str,
    webhook: &'a str,
    file: &'a str,
    data: &'a str,
    shard: Option<String>,
    method: &'a str,
    url: &'a str,
    #[serde(flatten)]
    counts: Counts,
    in_progress: bool,
    resumable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<Vec<FailureShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a str>,
}

#[derive(Serialize)]
struct FailureShape<'a> {
    name: &'a str,
    count: u64,
    what: Option<&'a str>,
    next: Option<&'a str>,
    response: Option<&'a str>,
}

fn run_shape(run: &Run, is_in_progress: bool) -> RunShape<'_> {
    let Run { parameters, totals, .. } = run;
    RunShape {
        version: VERSION,
        run: run.id,
        time: timestamp(run.started),
        ended: run.ended.map(timestamp),
        hooks: &run.hooks,
        webhook: &parameters.webhook,
        file: &parameters.file,
        data: &parameters.data,
        shard: parameters.selection.shard.map(|shard| shard.to_string()),
        method: &parameters.method,
        url: &parameters.url,
        counts: totals.into(),
        in_progress: is_in_progress,
        resumable: !is_in_progress && totals.is_resumable(),
        failures: None,
        command: None,
        folder: None,
    }
}

/// A run of a list, for scripts.
pub fn run_row_json(run: &Run, is_in_progress: bool) -> String {
    line(&run_shape(run, is_in_progress))
}

/// One run in full, for scripts. `command` is what was typed.
pub fn run_json(run: &Run, is_in_progress: bool, failures: &[RunFailure], command: &str) -> String {
    let failures = failures.iter().map(|RunFailure { name, count, explanation }| FailureShape {
        name,
        count: *count,
        what: explanation.as_ref().map(|own| own.what.as_str()),
        next: explanation.as_ref().map(|own| own.next.as_str()),
        response: explanation.as_ref().and_then(|own| own.response.as_deref()),
    });
    document(&RunShape {
        failures: Some(failures.collect()),
        command: Some(command),
        folder: Some(&run.parameters.folder),
        ..run_shape(run, is_in_progress)
    })
}
