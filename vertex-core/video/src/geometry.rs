//! From decoded pictures to what a viewer sees: the part that is shown, the shape of its pixels, quarter turns and flips.

use image::metadata::Orientation;

/// Aspects of pixels beyond this are taken for mistakes.
const WIDEST_PIXEL: u32 = 16;

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// Pixels left of it.
    pub left: u32,
    /// Pixels above it.
    pub top: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// How decoded pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Pixels across of decoded pictures.
    pub width: u32,
    /// Pixels down of decoded pictures.
    pub height: u32,
    /// The part that is shown (clean aperture), where it is not all.
    pub clean: Option<Rectangle>,
    /// Width to height of a pixel.
    pub pixel_aspect: (u32, u32),
    /// Turns and flips, after the shape of pixels has been corrected.
    pub orientation: Orientation,
}

impl Geometry {
    /// Pictures of this size that are shown as they are.
    pub(crate) fn plain(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            clean: None,
            pixel_aspect: (1, 1),
            orientation: Orientation::NoTransforms,
        }
    }

    /// The part that is shown, before it is turned.
    #[must_use]
    pub fn shown(&self) -> Rectangle {
        let whole = Rectangle { left: 0, top: 0, width: self.width, height: self.height };
        self.clean.unwrap_or(whole)
    }

    /// The same after turns and flips, which move it inside the turned picture.
    #[must_use]
    pub fn shown_upright(&self) -> Rectangle {
        let Rectangle { left, top, width, height } = self.shown();
        let right = self.width.saturating_sub(left).saturating_sub(width);
        let bottom = self.height.saturating_sub(top).saturating_sub(height);
        let (left, top) = match self.orientation {
            Orientation::NoTransforms => (left, top),
            Orientation::Rotate90 => (bottom, left),
            Orientation::Rotate180 => (right, bottom),
            Orientation::Rotate270 => (top, right),
            Orientation::FlipHorizontal => (right, top),
            Orientation::FlipVertical => (left, bottom),
            Orientation::Rotate90FlipH => (top, left),
            Orientation::Rotate270FlipH => (bottom, right),
        };
        match self.is_turned() {
            true => Rectangle { left, top, width: height, height: width },
            false => Rectangle { left, top, width, height },
        }
    }

    /// Pixels across and down as a player shows them: square ones, upright. Heights of pictures that lie as they are
    /// decoded stay.
    #[must_use]
    pub fn displayed_size(&self) -> (u32, u32) {
        let Rectangle { width, height, .. } = self.shown();
        let (across, down) = self.pixel_aspect;
        let stretched =
            (u64::from(width) * u64::from(across) + u64::from(down) / 2) / u64::from(down.max(1));
        let width = u32::try_from(stretched).unwrap_or(u32::MAX).max(1);
        if self.is_turned() { (height, width) } else { (width, height) }
    }

    fn is_turned(&self) -> bool {
        matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    }
}

/// An aspect that pixels can have.
pub(crate) fn sane_aspect((across, down): (u32, u32)) -> Option<(u32, u32)> {
    let limit = |side: u32| side.saturating_mul(WIDEST_PIXEL);
    let is_sane = across > 0 && down > 0 && across <= limit(down) && down <= limit(across);
    is_sane.then_some((across, down))
}

/// The quarter turns and flips of a display matrix with the numbers a, b, c, d, which maps (x, y) to (ax + cy, bx + dy)
/// with y pointing down. Turns that are not quarter turns are ignored.
pub(crate) fn orientation([a, b, c, d]: [f64; 4]) -> Orientation {
    // A tenth of the length of an axis is about six degrees.
    let sign = |value: f64, other: f64| match value.abs() * 10.0 < other.abs() {
        true => 0,
        false if value < 0.0 => -1,
        false => 1,
    };
    match [sign(a, b), sign(b, a), sign(c, d), sign(d, c)] {
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
        for (matrix, expected) in [
            ([1.0, 0.0, 0.0, 1.0], Orientation::NoTransforms),
            ([0.0, 1.0, -1.0, 0.0], Orientation::Rotate90),
            ([-1.0, 0.0, 0.0, -1.0], Orientation::Rotate180),
            ([0.0, -1.0, 1.0, 0.0], Orientation::Rotate270),
            ([-1.0, 0.0, 0.0, 1.0], Orientation::FlipHorizontal),
            ([1.0, 0.0, 0.0, -1.0], Orientation::FlipVertical),
            ([0.0, 1.0, 1.0, 0.0], Orientation::Rotate90FlipH),
            ([0.0, -1.0, -1.0, 0.0], Orientation::Rotate270FlipH),
            ([0.0001, 2.0, -2.0, 0.0], Orientation::Rotate90),
            ([0.7, 0.7, -0.7, 0.7], Orientation::NoTransforms),
            ([0.0; 4], Orientation::NoTransforms),
        ] {
            assert_eq!(orientation(matrix), expected, "{matrix:?}");
        }
    }

    #[test]
    fn wide_pixels_widen_the_picture_and_turns_turn_it() {
        let plain = Geometry::plain(360, 360);
        assert_eq!(plain.displayed_size(), (360, 360));
        let wide = Geometry { pixel_aspect: (16, 9), ..plain };
        assert_eq!(wide.displayed_size(), (640, 360));
        let turned = Geometry { orientation: Orientation::Rotate90, ..wide };
        assert_eq!(turned.displayed_size(), (360, 640));
        let clean = Rectangle { left: 8, top: 0, width: 344, height: 360 };
        assert_eq!(Geometry { clean: Some(clean), ..plain }.displayed_size(), (344, 360));
    }

    #[test]
    fn the_shown_part_moves_with_the_turn() {
        let clean = Rectangle { left: 10, top: 20, width: 60, height: 40 };
        let geometry = Geometry { clean: Some(clean), ..Geometry::plain(100, 80) };
        let upright = |orientation| Geometry { orientation, ..geometry }.shown_upright();
        let part = |left, top, width, height| Rectangle { left, top, width, height };
        // Thirty pixels are left at the right, twenty at the bottom.
        assert_eq!(upright(Orientation::Rotate90), part(20, 10, 40, 60));
        assert_eq!(upright(Orientation::Rotate180), part(30, 20, 60, 40));
        assert_eq!(upright(Orientation::Rotate270), part(20, 30, 40, 60));
        assert_eq!(upright(Orientation::FlipHorizontal), part(30, 20, 60, 40));
        assert_eq!(upright(Orientation::Rotate90FlipH), part(20, 10, 40, 60));
    }

    #[test]
    fn impossible_pixels_are_square() {
        assert_eq!(sane_aspect((16, 11)), Some((16, 11)));
        for aspect in [(0, 1), (1, 0), (1, 100), (u32::MAX, 1)] {
            assert_eq!(sane_aspect(aspect), None);
        }
    }
}
