//! What the history keeps of a delivery: enough to show it, compare it and send it again, and no secret.

mod intent;
mod outcome;
mod reception;

pub use intent::{Fidelity, Intent, Kept, LineOfRun, Place, Sending, element_id};
pub use outcome::{Outcome, Reason};
pub use reception::{Reception, ReceptionResult, RecordedReception};

use std::time::Duration;

use crate::core::exchange::State;

/// A delivery as the history has it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its number; a later delivery has a higher one, and none is given twice.
    pub id: i64,
    /// When it began, in milliseconds since 1970.
    pub started: i64,
    /// The version of `hooks` that sent it.
    pub hooks: String,
    /// What was to be sent.
    pub intent: Intent,
    /// What came of it; nothing while it is under way, and for ever when the program was ended before it
    /// knew.
    pub outcome: Option<Outcome>,
}

/// A delivery as one row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// When it began, in milliseconds since 1970.
    pub started: i64,
    /// The webhook's handle.
    pub webhook: String,
    /// The method.
    pub method: String,
    /// The URL as it may be shown.
    pub url: String,
    /// How it ended.
    pub state: State,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The name of the failure.
    pub failure: Option<String>,
    /// How long it took.
    pub total: Option<Duration>,
    /// The delivery that this one repeated.
    pub replay_of: Option<i64>,
}

impl Record {
    /// How it ended. Without a result nobody knows whether it was received.
    pub fn state(&self) -> State {
        self.outcome.as_ref().map_or(State::InDoubt, |outcome| outcome.state)
    }
}
