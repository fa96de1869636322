//! Bytes in parts → elements: the same however they come, and a list is one if and only if it is JSON.
#![no_main]

use hooks::core::json::{Piece, SplitError, Splitter, check};
use libfuzzer_sys::fuzz_target;

fn split(bytes: &[u8], size: usize) -> (Vec<Piece>, Option<SplitError>) {
    let mut pieces = Vec::new();
    let mut all = || {
        let mut splitter = Splitter::new(&bytes[..bytes.len().min(4)], 1 << 20)?;
        for mut part in bytes.chunks(size) {
            while !part.is_empty() {
                let (used, piece) = splitter.take(part)?;
                pieces.extend(piece);
                part = &part[used..];
            }
        }
        pieces.extend(splitter.finish()?);
        Ok(())
    };
    let error = all().err();
    (pieces, error)
}

fuzz_target!(|input: (u8, &str)| {
    let (size, text) = input;
    let (pieces, error) = split(text.as_bytes(), usize::from(size) + 1);
    assert_eq!((&pieces, &error), (&split(text.as_bytes(), text.len().max(1)).0, &error));
    let raw = |piece: &Piece| String::from_utf8(piece.bytes.clone().expect("short")).expect("whole characters");
    if text.trim_ascii_start().starts_with('[') && text.len() < 1 << 20 {
        let is_list = error.is_none() && pieces.iter().all(|piece| check(&raw(piece)).is_ok());
        let is_json = check(text).is_ok();
        // An element may be as deep as the whole.
        assert!(is_list == is_json || check(text).is_err_and(|error| error.code == "json-too-deep"));
    }
    for piece in &pieces {
        assert!(text[piece.offset..].starts_with(&raw(piece)));
    }
});
