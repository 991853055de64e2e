use image::metadata::Orientation;
use re_mp4::{TkhdBox, TrexBox};

use super::{boxes::BoxSpan, sample_entry::SampleEntry};

/// The track whose pictures are shown.
#[derive(Debug)]
pub(crate) struct PictureTrack {
    pub(crate) id: u32,
    pub(crate) entry: SampleEntry,
    pub(crate) orientation: Orientation,
    /// Where the sample tables lie: the children of `stbl`.
    pub(crate) tables: Vec<BoxSpan>,
    /// What fragments leave unsaid about their samples.
    pub(crate) defaults: TrexBox,
    pub(crate) timescale: u32,
    pub(crate) size: (u32, u32),
}

impl PictureTrack {
    /// Width and height in pixels as a player shows them.
    pub(crate) fn displayed_size(&self) -> (u32, u32) {
        let (width, height) = self.size;
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }
}

/// The quarter turns and flips of the display matrix, which maps (x, y) to (ax + cy, bx + dy) with y pointing down.
pub(crate) fn orientation(header: &TkhdBox) -> Orientation {
    let matrix = &header.matrix;
    match [matrix.a, matrix.b, matrix.c, matrix.d].map(i32::signum) {
        [0, 1, -1, 0] => Orientation::Rotate90,
        [-1, 0, 0, -1] => Orientation::Rotate180,
        [0, -1, 1, 0] => Orientation::Rotate270,
        [-1, 0, 0, 1] => Orientation::FlipHorizontal,
        [1, 0, 0, -1] => Orientation::FlipVertical,
        [0, 1, 1, 0] => Orientation::Rotate90FlipH,
        [0, -1, -1, 0] => Orientation::Rotate270FlipH,
        _ => Orientation::NoTransforms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarter_turns_and_flips_are_read_from_the_matrix() {
        const ONE: i32 = 1 << 16;
        for (matrix, expected) in [
            ([ONE, 0, 0, ONE], Orientation::NoTransforms),
            ([0, ONE, -ONE, 0], Orientation::Rotate90),
            ([-ONE, 0, 0, -ONE], Orientation::Rotate180),
            ([0, -ONE, ONE, 0], Orientation::Rotate270),
            ([-ONE, 0, 0, ONE], Orientation::FlipHorizontal),
        ] {
            let mut header = TkhdBox::default();
            [header.matrix.a, header.matrix.b, header.matrix.c, header.matrix.d] = matrix;
            assert_eq!(orientation(&header), expected, "{matrix:?}");
        }
    }
}
