//! A picture brought to the size its markers are made from.

use crate::Picture;
use crate::gray::{GrayF32, Sampling, Weights, resample_rgb};

/// The largest size at which a camera frame shows a picture.
const MAX_LONGER: f64 = 640.0;
const MAX_SHORTER: f64 = 480.0;
/// Shorter side that a long and narrow picture keeps, whatever its longer side.
const MIN_SHORTER: f64 = 256.0;

/// Least relative size of the shorter side in a frame that the picture fills.
const MIN_SHOWN: f64 = 0.5;

/// A picture no larger than a camera frame shows it.
pub(crate) struct WorkingCopy<'a> {
    picture: &'a Picture,
    /// Pixels of the copy per pixel of the picture, at most 1.
    pub(crate) scale: f64,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl<'a> WorkingCopy<'a> {
    pub(crate) fn of(picture: &'a Picture) -> Self {
        let scale = scale(picture.width(), picture.height());
        let side = |length: u32| (f64::from(length) * scale).round() as usize;
        let (width, height) = (side(picture.width()), side(picture.height()));
        Self { picture, scale, width, height }
    }

    /// Its grey levels, moved right and down by `shift` of its pixels.
    pub(crate) fn grey(&self, weights: &Weights, shift: f64) -> GrayF32 {
        let sampling = Sampling { scale: self.scale, origin: -shift };
        resample_rgb(self.picture.rgb(), weights, self.width, self.height, sampling)
    }
}

/// How small the shorter side of a picture of this shape appears in a camera frame that it fills, relative to a
/// picture of the frame's own shape; at least a half, since a strip is looked at piece by piece.
pub(crate) fn shown(width: usize, height: usize) -> f64 {
    let (shorter, longer) = (width.min(height) as f64, width.max(height) as f64);
    (shorter / longer * MAX_LONGER / MAX_SHORTER).clamp(MIN_SHOWN, 1.0)
}

fn scale(width: u32, height: u32) -> f64 {
    let (shorter, longer) = (f64::from(width.min(height)), f64::from(width.max(height)));
    (MAX_SHORTER / shorter).min(MAX_LONGER / longer).max(MIN_SHORTER / shorter).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_copy_exceeds_what_a_camera_sees() {
        assert_eq!(scale(640, 480), 1.0);
        assert_eq!(scale(6400, 3000), 0.1);
        assert_eq!(scale(4800, 4800), 0.1);
    }

    #[test]
    fn wide_pictures_appear_lower_than_square_ones() {
        assert_eq!(shown(480, 480), 1.0);
        assert_eq!(shown(480, 640), 1.0);
        assert!((shown(640, 360) - 0.75).abs() < 1e-9);
        assert_eq!(shown(8192, 100), 0.5);
    }

    #[test]
    fn a_narrow_picture_is_not_shrunk_to_a_thread() {
        assert_eq!(scale(8192, 512), 0.5);
        assert_eq!(scale(16_384, 100), 1.0);
    }
}
