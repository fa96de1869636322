//! Element data as it was written: checked once against RFC 8259, then read in place, so that numbers
//! keep their digits, strings their escapes, and 100 MB cost no tree.
//!
//! `serde_json` reads numbers beyond 64 bits as floats, drops repeated keys without a word and keeps
//! no places; everything else here (our own output, answers) uses it.

mod deviate;
mod escape;
mod outline;
mod pretty;
mod scan;
mod set;
mod split;
mod value;

pub use deviate::{Deviation, deviations};
pub use escape::escape_into;
pub use outline::{Extent, completed, extent};
pub use pretty::pretty;
pub use scan::{Document, SyntaxError, check};
pub use set::{SetError, set};
pub use split::{Piece, SplitError, Splitter};
pub use value::{Kind, Members, Value};

/// How deep lists and objects may stand in each other.
pub const DEEPEST: usize = 128;

/// Writes a text as a JSON string.
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
