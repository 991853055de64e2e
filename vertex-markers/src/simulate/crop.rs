//! The part of a frame that the runtime searches at a time.

use crate::detector::{Keypoint, detect};
use crate::gray::GrayF32;

/// Crop positions the runtime cycles through, three by three.
pub const CROPS: usize = 9;
/// The one it begins with: the middle.
const FIRST: usize = 4;

/// The keypoints of the `turn`-th crop of a frame, in frame pixels.
///
/// The side of a crop is the power of two nearest to half the frame's shorter side.
#[must_use]
pub fn detect_crop(frame: &GrayF32, turn: usize) -> Vec<Keypoint> {
    let (width, height) = (frame.width(), frame.height());
    if width.min(height) < 4 {
        return Vec::new();
    }
    let side = 1_usize << (width.min(height) as f64 / 2.0).log2().round() as u32;
    let position = (FIRST + turn) % CROPS;
    let start = |length: usize, step: usize| {
        let wanted = length / 2 + step * side / 2;
        wanted.saturating_sub(side).min((length - side).saturating_sub(1))
    };
    let (left, top) = (start(width, position % 3), start(height, position / 3));
    let crop = GrayF32::from_fn(side, side, |x, y| frame.at(left + x, top + y));
    let mut points = detect(&crop);
    for point in &mut points {
        point.x += left as f32;
        point.y += top as f32;
    }
    points
}
