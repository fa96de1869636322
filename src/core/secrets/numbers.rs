//! Decodes lists of bytes in hexadecimal and decimal numbers.

use super::layer::Layer;
use super::secret::SHORTEST;

/// Hexadecimal numbers decoded to bytes, without the text between them: `646561`, `64:65:61`, `64 65 61`, `0x64, 0x65`. Each is
/// decoded twice, as the first digit may belong to something else.
pub(super) fn from_hex<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    hex(layer, [1, 0])
}

/// Like [`from_hex`], but the decoding without the first digit comes last, so that a secret is found at the end of a truncated
/// text.
pub(super) fn from_hex_after_a_digit<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    hex(layer, [0, 1])
}

fn hex<'l>(layer: &'l Layer<'_>, skipped: [usize; 2]) -> Option<Layer<'l>> {
    let bytes = &*layer.bytes;
    let mut editor = layer.edit();
    let mut digits = Vec::new();
    let mut done = 0;
    while let Some(start) = hex_run(bytes, done) {
        digits.clear();
        digits.extend(HexDigits { bytes, at: start, is_start: true });
        for skipped in skipped {
            // Separate numbers are not one text.
            editor.push(start..start, b"\n");
            for pair in digits[skipped..].chunks_exact(2) {
                let (high, low) = (pair[0], pair[1]);
                editor.push(high..low + 1, &byte(bytes[high], bytes[low]).map_or([0], |byte| [byte]));
            }
        }
        done = digits.last().map_or(start, |last| *last) + 1;
    }
    editor.finish_pushed()
}

/// The start of the next hexadecimal number that is long enough for a secret.
fn hex_run(bytes: &[u8], from: usize) -> Option<usize> {
    const DIGITS: usize = 2 * SHORTEST;
    let kind = |at: &usize| KINDS[usize::from(bytes[*at])];
    // Such a number spans at least `DIGITS` bytes, so looking at every `DIGITS`th byte finds it.
    let mut probe = from + DIGITS - 1;
    while probe < bytes.len() {
        if let Kind::Other = kind(&probe) {
            probe += DIGITS;
            continue;
        }
        let before = (from..probe).rev().take_while(|at| !matches!(kind(at), Kind::Other)).count();
        let (mut start, mut count, mut separators) = (probe, 0, 0);
        let mut end = bytes.len();
        for at in probe - before..bytes.len() {
            match kind(&at) {
                Kind::Digit => {
                    start = if count == 0 { at } else { start };
                    (count, separators) = (count + 1, 0);
                    if count == DIGITS {
                        return Some(start);
                    }
                }
                Kind::Separator if separators < MAX_SEPARATOR_LENGTH => separators += 1,
                // The `0` before an `x` is not a digit, but one too many does no harm.
                Kind::Prefix if at > 0 && bytes[at - 1] == b'0' => {}
                Kind::Separator | Kind::Prefix => (count, separators) = (0, 0),
                Kind::Other => {
                    end = at;
                    break;
                }
            }
        }
        probe = end + DIGITS;
    }
    None
}

#[derive(Clone, Copy)]
enum Kind {
    Digit,
    Separator,
    Prefix,
    Other,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < kinds.len() {
        #[expect(clippy::cast_possible_truncation, reason = "an index of 256 elements")]
        let is_digit = (byte as u8).is_ascii_hexdigit();
        if is_digit {
            kinds[byte] = Kind::Digit;
        }
        byte += 1;
    }
    let mut at = 0;
    while at < SEPARATORS.len() {
        kinds[SEPARATORS[at] as usize] = Kind::Separator;
        at += 1;
    }
    kinds[b'x' as usize] = Kind::Prefix;
    kinds[b'X' as usize] = Kind::Prefix;
    kinds
};

/// The longest text between two hexadecimal numbers of one list.
const MAX_SEPARATOR_LENGTH: usize = 4;

/// Characters that can separate the hexadecimal numbers of bytes.
pub(super) const SEPARATORS: &[u8] = b" ,:;-\t\r\n";

/// The positions of hexadecimal digits that follow each other, with separators or `0x` between them.
#[derive(Clone)]
struct HexDigits<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Whether this is the start of a number, where `0x` can be.
    is_start: bool,
}

impl Iterator for HexDigits<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let is_separator = |byte: &&u8| SEPARATORS.contains(byte);
        let rest = &self.bytes[self.at..];
        if !rest.first()?.is_ascii_hexdigit() {
            let length = rest.iter().take(MAX_SEPARATOR_LENGTH).take_while(is_separator).count();
            if length == 0 || !rest.get(length)?.is_ascii_hexdigit() {
                return None;
            }
            self.at += length;
            self.is_start = true;
        }
        if self.is_start
            && let [b'0', b'x' | b'X', digit, ..] = &self.bytes[self.at..]
            && digit.is_ascii_hexdigit()
        {
            self.at += 2;
        }
        self.is_start = false;
        self.at += 1;
        Some(self.at - 1)
    }
}

/// Lists of bytes in decimal numbers decoded: `[100, 101, 97]`.
pub(super) fn from_decimals<'l>(layer: &'l Layer<'_>) -> Option<Layer<'l>> {
    let bytes = &*layer.bytes;
    let mut editor = layer.edit();
    let mut done = 0;
    for comma in memchr::memchr_iter(b',', bytes) {
        if comma < done {
            continue;
        }
        let before = bytes[done..comma].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let mut numbers = Vec::new();
        let mut at = comma - before;
        while let Some((number, end)) = decimal(bytes, at) {
            numbers.push((at..end, number));
            done = end;
            let Some(rest) = bytes.get(end + 1..).filter(|_| bytes[end] == b',') else { break };
            at = end + 1 + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        }
        if numbers.len() < SHORTEST {
            continue;
        }
        let mut end = numbers[0].0.start;
        for (range, number) in numbers {
            editor.remove(end..range.start);
            end = range.end;
            editor.replace(range, &[number]);
        }
    }
    editor.finish()
}

/// The number below 256 that starts here, and where it ends.
fn decimal(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let length = bytes.get(at..)?.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&bytes[at..at + length]).ok()?.parse().ok()?;
    Some((number, at + length))
}

/// The byte of two hexadecimal digits.
pub(super) fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(layer: Option<Layer<'_>>) -> String {
        layer.map_or("-".to_owned(), |layer| String::from_utf8_lossy(&layer.bytes).into_owned())
    }

    #[test]
    fn numbers_are_decoded_to_bytes() {
        for hex in [
            "64656164",
            "64:65:61:64",
            "64 65 61 64",
            "6465-6164",
            "0x64, 0x65,0X61 0x64",
            "64\r\n65\n61  64",
        ] {
            let padded = format!("<{hex}>");
            let layer = Layer::new(padded.as_bytes());
            let decoded = from_hex(&layer).unwrap();
            assert!(decoded.bytes.ends_with(b"\ndead"), "{hex}");
            let first = 1 + usize::from(hex.starts_with('0')) * 2;
            let end = decoded.bytes.len();
            assert_eq!(decoded.place(end - 4..end), first..padded.len() - 1, "{hex}");
        }
        for before in ["", "-", "12345-", "1234567.", "x".repeat(30).as_str(), "a dead beef, "] {
            let text = format!("{before}f646561646");
            let layer = Layer::new(text.as_bytes());
            assert!(from_hex(&layer).unwrap().bytes.windows(4).any(|bytes| bytes == b"dead"), "{text}");
        }
        assert!(from_hex(&Layer::new(b"a dead, 64")).is_none());
        assert_eq!(text(from_decimals(&Layer::new(b"[1,[100, 101,\n97,100], 1,2"))), "[1,[dead], 1,2");
        assert!(from_decimals(&Layer::new(b"[100, 101, 97], 1, 256, 3, 4,")).is_none());
    }
}
