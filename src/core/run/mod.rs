//! A backfill: one webhook fired for many elements. What becomes of each is told as events, which are
//! recorded in a ledger, folded into an account, and counted.

mod account;
mod breaker;
mod event;
mod head;
mod mark;
mod pace;
mod tally;

pub use account::Account;
pub use breaker::Breaker;
pub use event::{Ending, Event, Line, Name, failure_name};
pub use head::{Head, Run};
pub use mark::mark;
pub use pace::{Pace, Rate};
pub use tally::Tally;

/// The failure of a line of which nobody can say more than that it was stopped before it was sent.
pub const INTERRUPTED: &str = "interrupted";
