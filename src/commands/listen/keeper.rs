//! Records what was received, on a thread of its own. A listener waits for it when it cannot keep up, and goes on
//! without it when the history cannot be written.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::commands::context::Context;
use crate::commands::recorder;
use crate::core::definitions::Definitions;
use crate::core::received::Forwarded;
use crate::core::record::{Reception, ReceptionResult};
use crate::core::secrets::{Redactor, shown_url};
use crate::io::history::{History, HistoryError};
use crate::output::text::Seen;

/// How many groups may wait to be written.
const WAITING: usize = 4;

/// Writes requests to the history, until that fails for the first time.
pub(super) struct Keeper {
    to: SyncSender<Vec<Reception>>,
    writing: JoinHandle<Result<(), HistoryError>>,
    redactor: Redactor,
    file: Option<String>,
}

impl Keeper {
    /// Opens the history unless it is turned off; warns when it cannot be used.
    pub(super) fn new(
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

    /// What is to be recorded of a request.
    pub(super) fn reception(&self, seen: &Seen) -> Reception {
        let arrival = &*seen.arrival;
        let kept = Reception::of(&arrival.request, arrival.time, arrival.peer.to_string(), &self.redactor);
        Reception { file: self.file.clone(), result: result(seen, &self.redactor), ..kept }
    }

    /// Hands requests over to be written; false when they cannot be.
    pub(super) fn keep(&self, receptions: Vec<Reception>) -> bool {
        self.to.send(receptions).is_ok()
    }

    /// Waits until all is written, and warns when it could not be.
    pub(super) fn end(self, cx: &mut Context) {
        drop(self.to);
        if let Ok(Err(error)) = self.writing.join() {
            recorder::warn(cx, &error, "not all that came is recorded");
        }
    }
}

fn write(history: &History, from: &Receiver<Vec<Reception>>) -> Result<(), HistoryError> {
    while let Ok(mut group) = from.recv() {
        group.extend(from.try_iter().take(WAITING).flatten());
        history.receive(&group)?;
    }
    Ok(())
}

fn result(seen: &Seen, redactor: &Redactor) -> ReceptionResult {
    let verdict = seen.verdict.as_ref();
    let (forward, failure) = match &seen.arrival.forwarded {
        Some(Forwarded { url, outcome, .. }) => {
            let failure = outcome.as_ref().err().map(|why| why.name().to_owned());
            (Some(redactor.redact(&shown_url(url, false)).into_owned()), failure)
        }
        None => (None, None),
    };
    ReceptionResult {
        webhook: verdict.and_then(|verdict| verdict.webhook.clone()),
        nearest: verdict.and_then(|verdict| verdict.nearest.clone()),
        answer: seen.arrival.answer.state().to_owned(),
        status: seen.arrival.answer.status(),
        forward,
        failure,
    }
}
