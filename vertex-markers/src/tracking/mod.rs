//! Tracking images: what the runtime follows from frame to frame once a target is found.
//!
//! The runtime warps the camera frame onto a small copy of the picture and looks for 13 x 13 patches
//! round chosen points, at most 10 pixels away, by normalised cross-correlation.

mod compat;
mod patch;
mod select;

use crate::gray::{GrayBytes, GrayF32, Sampling, resample};
use crate::simulate::lens::blurred;

pub use compat::select_compat;
pub(crate) use patch::Patches;
pub(crate) use select::Corners;
pub use select::select;

/// Largest shorter and longer side of the tracking image in pixels, in the proportions of a camera frame.
///
/// The runtime looks for a point up to 10 of these pixels away, so the smaller they are in number, the faster the
/// picture may move.
const MAX_SIDES: (u32, u32) = (105, 140);
/// Shorter side that a narrow strip keeps.
const MIN_SHORTER: u32 = 56;
/// Standard deviation in pixels of the blur of the tracking image: hardly any frame of a moving camera is sharper.
const BLUR: f64 = 0.5;

/// A small grey copy of the target and the points to follow on it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackingImage {
    /// Grey levels.
    pub image: GrayBytes,
    /// Tracking pixels per target pixel.
    pub scale: f64,
    /// Points to follow, all inside the image.
    pub points: Vec<TrackingPoint>,
}

/// A pixel of a tracking image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrackingPoint {
    /// Column.
    pub x: u32,
    /// Row.
    pub y: u32,
}

impl TrackingImage {
    /// Makes the tracking image of a target from a grey copy of it that is `source_scale` times its size.
    ///
    /// The runtime takes pixel `k` for the place `k / scale` of the target, so that is what it shows.
    #[must_use]
    pub fn build(source: &GrayF32, source_scale: f64) -> Self {
        let (width, height) = (source.width(), source.height());
        let (shorter, longer) = (width.min(height), width.max(height));
        let to = |side: u32, length: usize| f64::from(side) / length.max(1) as f64;
        let fitting = to(MAX_SIDES.0, shorter).min(to(MAX_SIDES.1, longer));
        let scale = fitting.max(to(MIN_SHORTER, shorter)).min(1.0);
        let side = |length: usize| (length as f64 * scale).round() as usize;
        let sampling = Sampling { scale, origin: -0.5 };
        let image = resample(source, side(width), side(height), sampling);
        let image = blurred(image, BLUR).map(|level| level.round().clamp(0.0, 255.0) as u8);
        Self { points: select(&image), image, scale: scale * source_scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_fits_its_sides_whatever_the_shape() {
        let size = |width, height| {
            let tracking = TrackingImage::build(&GrayF32::blank(width, height), 1.0);
            (tracking.image.width(), tracking.image.height())
        };
        assert_eq!(size(640, 480), (140, 105));
        assert_eq!(size(480, 480), (105, 105));
        assert_eq!(size(320, 640), (70, 140));
        assert_eq!(size(2000, 100), (1120, 56));
        assert_eq!(size(100, 60), (100, 60));
    }
}
