//! The record of a backfill run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::selection::Selection;
use super::totals::Totals;
use crate::core::delivery::{Exchange, FailureKind, State};

/// What a run does. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunParameters {
    /// The webhook's handle.
    pub webhook: String,
    /// The definitions file, as an absolute path.
    pub file: String,
    /// The SHA-256 of the definition.
    pub definition: String,
    /// The SHA-256 of what `--set` and similar options change in each element.
    pub changes: String,
    /// Where the elements come from: a path as it was typed, `standard input`, or `event` with a prokey.
    pub data: String,
    /// The SHA-256 of the file, or a keyed digest of the event and of the account that it is in; none for standard input, and
    /// for a truncated list.
    pub input: Option<String>,
    /// The event whose answers are the elements.
    pub event: Option<EventParameters>,
    #[serde(flatten)]
    pub selection: Selection,
    pub method: String,
    /// The URL as it may be shown.
    pub url: String,
    /// Whether it is not the webhook's own URL.
    pub is_elsewhere: bool,
    /// The directory in which it was started.
    pub directory: String,
    /// The words that were typed after `hooks`, with masks for credentials.
    pub words: Vec<String>,
    /// Whether the URL of `--to` is masked, so that it must be repeated.
    pub is_url_masked: bool,
    /// Whether another word is masked, so that the run cannot be resumed.
    pub is_masked: bool,
}

/// An event of the account whose answers a run sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventParameters {
    pub prokey: String,
    /// The base URL of the API.
    pub api: String,
    /// Only answers that were created then or later, in milliseconds since 1970.
    pub since: Option<i64>,
}

impl RunParameters {
    /// What its elements are called.
    pub fn noun(&self) -> &'static str {
        if self.event.is_some() { "answer" } else { "element" }
    }

    /// Whether the API key was read from standard input, so that resuming the run reads it there again.
    pub fn reads_key_from_stdin(&self) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        words.contains(&"--key-file=-") || words.windows(2).any(|pair| *pair == ["--key-file", "-"])
    }
}

/// A recorded run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number. Numbers increase and are never reused.
    pub id: i64,
    /// In milliseconds since 1970.
    pub started: i64,
    /// When it last ended; none while it is in progress, or if it was killed.
    pub ended: Option<i64>,
    /// The version of `hooks` that started it.
    pub hooks: String,
    pub parameters: RunParameters,
    /// How many elements the input has, once known.
    pub elements: Option<u64>,
    /// The high-water mark: no element beyond it was begun.
    pub started_to: u64,
    /// How many elements of the input have `prefix` as their fingerprint.
    pub prefix_to: u64,
    /// The fingerprint of those elements; empty if that of the whole file is known.
    pub prefix: String,
    pub totals: Totals,
}

impl Run {
    /// A run that is not recorded yet.
    pub fn new(parameters: RunParameters, elements: Option<u64>) -> Self {
        Self {
            id: 0,
            started: 0,
            ended: None,
            hooks: env!("CARGO_PKG_VERSION").to_owned(),
            parameters,
            elements,
            started_to: 0,
            prefix_to: 0,
            prefix: String::new(),
            totals: Totals::default(),
        }
    }

    /// How many elements it has to send, once known.
    pub fn selected(&self) -> Option<u64> {
        self.elements.map(|elements| self.parameters.selection.count(elements))
    }
}

/// The record of one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementRecord {
    /// Its position in the input, from 1.
    pub element: u64,
    /// Its `id`, or else its prokey.
    pub id: Option<String>,
    /// None if it waits for another attempt.
    pub state: Option<State>,
    pub attempts: u32,
    /// Of the last response.
    pub status: Option<u16>,
    pub failure: Option<String>,
    /// How long the last attempt took.
    pub took: Duration,
    /// Whether it was in doubt and sent again, so that it may have been received twice.
    pub repeated: bool,
}

impl ElementRecord {
    /// The record of an element that was not sent.
    pub fn unsent(element: u64, state: State, failure: Option<&str>) -> Self {
        Self {
            element,
            id: None,
            state: Some(state),
            attempts: 0,
            status: None,
            failure: failure.map(str::to_owned),
            took: Duration::ZERO,
            repeated: false,
        }
    }

    /// The record of an element after this many attempts.
    pub fn of(element: u64, exchange: &Exchange, attempts: u32) -> Self {
        Self {
            attempts,
            status: exchange.response.as_ref().map(|response| response.status),
            took: exchange.phases.total,
            ..Self::unsent(
                element,
                exchange.state,
                exchange.failure.as_ref().map(|failure| failure.kind.name()),
            )
        }
    }
}

/// The explanation of the first failure of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub what: String,
    pub next: String,
    /// The beginning of the response body, redacted.
    pub response: Option<String>,
}

/// Why elements of a run failed.
#[derive(Debug, Clone)]
pub struct RunFailure {
    pub name: String,
    /// The number of elements.
    pub count: u64,
    /// The explanation of the first of them.
    pub explanation: Option<Explanation>,
}

/// The name of the failure for a finding about an element.
pub fn failure_name(code: &str) -> &'static str {
    FailureKind::of_element(code).unwrap_or(FailureKind::ElementUnusable).name()
}
