//! Padding: the tracking images of one file have one size.
//!
//! The runtime builds its search with the size of the first target's tracking image and loses the points of
//! later targets that lie beyond it. So smaller images get black pixels to the right and below; scales and
//! points stay as they are, and the runtime never looks at the black.

use crate::gray::GrayBytes;
use crate::tracking::TrackingImage;

use super::{Target, USED};

/// Half a pixel, and a little more for a product that should end on exactly one half.
const ROUND_HALF_UP: f64 = 0.5 + 1e-6;

/// Gives the tracking images of all targets the least size that holds each of them.
pub(super) fn pad(targets: &mut [Target]) {
    targets.iter_mut().for_each(unpad);
    let images = || targets.iter().filter_map(Target::tracking_in_use);
    let width = images().map(|tracking| tracking.image.width()).max().unwrap_or(0);
    let height = images().map(|tracking| tracking.image.height()).max().unwrap_or(0);
    for target in targets {
        if let Some(tracking) = target.tracking.get_mut(USED) {
            tracking.image = resized(&tracking.image, width, height);
        }
    }
}

/// Cuts the tracking image back to its own size.
pub(super) fn unpad(target: &mut Target) {
    let source = Source::of(target);
    if let Some(tracking) = target.tracking.get_mut(USED) {
        let (width, height) = own_size(tracking, &source);
        tracking.image = resized(&tracking.image, width, height);
    }
}

fn resized(image: &GrayBytes, width: usize, height: usize) -> GrayBytes {
    GrayBytes::from_fn(width, height, |x, y| {
        if x < image.width() && y < image.height() { image.at(x, y) } else { 0 }
    })
}

/// The copy of the picture that compilers make the tracking image from.
struct Source {
    width: u32,
    height: u32,
    /// Pixels of the copy per pixel of the picture.
    scale: f64,
}

impl Source {
    /// The largest keyframe has the size of that copy; without keyframes, the picture itself.
    fn of(target: &Target) -> Self {
        match target.keyframes.iter().max_by_key(|keyframe| keyframe.width) {
            Some(keyframe) => {
                Self { width: keyframe.width, height: keyframe.height, scale: keyframe.scale }
            }
            None => Self { width: target.width, height: target.height, scale: 1.0 },
        }
    }
}

/// Size without padding: what the compiler rounded the source's size to, and never less than is in use.
fn own_size(tracking: &TrackingImage, source: &Source) -> (usize, usize) {
    let ratio = tracking.scale / source.scale;
    let rounded = |side: u32| (f64::from(side) * ratio + ROUND_HALF_UP).floor() as usize;
    let (width, height) = used_size(tracking);
    (
        rounded(source.width).clamp(width, tracking.image.width()),
        rounded(source.height).clamp(height, tracking.image.height()),
    )
}

/// Size of the part with points or pixels that are not black.
fn used_size(tracking: &TrackingImage) -> (usize, usize) {
    let (mut width, mut height) = (0, 0);
    for point in &tracking.points {
        width = width.max(point.x as usize + 1);
        height = height.max(point.y as usize + 1);
    }
    for y in 0..tracking.image.height() {
        if let Some(last) = tracking.image.row(y).iter().rposition(|&level| level != 0) {
            width = width.max(last + 1);
            height = height.max(y + 1);
        }
    }
    (width, height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::TrackingPoint;

    fn target(width: u32, height: u32, tracking: TrackingImage) -> Target {
        let tracking = vec![TrackingImage::default(), tracking];
        Target { width, height, tracking, keyframes: Vec::new() }
    }

    fn black(width: usize, height: usize, scale: f64) -> TrackingImage {
        TrackingImage { image: GrayBytes::blank(width, height), scale, points: Vec::new() }
    }

    fn size_unpadded(mut target: Target) -> (usize, usize) {
        unpad(&mut target);
        (target.tracking[USED].image.width(), target.tracking[USED].image.height())
    }

    #[test]
    fn the_own_size_is_rounded_as_compilers_do() {
        assert_eq!(size_unpadded(target(401, 256, black(300, 300, 0.5))), (201, 128));
        assert_eq!(size_unpadded(target(451, 300, black(300, 300, 128.0 / 300.0))), (192, 128));
    }

    #[test]
    fn an_image_smaller_than_its_scale_says_stays() {
        assert_eq!(size_unpadded(target(500, 500, black(100, 90, 0.5))), (100, 90));
    }

    #[test]
    fn nothing_that_is_in_use_is_cut_off() {
        let mut tracking = black(200, 200, 0.1);
        tracking.points.push(TrackingPoint { x: 150, y: 3 });
        tracking.image.row_mut(170)[20] = 1;
        assert_eq!(size_unpadded(target(500, 500, tracking)), (151, 171));
    }

    #[test]
    fn targets_without_the_image_the_runtime_reads_are_passed_over() {
        let mut targets =
            [target(256, 256, black(128, 128, 0.5)), target(9, 9, TrackingImage::default())];
        targets[1].tracking.clear();
        pad(&mut targets);
        assert_eq!(targets[0].tracking[USED].image, GrayBytes::blank(128, 128));
        assert!(targets[1].tracking.is_empty());
    }
}
