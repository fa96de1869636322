//! Every JSON shape that the program prints, versioned. The comment of a field is its meaning in the documentation: a test
//! writes the tables in `docs/` from here.

mod account;
mod account_diff;
mod account_pull;
mod account_push;
mod backfill;
mod change;
mod definitions;
mod delivery;
mod emulate;
mod emulator_page;
mod history;
mod listen;
mod matching;
#[cfg(test)]
mod page;
mod preview;
mod received;
mod variables;

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine;
use serde::Serialize;

pub use account::{AccountStatus, account_json};
pub use account_diff::{AccountDiff, DiffNote, DiffState, WebhookDiff, diff_json};
pub use account_pull::{Pull, PullState, WebhookPull, pull_json};
pub use account_push::{Push, push_json};
pub use backfill::{backfill_element_json, backfill_end_json, run_json, run_row_json};
pub use change::{Changed, Done, changed_json, created_json};
pub(super) use definitions::{Pair, ShownValue, shown_pairs};
pub use definitions::{list_json, show_json};
pub use delivery::{delivery_json, triggered_json, would_send_json};
pub use emulate::{
    CheckedWebhook, EmulatorEnd, EmulatorTally, NotFired, ShownAccount, ShownCall, ShownChange, call_json,
    dropped_json, emulated_change_json, emulated_delivery_json, emulator_end_json, emulator_ready_json,
};
pub use emulator_page::emulator_json;
pub use history::{comparison_json, history_json, history_row_json};
pub use listen::{
    End, ExpectedOutcome, ShownRequest, Tally, end_json, inspected_json, ready_json, receiver_json,
    refused_json, request_json,
};
pub use matching::{Recognized, recognized_json};
pub use preview::{preview_json, preview_line};
pub use received::{reception_json, reception_row_json};
pub use variables::{VariableRow, variables_json};

use crate::core::body::without_partial_character;
use crate::core::text::{escape_markers, is_unsafe};

/// The version of every JSON shape.
pub(super) const VERSION: u32 = 1;

/// One JSON document with a line feed.
pub(super) fn document(shape: &impl Serialize) -> String {
    // Plain structs of strings, numbers and lists cannot fail to serialise.
    let json = serde_json::to_string_pretty(shape).unwrap_or_default();
    safe_json(json) + "\n"
}

/// One line of JSON Lines.
pub(super) fn line(shape: &impl Serialize) -> String {
    /// Most lines are shorter.
    const USUAL: usize = 2048;
    let mut json = Vec::with_capacity(USUAL);
    let written = serde_json::to_writer(&mut json, shape).ok().and_then(|()| String::from_utf8(json).ok());
    let mut line = safe_json(written.unwrap_or_default());
    line.push('\n');
    line
}

/// A time in milliseconds, with three decimal places.
pub(super) fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

/// A body: as text if it is UTF-8, else in base64. If a truncated one ends inside a character, the text ends before it.
fn text_or_base64(body: &[u8], is_truncated: bool) -> (Option<&str>, Option<String>) {
    let text = std::str::from_utf8(if is_truncated { without_partial_character(body) } else { body }).ok();
    (text, text.is_none().then(|| base64::engine::general_purpose::STANDARD.encode(body)))
}

/// Escapes control and invisible characters, and the markers of log commands: JSON is as safe in a terminal and in the log of a
/// CI system as text.
fn safe_json(json: String) -> String {
    let json = match escape_markers(&json, "\\u0023") {
        Cow::Owned(escaped) => escaped,
        Cow::Borrowed(_) => json,
    };
    // Without an early exit from a block, the compiler vectorises the check.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    if json.as_bytes().chunks(64).all(|block| block.iter().fold(true, |so_far, own| so_far & is_plain(own))) {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Header<'a> {
    /// the name
    name: &'a str,
    /// the value; credentials are masked
    value: Cow<'a, str>,
}
