//! Element data: parsed once by `serde_json`, then read in place, so that numbers keep their digits, strings their escapes,
//! and 100 MB need no tree.
//!
//! `serde_json::Value` reads numbers beyond 64 bits as floats, drops duplicate keys silently and keeps no
//! positions; everything else here (our own output, responses) uses it.

mod diff;
mod document;
mod outline;
mod pretty;
mod records;
mod set;
mod syntax;
mod value;

use std::io;

use serde::Serialize;

pub use diff::{DiffEntry, diff};
pub use document::{Document, check};
pub use outline::{ContainerEnd, completed, container_end};
pub use pretty::pretty;
pub use records::{Record, RecordError, Records};
pub use set::{SetError, set};
pub use syntax::SyntaxError;
pub use value::{Kind, Members, Value};

/// How deep lists and objects may be nested.
pub const MAX_DEPTH: usize = 128;

/// A text as a JSON string.
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Appends a text as JSON string content, without quotes.
pub fn escape_into(text: &str, out: &mut Vec<u8>) {
    struct Unquoted;

    impl serde_json::ser::Formatter for Unquoted {
        fn begin_string<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
            Ok(())
        }

        fn end_string<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
            Ok(())
        }
    }

    // Writing to a vector cannot fail.
    let _ = text.serialize(&mut serde_json::Serializer::with_formatter(out, Unquoted));
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
