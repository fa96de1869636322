//! Records deliveries as they happen. A problem with the history never stops a delivery.

use std::path::PathBuf;

use crate::core::definitions::Definitions;
use crate::core::delivery::Exchange;
use crate::core::diagnostic::Diagnostic;
use crate::core::history::{Delivery, Sending};
use crate::core::model::Webhook;
use crate::core::request::{Destination, Element, PreparedRequest};
use crate::core::text::one_line;
use crate::io::clock::now;
use crate::io::env;
use crate::io::history::{History, HistoryError, default_path};

use super::context::Context;
use super::error::{Error, Result};

/// Writes to the history until a write fails.
#[derive(Debug)]
pub struct Recorder {
    history: Option<History>,
    /// Whether another process has locked the history. If so, a request is recorded after it is sent, not before.
    is_busy: bool,
}

/// A delivery between [`begin`](Recorder::begin) and [`finish`](Recorder::finish).
#[derive(Debug)]
pub struct Recording {
    started: i64,
    /// None if nothing is recorded.
    delivery: Option<Delivery>,
    /// None if it could not be recorded before the request.
    id: Option<i64>,
}

pub fn sending<'a>(
    definitions: &'a Definitions,
    webhook: &Webhook,
    element: &'a Element,
    destination: &'a Destination,
) -> Sending<'a> {
    Sending {
        file: definitions.source.name(),
        trigger: webhook.trigger.value,
        kind: webhook.trigger_element.value,
        element,
        data: element.name(),
        destination,
        replay_of: None,
        emulated: None,
    }
}

impl Recorder {
    /// Opens the history unless it is turned off; warns if it cannot be used.
    pub fn new(cx: &mut Context, no_history: bool) -> Self {
        let none = Self { history: None, is_busy: false };
        let Some(path) = history_path(cx, no_history) else { return none };
        match History::open_now(&path) {
            Ok(history) => Self { history: Some(history), ..none },
            Err(error) if error.is_busy() => Self { is_busy: true, ..none },
            Err(error) => {
                warn(cx, &error, "nothing is recorded");
                none
            }
        }
    }

    /// Records that a request is about to be sent.
    pub fn begin(&mut self, cx: &mut Context, request: &PreparedRequest, sending: &Sending<'_>) -> Recording {
        let mut recording = Recording { started: now(), delivery: None, id: None };
        if self.history.is_none() && !self.is_busy {
            return recording;
        }
        let file = absolute(sending.file);
        let delivery = recording.delivery.insert(Delivery::of(request, Sending { file: &file, ..*sending }));
        if let Some(history) = self.history.as_ref().filter(|_| !self.is_busy) {
            match history.begin(delivery, recording.started) {
                Err(error) if error.is_busy() => self.is_busy = true,
                begun => recording.id = self.or_disable(cx, begun, "nothing is recorded"),
            }
        }
        recording
    }

    /// Records the result. Returns the number of the delivery; none if it is not recorded.
    pub fn finish(&mut self, cx: &mut Context, recording: Recording, exchange: &Exchange) -> Option<i64> {
        let Recording { started, delivery, id } = recording;
        let delivery = delivery?;
        let id = if self.is_busy { self.begin_late(cx, &delivery, started) } else { id }?;
        if let Some(history) = &self.history {
            let delivery = Delivery { exchange: Some(exchange.clone()), ..delivery };
            let finished = history.wait().and_then(|()| history.finish(id, &delivery));
            self.or_disable(cx, finished, "the result is not recorded");
        }
        Some(id)
    }

    /// Deletes the record of a request that was not sent after all.
    pub fn forget(&mut self, cx: &mut Context, recording: &Recording) {
        if let (Some(id), Some(history)) = (recording.id, &self.history) {
            let forgotten = history.wait().and_then(|()| history.forget(id));
            self.or_disable(cx, forgotten, "the result is not recorded");
        }
    }

    /// Records a request after it was sent, because the history was locked before.
    fn begin_late(&mut self, cx: &mut Context, delivery: &Delivery, started: i64) -> Option<i64> {
        self.is_busy = false;
        if self.history.is_none() {
            let opened = History::open(&default_path()?);
            self.history = self.or_disable(cx, opened, "nothing is recorded");
        }
        let history = self.history.as_ref()?;
        let begun = history.wait().and_then(|()| history.begin(delivery, started));
        self.or_disable(cx, begun, "nothing is recorded")
    }

    /// The value. After an error, nothing more is recorded, since the next delivery would fail in the same way.
    fn or_disable<T>(
        &mut self,
        cx: &mut Context,
        result: std::result::Result<T, HistoryError>,
        consequence: &str,
    ) -> Option<T> {
        result
            .map_err(|error| {
                self.history = None;
                warn(cx, &error, consequence);
            })
            .ok()
    }
}

/// Prints the number of a recorded delivery.
pub(super) fn report_recorded(cx: &mut Context, delivery: Option<i64>) {
    if let Some(id) = delivery {
        cx.printer.status(&format!("recorded as delivery {id}: `hooks history {id}`"));
    }
}

/// The name of a definitions file in the history.
pub(super) fn file_name(definitions: &Definitions) -> String {
    absolute(definitions.source.name())
}

fn absolute(file: &str) -> String {
    let path = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
    path.to_string_lossy().into_owned()
}

/// Whether `HOOKS_HISTORY` turns the history off. An unknown value does, since recording something against the user's wish would
/// be worse.
pub(super) fn is_off(cx: &mut Context) -> bool {
    let Some(value) = env::setting("HOOKS_HISTORY") else { return false };
    match value.to_ascii_lowercase().as_str() {
        "off" | "no" | "false" | "0" => true,
        "on" | "yes" | "true" | "1" => false,
        _ => {
            let value = one_line(&value);
            cx.printer.warning(&format!(
                "invalid value `{value}` of `HOOKS_HISTORY`, expected `on` or `off`: nothing is recorded"
            ));
            true
        }
    }
}

/// Warns that the history cannot be used, and of the consequence.
pub(super) fn warn(cx: &mut Context, error: &HistoryError, consequence: &str) {
    let help = format!("{}, or use `--no-history` to run without it", error.help());
    cx.printer.warning_with_help(&format!("{error}: {consequence}"), &help);
}

/// The history to write to; `None` if it is turned off or, with a warning, if it cannot be used.
pub(super) fn open(cx: &mut Context, no_history: bool) -> Option<History> {
    let path = history_path(cx, no_history)?;
    History::open(&path).map_err(|error| warn(cx, &error, "nothing is recorded")).ok()
}

/// The path of the history; `None` if it is turned off or, with a warning, if no directory is available.
fn history_path(cx: &mut Context, no_history: bool) -> Option<PathBuf> {
    if no_history || is_off(cx) {
        return None;
    }
    let path = default_path();
    if path.is_none() {
        cx.printer.warning("no directory for the history: nothing is recorded; set `XDG_STATE_HOME`");
    }
    path
}

/// The history to read from; `None` if nothing was ever recorded.
pub fn recorded() -> Result<Option<History>> {
    let Some(path) = default_path() else { return Ok(None) };
    Ok(History::open_existing(&path)?)
}

impl From<HistoryError> for Error {
    fn from(error: HistoryError) -> Self {
        Diagnostic::error("history", error.to_string()).help(error.help()).into()
    }
}
