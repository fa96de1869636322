//! Records deliveries as they happen. A problem with the history never stops a delivery.

use std::path::PathBuf;

use crate::core::definitions::Definitions;
use crate::core::delivery::Exchange;
use crate::core::diagnostic::Diagnostic;
use crate::core::history::{Delivery, Sending, masked};
use crate::core::model::Webhook;
use crate::core::request::{Destination, Element, PreparedRequest};
use crate::core::text::one_line;
use crate::io::clock::now;
use crate::io::env;
use crate::io::history::{History, HistoryError, default_path};

use super::args::SendArgs;
use super::context::Context;
use super::error::{Error, Result};

/// Writes to the history until that fails for the first time.
#[derive(Debug)]
pub struct Recorder {
    history: Option<History>,
    /// Whether another process has locked the history. If so, the request is recorded after it was sent, not before.
    is_busy: bool,
    last: Option<i64>,
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
    }
}

impl Recorder {
    /// Opens the history unless it is turned off; warns if it cannot be used.
    pub fn new(cx: &mut Context, how: &SendArgs) -> Self {
        let none = Self { history: None, is_busy: false, last: None };
        let Some(path) = path(cx, how.no_history) else { return none };
        match History::open_now(&path) {
            Ok(history) => Self { history: Some(history), ..none },
            Err(error) if error.is_busy() => Self { is_busy: true, ..none },
            Err(error) => {
                warn(cx, &error, "nothing is recorded");
                none
            }
        }
    }

    /// The number of the last delivery; none if it was not recorded.
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// Sends, with the intent recorded before and the result after. The result is masked unless `reveal`. An error means
    /// that nothing was sent.
    pub fn around(
        &mut self,
        cx: &mut Context,
        request: &PreparedRequest,
        sending: &Sending<'_>,
        reveal: bool,
        send: impl FnOnce() -> Result<Exchange>,
    ) -> Result<Exchange> {
        let file = absolute(sending.file);
        let sending = Sending { file: &file, ..*sending };
        let started = now();
        let mut delivery: Option<Delivery> = None;
        let mut begin = |history: &History| {
            history.begin(delivery.get_or_insert_with(|| Delivery::of(request, sending)), started)
        };
        let begun = self.history.as_ref().map(&mut begin);
        self.is_busy |= matches!(&begun, Some(Err(error)) if error.is_busy());
        let begun = match begun {
            Some(begun) if !self.is_busy => self.done(cx, begun, "nothing is recorded"),
            _ => None,
        };
        let sent = send().map(|exchange| (masked(request, &exchange), exchange));
        if self.is_busy && sent.is_ok() {
            self.last = self.begin_late(cx, begin);
        } else {
            self.last = begun;
        }
        if let (Some(id), Some(history)) = (self.last, &self.history) {
            let finished = history.wait().and_then(|()| match (&sent, delivery) {
                (Ok((masked, _)), Some(delivery)) => {
                    history.finish(id, &Delivery { exchange: Some(masked.clone()), ..delivery })
                }
                _ => history.forget(id),
            });
            self.done(cx, finished, "the result is not recorded");
        }
        sent.map(|(masked, exchange)| if reveal { exchange } else { masked })
    }

    /// Records after the request what could not be recorded before it.
    fn begin_late(
        &mut self,
        cx: &mut Context,
        begin: impl FnOnce(&History) -> std::result::Result<i64, HistoryError>,
    ) -> Option<i64> {
        self.is_busy = false;
        if self.history.is_none() {
            let opened = History::open(&default_path()?);
            self.history = self.done(cx, opened, "nothing is recorded");
        }
        let history = self.history.as_ref()?;
        let begun = history.wait().and_then(|()| begin(history));
        self.done(cx, begun, "nothing is recorded")
    }

    fn done<T>(
        &mut self,
        cx: &mut Context,
        done: std::result::Result<T, HistoryError>,
        so: &str,
    ) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                // The next delivery would fail in the same way.
                self.history = None;
                warn(cx, &error, so);
                None
            }
        }
    }
}

/// Prints the number of a delivery in the history, if it is recorded.
pub(super) fn name_recorded(cx: &mut Context, delivery: Option<i64>) {
    if let Some(id) = delivery {
        cx.printer.status(&format!("recorded as delivery {id}: `hooks history {id}`"));
    }
}

/// The name under which the history has a definitions file.
pub(super) fn file_name(definitions: &Definitions) -> String {
    absolute(definitions.source.name())
}

fn absolute(file: &str) -> String {
    let path = std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file));
    path.to_string_lossy().into_owned()
}

/// Whether `HOOKS_HISTORY` turns the history off. An unknown value does: recording something against the user's wish would be
/// worse.
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
pub(super) fn warn(cx: &mut Context, error: &HistoryError, so: &str) {
    let help = format!("{}, or use `--no-history` to run without it", error.help());
    cx.printer.warning_with_help(&format!("{error}: {so}"), &help);
}

/// The history to write to; none if it is turned off or, with a warning, if it cannot be used.
pub(super) fn open(cx: &mut Context, no_history: bool) -> Option<History> {
    let path = path(cx, no_history)?;
    History::open(&path).map_err(|error| warn(cx, &error, "nothing is recorded")).ok()
}

/// The path of the history; none if it is turned off or, with a warning, if no directory is available.
fn path(cx: &mut Context, no_history: bool) -> Option<PathBuf> {
    if no_history || is_off(cx) {
        return None;
    }
    let path = default_path();
    if path.is_none() {
        cx.printer.warning("no directory for the history: nothing is recorded; set `XDG_STATE_HOME`");
    }
    path
}

/// The history to read from; none if nothing was ever recorded.
pub fn recorded() -> Result<Option<History>> {
    let Some(path) = default_path() else { return Ok(None) };
    Ok(History::open_existing(&path)?)
}

impl From<HistoryError> for Error {
    fn from(error: HistoryError) -> Self {
        Diagnostic::error("history", error.to_string()).help(error.help()).into()
    }
}
