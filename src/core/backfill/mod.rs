//! A backfill fires one webhook for many elements: which elements a run sends, how fast, and what happened to each.

mod fingerprint;
mod pace;
mod retries;
mod run;
mod selection;
mod totals;

pub use fingerprint::{Fingerprint, fingerprint, hexadecimal};
pub use pace::{Pace, Rate};
pub use retries::Retries;
pub use run::{ElementRecord, EventParameters, Explanation, Run, RunFailure, RunParameters, failure_name};
pub use selection::{Selection, Shard};
pub use totals::Totals;
