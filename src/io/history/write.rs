//! Intent before the first byte, result after the last.

use rusqlite::named_params;

use super::{History, HistoryError, micros, now};
use crate::core::body::header_text;
use crate::core::record::{Intent, Outcome, Reason};

/// Every so many deliveries, what is too old is thrown out.
const PRUNE_EVERY: i64 = 50;

impl History {
    /// Records what is about to be sent, and returns its number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self, intent: &Intent) -> Result<i64, HistoryError> {
        self.begin_at(intent, now())
    }

    /// Records what was about to be sent at a moment.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_at(&self, intent: &Intent, started: i64) -> Result<i64, HistoryError> {
        let (body, element) = (&intent.body, &intent.element);
        let insert =
            "INSERT INTO delivery (started, webhook, replay_of, method, url, is_url_masked, place, file,
            event, kind, data, hooks, headers, body, body_bytes, body_fidelity, element, element_bytes,
            element_fidelity, run, line) VALUES (:started, :webhook, :replay_of, :method, :url, :is_url_masked, :place,
            :file, :event, :kind, :data, :hooks, :headers, :body, :body_bytes, :body_fidelity, :element,
            :element_bytes, :element_fidelity, :run, :line)";
        let written = self.connection.execute(
            insert,
            named_params! {
                ":started": started,
                ":webhook": intent.webhook,
                ":replay_of": intent.replay_of,
                ":method": intent.method.as_str(),
                ":url": intent.url,
                ":is_url_masked": intent.is_url_masked,
                ":place": intent.place.as_str(),
                ":file": intent.file,
                ":event": intent.trigger.as_str(),
                ":kind": intent.kind.as_str(),
                ":data": intent.data,
                ":hooks": env!("CARGO_PKG_VERSION"),
                ":headers": json(&intent.headers),
                ":body": body.text,
                ":body_bytes": signed(body.bytes),
                ":body_fidelity": body.fidelity.as_str(),
                ":element": element.text,
                ":element_bytes": signed(element.bytes),
                ":element_fidelity": element.fidelity.as_str(),
                ":run": intent.line.map(|own| own.run),
                ":line": intent.line.map(|own| signed(own.line)),
            },
        );
        written.map_err(|error| self.fail(&error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Records what came of it. Now and then throws out what is too old.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&self, id: i64, outcome: &Outcome) -> Result<(), HistoryError> {
        self.write_outcome(id, outcome)?;
        if id % PRUNE_EVERY == 0 { self.prune_by_default() } else { Ok(()) }
    }

    /// Records what came of it.
    pub(super) fn write_outcome(&self, id: i64, outcome: &Outcome) -> Result<(), HistoryError> {
        let (phases, failure, answer) = (&outcome.phases, &outcome.failure, &outcome.answer);
        let notes: Vec<[&str; 3]> =
            outcome.notes.iter().map(|Reason { name, what, next }| [&**name, what, next]).collect();
        let headers: Option<Vec<_>> = answer
            .as_ref()
            .map(|answer| answer.headers.iter().map(|(name, value)| (name, header_text(value))).collect());
        let update =
            "UPDATE delivery SET state = :state, status = :status, failure = :failure, total = :total,
            reused = :reused, lookup = :lookup, connect = :connect, tls = :tls, first_byte = :first_byte,
            peer = :peer, proxy = :proxy, failure_what = :what, failure_next = :next, notes = :notes,
            answer_reason = :reason, answer_version = :version, answer_headers = :headers, answer_body = :body, answer_read = :read,
            answer_end = :end WHERE id = :id";
        let written = self.connection.execute(
            update,
            named_params! {
                ":id": id,
                ":state": outcome.state.as_str(),
                ":status": answer.as_ref().map(|answer| answer.status),
                ":failure": failure.as_ref().map(|failure| &failure.name),
                ":what": failure.as_ref().map(|failure| &failure.what),
                ":next": failure.as_ref().map(|failure| &failure.next),
                ":total": micros(phases.total),
                ":reused": outcome.reused,
                ":lookup": phases.lookup.map(micros),
                ":connect": phases.connect.map(micros),
                ":tls": phases.tls.map(micros),
                ":first_byte": phases.first_byte.map(micros),
                ":peer": outcome.peer,
                ":proxy": outcome.proxy,
                ":notes": json(&notes),
                ":reason": answer.as_ref().and_then(|answer| answer.reason.as_ref()),
                ":version": answer.as_ref().map(|answer| answer.version),
                ":headers": headers.map(|headers| json(&headers)),
                ":body": answer.as_ref().map(|answer| &answer.body),
                ":read": answer.as_ref().map(|answer| signed(answer.body_read)),
                ":end": answer.as_ref().map(|answer| answer.body_end.as_str()),
            },
        );
        written.map(|_| ()).map_err(|error| self.fail(&error))
    }

    /// Takes back what was begun and never tried.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn forget(&self, id: i64) -> Result<(), HistoryError> {
        let deleted = self.connection.execute("DELETE FROM delivery WHERE id = ?1", [id]);
        deleted.map(|_| ()).map_err(|error| self.fail(&error))
    }
}

pub(super) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Lists of texts: nothing in them can fail to be written.
    serde_json::to_string(value).unwrap_or_default()
}
