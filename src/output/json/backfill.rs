//! Backfills: elements and runs.

use serde::Serialize;

use super::{VERSION, document, line, ms};
use crate::core::backfill::{ElementRecord, Run, RunFailure, Totals};
use crate::core::delivery::{State, timestamp};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ElementShape<'a> {
    /// the version of this format
    version: u32,
    /// `element`
    r#type: &'static str,
    /// the number of the run; null if nothing is recorded, as in a dry run
    run: Option<i64>,
    /// the position of the element in the data, from 1
    element: u64,
    /// the `id` of the element, else its `prokey`; null if it has neither, or if it may have been sent by a program that was killed
    id: Option<&'a str>,
    /// `delivered`, `failed`, `in_doubt` or `not_sent`
    #[cfg_attr(test, schemars(with = "String"))]
    state: Option<&'static str>,
    /// the number of attempts in its last session; 0 if no request could be built, in a dry run, or if the program was killed
    attempts: u32,
    /// the stable name of the failure
    failure: Option<&'a str>,
    /// the status of the last response
    status: Option<u16>,
    /// how long the last attempt took, in milliseconds
    ms: Option<f64>,
    /// notes about the response: names such as `html-page`, from [failures](failures.md); not recorded, so empty in `show`
    notes: &'a [&'a str],
    /// whether it was in doubt and sent again, and may have been received twice
    repeated: bool,
}

/// How an element ended. The run has a number only if it is recorded.
pub fn backfill_element_json(run: Option<i64>, record: &ElementRecord, notes: &[&str]) -> String {
    line(&ElementShape {
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
        notes,
        repeated: record.repeated,
    })
}

/// The number of elements in each state.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Counts {
    /// the number of elements to send; null until the input has been read completely
    elements: Option<u64>,
    /// how many were delivered
    delivered: u64,
    /// how many failed
    failed: u64,
    /// how many may have been received; of a run in progress, also those that are being sent
    in_doubt: u64,
    /// how many were certainly not received; in a dry run all
    not_sent: u64,
    /// how many have not been sent yet
    pending: Option<u64>,
    /// how many were in doubt and sent again
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EndShape {
    /// the version of this format
    version: u32,
    /// `end`
    r#type: &'static str,
    /// `done` (the end of the input), `signal`, `failures` (too many in a row), `retry-after` (the receiver requests too long a pause), `unrecorded` (the history could not be written), `bad-input` (nothing more can be read) or `account` (the account's API failed)
    reason: &'static str,
    /// the number of the run; null if nothing is recorded
    run: Option<i64>,
    #[serde(flatten)]
    counts: Counts,
}

/// The totals and why the run ended: the last line.
pub fn backfill_end_json(reason: &'static str, run: Option<i64>, totals: &Totals) -> String {
    line(&EndShape { version: VERSION, r#type: "end", reason, run, counts: totals.into() })
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RunShape<'a> {
    /// the version of this format
    version: u32,
    /// the number of the run
    run: i64,
    /// when it was started, in UTC
    time: String,
    /// when it ended last; null while it is in progress, and if it was killed
    ended: Option<String>,
    /// the version of `hooks` that started it
    hooks: &'a str,
    /// the handle of the webhook
    webhook: &'a str,
    /// the definitions file, as an absolute path
    file: &'a str,
    /// where the elements came from: a file, `standard input`, or `event` with a prokey
    data: &'a str,
    /// the prokey of the event whose RSVP answers are the elements; null for a file
    event: Option<&'a str>,
    /// the shard that it sends, e.g. `2/8`
    shard: Option<String>,
    /// the method
    method: &'a str,
    /// the URL, with masks for secrets
    url: &'a str,
    #[serde(flatten)]
    counts: Counts,
    /// whether a program is sending it
    in_progress: bool,
    /// whether `resume` would send anything
    resumable: bool,
    /// the failures, the most frequent first; only `show`
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<Vec<FailureShape<'a>>>,
    /// the command that started it; only `show`
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    /// the directory in which it was started; only `show`
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FailureShape<'a> {
    /// the stable name
    name: &'a str,
    /// how many elements failed like this
    count: u64,
    /// what happened to the first of them
    what: Option<&'a str>,
    /// what to do next
    next: Option<&'a str>,
    /// the beginning of the response body
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
        event: parameters.event.as_ref().map(|event| event.prokey.as_str()),
        shard: parameters.selection.shard.map(|shard| shard.to_string()),
        method: &parameters.method,
        url: &parameters.url,
        counts: totals.into(),
        in_progress: is_in_progress,
        resumable: !is_in_progress && totals.is_resumable(),
        failures: None,
        command: None,
        directory: None,
    }
}

/// A run of a list.
pub fn run_row_json(run: &Run, is_in_progress: bool) -> String {
    line(&run_shape(run, is_in_progress))
}

/// One run in full. `command` is what was typed.
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
        directory: Some(&run.parameters.directory),
        ..run_shape(run, is_in_progress)
    })
}
