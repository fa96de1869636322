//! A text after some decoding, with the range of the original text from which each byte was decoded.

use std::borrow::Cow;
use std::ops::Range;

/// A text, or what remains of it when escapes are decoded or separators are removed.
pub(super) struct Layer<'t> {
    pub(super) bytes: Cow<'t, [u8]>,
    /// Where it differs from the layer below, in order.
    edits: Vec<Edit>,
    below: Option<&'t Layer<'t>>,
}

/// A range of the layer below that was replaced. Texts are limited to 16 MiB, so 32 bits suffice.
#[derive(Debug, Clone, Copy)]
struct Edit {
    /// Where the replacement starts.
    start: u32,
    length: u32,
    /// The range that was replaced, in the layer below.
    from: u32,
    to: u32,
}

impl<'t> Layer<'t> {
    /// The text itself; it must be shorter than 4 GiB.
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes: Cow::Borrowed(bytes), edits: Vec::new(), below: None }
    }

    /// A layer above this one.
    pub(super) fn edit(&self) -> LayerEditor<'_> {
        LayerEditor { below: self, bytes: Vec::new(), edits: Vec::new(), done: 0 }
    }

    /// The range of the original text from which these bytes were decoded. An escape is always included as a whole.
    pub(super) fn place(&self, bytes: Range<usize>) -> Range<usize> {
        let Some(below) = self.below.filter(|_| !bytes.is_empty()) else { return bytes };
        below.place(self.place_below(bytes.start).start..self.place_below(bytes.end - 1).end)
    }

    /// The range of the layer below from which a byte was decoded.
    fn place_below(&self, at: usize) -> Range<usize> {
        let later = self.edits.partition_point(|edit| edit.start as usize <= at);
        let Some(edit) = later.checked_sub(1).map(|last| self.edits[last]) else { return at..at + 1 };
        let after = edit.start as usize + edit.length as usize;
        if at < after {
            return edit.from as usize..edit.to as usize;
        }
        let place = edit.to as usize + (at - after);
        place..place + 1
    }
}

/// Writes a layer: the one below, with replacements.
pub(super) struct LayerEditor<'t> {
    below: &'t Layer<'t>,
    bytes: Vec<u8>,
    edits: Vec<Edit>,
    /// How much of the layer below is written.
    done: usize,
}

impl<'t> LayerEditor<'t> {
    /// Replaces a range of the layer below. Ranges are given in order.
    pub(super) fn replace(&mut self, range: Range<usize>, replacement: &[u8]) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(self.below.bytes.len());
        }
        self.bytes.extend_from_slice(&self.below.bytes[self.done..range.start]);
        self.done = range.end;
        self.push(range, replacement);
    }

    /// Adds what a range of the layer below was decoded to, in any order.
    pub(super) fn push(&mut self, range: Range<usize>, decoded: &[u8]) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.edits.push(Edit {
            start: offset(self.bytes.len()),
            length: offset(decoded.len()),
            from: offset(range.start),
            to: offset(range.end),
        });
        self.bytes.extend_from_slice(decoded);
    }

    pub(super) fn remove(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.replace(range, b"");
        }
    }

    /// The finished layer, if it differs from the one below.
    pub(super) fn finish(mut self) -> Option<Layer<'t>> {
        if self.edits.is_empty() {
            return None;
        }
        self.bytes.extend_from_slice(&self.below.bytes[self.done..]);
        self.finish_pushed()
    }

    /// The finished layer of what was pushed, without the rest of the layer below.
    pub(super) fn finish_pushed(self) -> Option<Layer<'t>> {
        if self.edits.is_empty() {
            return None;
        }
        Some(Layer { bytes: Cow::Owned(self.bytes), edits: self.edits, below: Some(self.below) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_to_the_original_through_every_layer() {
        let text = Layer::new(b"ab--cd!!ef");
        let mut editor = text.edit();
        editor.remove(2..4);
        editor.replace(6..8, b"xyz");
        let one = editor.finish().unwrap();
        assert_eq!(*one.bytes, *b"abcdxyzef");
        for (range, place) in
            [(0..2, 0..2), (1..3, 1..5), (3..5, 5..8), (5..6, 6..8), (6..8, 6..9), (8..9, 9..10)]
        {
            assert_eq!(one.place(range.clone()), place, "{range:?}");
        }
        let mut editor = one.edit();
        editor.replace(4..7, b"w");
        editor.remove(7..8);
        let two = editor.finish().unwrap();
        assert_eq!(*two.bytes, *b"abcdwf");
        assert_eq!((two.place(4..5), two.place(1..6), two.place(5..6)), (6..8, 1..10, 9..10));
        assert!(text.edit().finish().is_none());
    }
}
