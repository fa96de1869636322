//! What each command shows to people.

mod backfill;
mod change;
mod compare;
mod definitions;
mod delivery;
mod history;
mod matches;
mod matching;
mod message;
mod received;
mod reception;
mod request;
mod table;
mod variables;
mod wrap;

pub use backfill::{backfill_speed, backfill_summary, elements_table, run_text, runs_table};
pub use change::{Changed, Done, changed_json, changed_text, created_json, diff, diff_text};
pub use compare::compare_text;
pub use definitions::{list_json, list_text, show_json, show_text};
pub use delivery::{arrived_text, delivery_line, delivery_text};
pub use history::{history_row, history_table, history_text};
pub use matches::{mismatch_line, would_fire_line};
pub use matching::recognized_text;
pub use received::{
    End, Extent, OfExpected, Seen, Tally, differences_text, refused_line, request_text, signature,
    summary_text,
};
pub use reception::{reception_row, reception_text, receptions_table};
pub use request::{preview_json, preview_text};
pub use table::TableRow;
pub use variables::{Row, variables_json, variables_text};

use crate::output::json::{VERSION, document};
