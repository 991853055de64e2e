//! A picture brought to the size its markers are made from.

use crate::Picture;
use crate::gray::{GrayImage, Sampling, Weights, resample_rgb};

/// The largest size at which a camera frame shows a picture.
const MAX_LONGER: f64 = 640.0;
const MAX_SHORTER: f64 = 480.0;
/// Shorter side that a long and narrow picture keeps, whatever its longer side.
const MIN_SHORTER: f64 = 256.0;

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
    pub(crate) fn grey(&self, weights: &Weights, shift: f64) -> GrayImage {
        let sampling = Sampling { scale: self.scale, origin: -shift };
        resample_rgb(self.picture.rgb(), weights, self.width, self.height, sampling)
    }
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
    fn a_narrow_picture_is_not_shrunk_to_a_thread() {
        assert_eq!(scale(8192, 512), 0.5);
        assert_eq!(scale(16_384, 100), 1.0);
    }
}
