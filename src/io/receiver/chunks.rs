//! Decodes a chunked body as it arrives (RFC 9112, 7.1).

use bytes::{Buf, BytesMut};

use crate::core::received::Refusal;

/// The maximum length of a line with a chunk size, in bytes.
const MAX_LINE_LENGTH: usize = 1024;
/// The maximum size of the trailer headers, in bytes.
const MAX_TRAILER_BYTES: usize = 8 * 1024;

/// A body that is being received.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    state: ChunkState,
    body: Vec<u8>,
    trailer: usize,
}

#[derive(Debug, Default)]
enum ChunkState {
    /// The line with the size of the next chunk.
    #[default]
    Size,
    /// The remaining bytes of a chunk.
    Data(usize),
    /// The line end after a chunk.
    DataEnd,
    /// The trailer headers, up to an empty line.
    Trailer,
}

impl Chunks {
    /// Removes the bytes of the body from `buffer`; returns the whole body once it is complete.
    pub(super) fn take(&mut self, buffer: &mut BytesMut, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
        loop {
            match self.state {
                ChunkState::Size => {
                    let Some(size) = size(buffer)? else { return Ok(None) };
                    if size > most - self.body.len() {
                        return Err(Refusal::BodyTooLarge(most));
                    }
                    self.state = if size == 0 { ChunkState::Trailer } else { ChunkState::Data(size) };
                }
                ChunkState::Data(left) => {
                    let length = left.min(buffer.len());
                    self.body.extend_from_slice(&buffer[..length]);
                    buffer.advance(length);
                    if length < left {
                        self.state = ChunkState::Data(left - length);
                        return Ok(None);
                    }
                    self.state = ChunkState::DataEnd;
                }
                ChunkState::DataEnd => {
                    let length = buffer.len().min(2);
                    if buffer[..length] != b"\r\n"[..length] {
                        return Err(Refusal::BadChunk);
                    }
                    if length < 2 {
                        return Ok(None);
                    }
                    buffer.advance(2);
                    self.state = ChunkState::Size;
                }
                ChunkState::Trailer => {
                    let Some(end) = buffer.windows(2).position(|two| two == b"\r\n") else {
                        return if self.trailer + buffer.len() > MAX_TRAILER_BYTES {
                            Err(Refusal::BadChunk)
                        } else {
                            Ok(None)
                        };
                    };
                    self.trailer += end + 2;
                    buffer.advance(end + 2);
                    if end == 0 {
                        return Ok(Some(std::mem::take(&mut self.body)));
                    }
                    if self.trailer > MAX_TRAILER_BYTES {
                        return Err(Refusal::BadChunk);
                    }
                }
            }
        }
    }
}

/// The size of the next chunk; none while its line is incomplete.
fn size(buffer: &mut BytesMut) -> Result<Option<usize>, Refusal> {
    // The parser reads a line without a digit as 0.
    if buffer.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) {
        return Err(Refusal::BadChunk);
    }
    match httparse::parse_chunk_size(buffer) {
        Ok(httparse::Status::Complete((length, size))) => {
            buffer.advance(length);
            Ok(Some(usize::try_from(size).unwrap_or(usize::MAX)))
        }
        Ok(httparse::Status::Partial) if buffer.len() <= MAX_LINE_LENGTH => Ok(None),
        Ok(httparse::Status::Partial) | Err(httparse::InvalidChunkSize) => Err(Refusal::BadChunk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAX_BODY_BYTES: usize = 20;

    type Taken = Result<Option<(Vec<u8>, Vec<u8>)>, Refusal>;

    /// The body that results from these pieces, and the bytes after it.
    fn taken<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Taken {
        let (mut chunks, mut buffer) = (Chunks::default(), BytesMut::new());
        let mut pieces = pieces.into_iter();
        for piece in pieces.by_ref() {
            buffer.extend_from_slice(piece);
            if let Some(body) = chunks.take(&mut buffer, MAX_BODY_BYTES)? {
                pieces.for_each(|piece| buffer.extend_from_slice(piece));
                return Ok(Some((body, buffer.to_vec())));
            }
        }
        Ok(None)
    }

    #[test]
    fn chunks_are_joined_and_the_bytes_after_them_stay() {
        let bytes = b"3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nGET";
        assert_eq!(taken([&bytes[..]]).unwrap().unwrap(), (b"abc0123456789".to_vec(), b"GET".to_vec()));
    }

    #[test]
    fn malformed_and_endless_chunks_are_refused() {
        for bytes in ["\r\n", "-1\r\n", "g\r\n", "1\nx", "1\r\nab", "1\r\na\n", "11111111111111111\r\n"] {
            assert_eq!(taken([bytes.as_bytes()]), Err(Refusal::BadChunk), "{bytes:?}");
        }
        assert_eq!(taken([&b"15\r\n"[..]]), Err(Refusal::BodyTooLarge(MAX_BODY_BYTES)));
        assert_eq!(
            taken([&b"14\r\n01234567890123456789\r\n1\r\n"[..]]),
            Err(Refusal::BodyTooLarge(MAX_BODY_BYTES))
        );
        let endless = format!("1;{}", "x".repeat(MAX_LINE_LENGTH));
        assert_eq!(taken([endless.as_bytes()]), Err(Refusal::BadChunk));
        let trailer = format!("0\r\n{}", "a: b\r\n".repeat(MAX_TRAILER_BYTES));
        assert_eq!(taken([trailer.as_bytes()]), Err(Refusal::BadChunk));
    }

    proptest! {
        #[test]
        fn bytes_can_be_split_anywhere(cuts in prop::collection::vec(0_usize..48, 0..10)) {
            let bytes = b"3\r\nabc\r\n5 ;x\r\n01234\r\n1\r\n.\r\n0\r\na: b\r\n\r\nrest";
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]);
            prop_assert_eq!(taken(pieces), Ok(Some((b"abc01234.".to_vec(), b"rest".to_vec()))));
        }
    }
}
