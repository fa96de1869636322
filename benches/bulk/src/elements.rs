//! RSVP answers, all different, that result in request bodies of about 1 KiB.

use std::io::{BufWriter, Write};

use crate::Result;

/// The webhook that sends them; `URL` is replaced by the destination.
pub(crate) const DEFINITION: &str = include_str!("../webhooks.toml");

/// Prints them, one per line.
pub(crate) fn print(count: u64) -> Result {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let note = "The quick brown fox jumps over the lazy dog. ".repeat(12);
    for index in 0..count {
        writeln!(
            out,
            r#"{{"id":"abcdef12-3456-4789-8bcd-{index:012}","status":"confirmed","email":"guest-{index}@example.com","amount":{},"payload":{{"first_name":"Jürgen \"J\" {index}","last_name":"Doe","note":"{note}"}},"prokey":"c6510c06-a277-4e1c-9baf-deec9c5507c7","date_created":"2023-12-07T08:58:47.510Z","date_updated":null}}"#,
            index % 7 + 1
        )?;
    }
    Ok(())
}
