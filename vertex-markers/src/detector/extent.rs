//! The part of an image that shows something.

use std::ops::Range;

/// Rows looked at together, a power of two.
const BLOCK: usize = 16;
/// Pixels of an octave by which its blurs, and those of the octaves before, carry a level; and one to spare.
const REACH: usize = 12;
/// Octaves from this one on are taken for filled by the picture.
const SMALL: usize = 3;
/// Spans begin and end at multiples of this.
const ALIGNMENT: usize = 8;

/// Which columns of an image show the picture, every few rows together; each row ends in one level on either side.
///
/// The octaves of a pyramid are as plain there: what is computed for one pixel holds for all beyond the picture.
#[derive(Debug, Default)]
pub(crate) struct Extent {
    /// None stand for a whole image.
    blocks: Vec<Range<usize>>,
}

impl Extent {
    /// That of an image that is filled by the picture.
    pub(crate) const WHOLE: Self = Self { blocks: Vec::new() };

    /// Begins anew, with an image of so many rows that show nothing.
    pub(crate) fn reset(&mut self, height: usize) {
        self.blocks.clear();
        self.blocks.resize(height.div_ceil(BLOCK), 0..0);
    }

    /// Adds a row's columns that show the picture.
    pub(crate) fn add(&mut self, y: usize, columns: &Range<usize>) {
        let block = &mut self.blocks[y / BLOCK];
        *block = joined(block.clone(), columns);
    }

    /// The columns of a row of an octave, so wide, beyond which all is plain.
    #[inline]
    pub(super) fn span(&self, octave: usize, y: usize, width: usize) -> Range<usize> {
        if self.blocks.is_empty() || octave >= SMALL {
            return 0..width;
        }
        let around = 1 << octave;
        let first = ((y << octave) / BLOCK).saturating_sub(around);
        let end = ((((y + 1) << octave) / BLOCK) + around + 1).min(self.blocks.len());
        let blocks = &self.blocks[first.min(end)..end];
        let columns = blocks.iter().fold(0..0, joined);
        let start = (columns.start >> octave).saturating_sub(REACH) / ALIGNMENT * ALIGNMENT;
        let end = ((columns.end >> octave) + REACH).next_multiple_of(ALIGNMENT);
        // Beyond a span are whole neighbourhoods or nothing.
        let end = if end + ALIGNMENT > width { width } else { end };
        start.min(end.saturating_sub(ALIGNMENT))..end
    }
}

/// The least range that holds both; nothing is added by an empty one.
fn joined(a: Range<usize>, b: &Range<usize>) -> Range<usize> {
    if b.is_empty() {
        a
    } else if a.is_empty() {
        b.clone()
    } else {
        a.start.min(b.start)..a.end.max(b.end)
    }
}

/// Repeats the ends of a span beyond it.
#[inline(always)]
pub(super) fn repeat_ends(row: &mut [f32], span: &Range<usize>) {
    let (first, last) = (row[span.start], row[span.end - 1]);
    row[..span.start].fill(first);
    row[span.end..].fill(last);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_hold_the_picture_and_what_it_spreads_to() {
        let mut extent = Extent::default();
        extent.reset(200);
        extent.add(100, &(150..160));
        assert_eq!(extent.span(0, 100, 400), 136..176);
        assert_eq!(extent.span(0, 81, 400), 136..176);
        assert_eq!(extent.span(1, 50, 200), 56..96);
        assert_eq!(extent.span(0, 0, 400), 0..16);
        assert_eq!(extent.span(3, 10, 50), 0..50);
        assert_eq!(extent.span(0, 100, 180), 136..180);
        assert_eq!(Extent::WHOLE.span(0, 5, 77), 0..77);
    }
}
