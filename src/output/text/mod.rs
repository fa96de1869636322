//! What each command shows: for people as text, for scripts as JSON of a versioned shape of its own
//! (`docs/json.md`).

mod arrived;
mod change;
mod compare;
mod definitions;
mod delivery;
mod history;
mod lines;
mod matches;
mod matching;
mod message;
mod received;
mod reception;
mod request;
mod run;
mod table;
mod variables;
mod wrap;

pub use arrived::{inspected_json, receiver_json, request_json};
pub use change::{Changed, Done, changed_json, changed_text, created_json, diff, diff_text};
pub use compare::{compare_json, compare_text};
pub use definitions::{list_json, list_text, show_json, show_text};
pub use delivery::{arrived_text, delivery_json, delivery_line, delivery_text};
pub use history::{history_json, history_row, history_row_json, history_table, history_text};
pub use lines::{line_of_run_json, lines_table};
pub use matches::{match_json, mismatch_line, would_fire_line, would_send_json};
pub use matching::{Recognized, recognized_json, recognized_text};
pub use received::{
    End, Extent, OfExpected, Seen, Tally, differences_text, end_json, ready_json, refused_json, refused_line,
    request_text, signature, summary_text,
};
pub use reception::{reception_json, reception_row, reception_row_json, reception_text, receptions_table};
pub use request::{preview_json, preview_text};
pub use run::{
    RunFailure, run_end_json, run_json, run_line_json, run_progress, run_row_json, run_speed, run_summary,
    run_text, runs_table,
};
pub use table::TableRow;
pub use variables::{Row, variables_json, variables_text};

use std::borrow::Cow;

use base64::Engine;
use serde::Serialize;

use crate::core::body::without_torn_end;
use crate::core::text::{escape_markers, is_unsafe};

/// The version of every JSON shape.
const VERSION: u32 = 1;

/// One JSON document with a line feed.
pub(super) fn document(shape: &impl Serialize) -> String {
    // Shapes are plain structs of strings, numbers and lists: nothing in them can fail to be written.
    let json = serde_json::to_string_pretty(shape).unwrap_or_default();
    safe_json(json) + "\n"
}

/// A body for JSON: as text if it is UTF-8, else in base64. Of one that was cut inside a character, what is before that is
/// text.
fn text_or_base64(body: &[u8], is_cut: bool) -> (Option<&str>, Option<String>) {
    let text = std::str::from_utf8(if is_cut { without_torn_end(body) } else { body }).ok();
    (text, text.is_none().then(|| base64::engine::general_purpose::STANDARD.encode(body)))
}

/// One line of JSON lines.
fn line(shape: &impl Serialize) -> String {
    /// Most lines have room in it.
    const USUAL: usize = 2048;
    let mut json = Vec::with_capacity(USUAL);
    let written = serde_json::to_writer(&mut json, shape).ok().and_then(|()| String::from_utf8(json).ok());
    let mut line = safe_json(written.unwrap_or_default());
    line.push('\n');
    line
}

/// Control and invisible characters, and the markers of log commands, as JSON escapes: JSON is as harmless in a terminal
/// and in the log of a CI system as text.
fn safe_json(json: String) -> String {
    let json = match escape_markers(&json, "\\u0023") {
        Cow::Owned(escaped) => escaped,
        Cow::Borrowed(_) => json,
    };
    // Blocks without a way out of their middle are looked at many bytes at a time.
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
