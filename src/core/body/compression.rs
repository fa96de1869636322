//! Content encodings (RFC 9110, section 8.4.1).

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

pub(super) struct Decompressed {
    pub(super) bytes: Vec<u8>,
    pub(super) is_whole: bool,
}

/// Whether bytes with this content encoding can be decompressed.
pub(super) fn is_supported(name: &str) -> bool {
    matches!(name, "gzip" | "x-gzip" | "deflate")
}

/// Decompresses up to a limit; none if the bytes are not in the declared encoding.
pub(super) fn decompress(name: &str, bytes: &[u8], most: usize) -> Option<Decompressed> {
    let result = match name {
        "deflate" => {
            // Some senders omit the zlib wrapper that the standard requires.
            let framed = read(ZlibDecoder::new(bytes), most);
            if framed.bytes.is_empty() && !framed.is_whole {
                read(DeflateDecoder::new(bytes), most)
            } else {
                framed
            }
        }
        _ => read(MultiGzDecoder::new(bytes), most),
    };
    Some(result).filter(|result| result.is_whole || !result.bytes.is_empty())
}

fn read(decoder: impl Read, most: usize) -> Decompressed {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let is_read = decoder.take(limit).read_to_end(&mut bytes).is_ok();
    let is_whole = is_read && bytes.len() <= most;
    bytes.truncate(most);
    Decompressed { bytes, is_whole }
}
