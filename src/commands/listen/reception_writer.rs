//! Records received requests on a separate thread. `listen` waits if recording cannot keep up, and continues without it if
//! the history cannot be written.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::commands::context::Context;
use crate::commands::recorder;
use crate::core::definitions::Definitions;
use crate::core::history::Reception;
use crate::core::secrets::{Redactor, shown_url};
use crate::io::history::{History, HistoryError};
use crate::output::json::ShownRequest;

const WAITING: usize = 4;

/// Writes requests to the history, until the first error.
pub(super) struct ReceptionWriter {
    to: SyncSender<Vec<(i64, Reception)>>,
    writing: JoinHandle<Result<(), HistoryError>>,
    redactor: Redactor,
    file: Option<String>,
}

impl ReceptionWriter {
    /// Opens the history unless it is turned off; warns if it cannot be used.
    pub(super) fn start(
        cx: &mut Context,
        no_history: bool,
        redactor: Redactor,
        definitions: Option<&Definitions>,
    ) -> Option<Self> {
        let history = recorder::open(cx, no_history)?;
        let (to, from) = sync_channel(WAITING);
        match std::thread::Builder::new().spawn(move || write(&history, &from)) {
            Ok(writing) => Some(Self { to, writing, redactor, file: definitions.map(recorder::file_name) }),
            Err(error) => {
                cx.printer.warning(&format!("cannot start a thread ({error}): nothing is recorded"));
                None
            }
        }
    }

    pub(super) fn reception(&self, seen: &ShownRequest) -> (i64, Reception) {
        let arrival = &*seen.arrival;
        let best_match = seen.best_match.as_ref();
        let forwarded = arrival.forwarded.as_ref();
        let url = |url: &str| self.redactor.redact(&shown_url(url, false)).into_owned();
        let reception = Reception {
            file: self.file.clone(),
            webhook: best_match.and_then(|best_match| best_match.webhook.clone()),
            closest: best_match.and_then(|best_match| best_match.closest.clone()),
            response: arrival.response.name().to_owned(),
            status: arrival.response.status(),
            forward: forwarded.map(|own| url(&own.url)),
            failure: forwarded.and_then(|own| Some(own.outcome.as_ref().err()?.name().to_owned())),
            ..Reception::of(&arrival.request, arrival.peer.to_string(), &self.redactor)
        };
        (arrival.time, reception)
    }

    /// Queues requests to be written; false if they cannot be.
    pub(super) fn record(&self, receptions: Vec<(i64, Reception)>) -> bool {
        self.to.send(receptions).is_ok()
    }

    /// Waits until everything is written, and warns if that failed.
    pub(super) fn finish(self, cx: &mut Context) {
        drop(self.to);
        if let Ok(Err(error)) = self.writing.join() {
            recorder::warn(cx, &error, "not every received request is recorded");
        }
    }
}

fn write(history: &History, from: &Receiver<Vec<(i64, Reception)>>) -> Result<(), HistoryError> {
    while let Ok(mut group) = from.recv() {
        group.extend(from.try_iter().take(WAITING).flatten());
        history.receive(&group)?;
    }
    Ok(())
}
