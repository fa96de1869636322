//! What commands print for people.

mod account;
mod account_pull;
mod account_push;
mod backfill;
mod change;
mod definitions;
mod delivery;
mod emulate;
mod history;
mod listen;
mod matching;
mod message;
mod received;
mod request;
mod table;
mod variables;
mod wrap;

pub use account::{account_diff_summary, account_diff_text, account_text};
pub use account_pull::{pull_summary, pull_text};
pub use account_push::{PushView, push_done_text, push_plan_text, push_step_text, push_summary, stale_text};
pub use backfill::{backfill_speed, backfill_summary, elements_table, run_text, runs_table};
pub use change::{changed_text, diff, diff_text};
pub use definitions::{list_text, show_text};
pub use delivery::{
    arrived_text, cannot_fire_line, delivery_line, delivery_text, mismatch_line, would_fire_line,
};
pub use emulate::{FiringOutcome, LogStyle, call_text, dropped_text, emulated_change_text, emulator_summary};
pub use history::{compare_text, history_row, history_table, history_text};
pub use listen::{Detail, differences_text, refused_line, request_text, summary_text};
pub use matching::recognized_text;
pub use received::{reception_row, reception_text, receptions_table};
pub use request::preview_text;
pub use table::TableRow;
pub use variables::variables_text;
pub(super) use wrap::{is_message, wrapped_message};
pub use wrap::{wrapped, wrapped_page};
