//! Keyframes: scaled copies of a picture, described by their keypoints.

use crate::cluster::{Node, build};
use crate::detector::{Descriptor, Keypoint, detect};
use crate::gray::{GrayImage, Sampling, resample};

use super::tilt::{DIRECTIONS, detect_tilted};
use super::{Keyframe, PointSet};

/// Shorter side of the smallest frontal keyframe, in pixels.
const MIN_SIDE: f64 = 100.0;
/// Frontal keyframes per octave of scale.
const STEPS: f64 = 4.0;
/// Shorter sides of the keyframes seen from the side.
const TILTED_SIDES: [f64; 3] = [120.0, 190.0, 302.0];
/// Size of the largest keyframe: half as large again as a 640 x 480 camera frame.
const MAX_LONGER: f64 = 960.0;
const MAX_SHORTER: f64 = 720.0;

/// Shorter side that a long and narrow picture keeps, whatever its longer side.
const MIN_SHORTER: f64 = 256.0;

/// Scale of the largest keyframe of a picture of this size; at most 1.
pub(super) fn largest_scale(width: u32, height: u32) -> f64 {
    let (shorter, longer) = (f64::from(width.min(height)), f64::from(width.max(height)));
    (MAX_SHORTER / shorter).min(MAX_LONGER / longer).max(MIN_SHORTER / shorter).min(1.0)
}

/// One keyframe to make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// Pixels of the keyframe per pixel of the working copy.
    scale: f64,
    /// Direction it is seen from; straight on if none.
    direction: Option<u16>,
}

/// The keyframes of a working copy of this size: frontal ones, the largest first, then tilted ones.
pub(super) fn plan(width: usize, height: usize) -> Vec<Plan> {
    let shorter = width.min(height) as f64;
    let steps = ((shorter / MIN_SIDE).log2() * STEPS).round().max(0.0);
    let frontal = (0..=steps as u32)
        .map(|step| Plan { scale: 2_f64.powf(-f64::from(step) / STEPS), direction: None });
    let sides = TILTED_SIDES.into_iter().filter(|&side| side <= shorter);
    let tilted = sides.flat_map(|side| {
        (0..DIRECTIONS)
            .map(move |direction| Plan { scale: side / shorter, direction: Some(direction) })
    });
    frontal.chain(tilted).collect()
}

/// Makes a keyframe from the working copy, which itself is `source_scale` times the picture's size.
pub(super) fn keyframe(source: &GrayImage, plan: Plan, source_scale: f64) -> Keyframe {
    let side = |length: usize| (length as f64 * plan.scale).round() as usize;
    let sampling = Sampling { scale: plan.scale, origin: 0.0 };
    let image = resample(source, side(source.width()), side(source.height()), sampling);
    let points = match plan.direction {
        None => detect(&image),
        Some(direction) => detect_tilted(&image, direction),
    };
    let (maxima, minima) = split_by_polarity(points, build);
    Keyframe {
        width: image.width() as u32,
        height: image.height() as u32,
        scale: plan.scale * source_scale,
        maxima,
        minima,
    }
}

/// Parts maxima from minima and builds a tree over each.
pub(super) fn split_by_polarity(
    points: Vec<Keypoint>,
    tree: impl Fn(&[Descriptor]) -> Node,
) -> (PointSet, PointSet) {
    let (maxima, minima): (Vec<_>, Vec<_>) = points.into_iter().partition(|point| point.maxima);
    let set = |points: Vec<Keypoint>| {
        let descriptors: Vec<Descriptor> = points.iter().map(|point| point.descriptor).collect();
        PointSet { tree: tree(&descriptors), points }
    };
    (set(maxima), set(minima))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_keyframe_exceeds_what_a_camera_sees() {
        assert_eq!(largest_scale(640, 480), 1.0);
        assert_eq!(largest_scale(9600, 3000), 0.1);
        assert_eq!(largest_scale(7200, 7200), 0.1);
    }

    #[test]
    fn a_narrow_picture_is_not_shrunk_to_a_thread() {
        assert_eq!(largest_scale(8192, 512), 0.5);
        assert_eq!(largest_scale(16_384, 100), 1.0);
    }

    #[test]
    fn the_plan_covers_every_size_down_to_a_hundred_pixels() {
        let plan = plan(800, 400);
        let frontal = plan.iter().filter(|plan| plan.direction.is_none());
        assert_eq!(frontal.count(), 9);
        assert_eq!(plan.len(), 9 + 12);
        assert!(plan.iter().all(|plan| (0.25..=1.0).contains(&plan.scale)));
    }

    #[test]
    fn the_smallest_picture_has_one_keyframe() {
        assert_eq!(plan(100, 100).len(), 1);
    }
}
