//! Targets of one file that the runtime may take for each other.

use crate::detector::Keypoint;
use crate::mind::{Keyframe, Target};
use crate::simulate::{MatchParams, Point2, find};

use super::finding::{Finding, FindingKind, Zone};

/// Two targets that look alike to the matcher.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lookalike {
    /// Index of the target that was shown.
    pub shown: usize,
    /// Index of the target that was found instead.
    pub found: usize,
    /// Points that agree; the runtime is content with six.
    pub points: usize,
    /// Where they are on the target that was found.
    pub zone: Zone,
}

impl Lookalike {
    /// The warning for the target that is found in another's place.
    #[must_use]
    pub fn finding(&self) -> Finding {
        Finding::new(FindingKind::Lookalike, self.zone)
    }
}

/// Longer sides, in pixels, of the keyframes that stand for camera frames.
const SIDES: [u32; 3] = [480, 320, 200];

/// Shows every target to the matcher of every other, as cameras would see it, and lists what is mistaken.
///
/// The cost is three searches per ordered pair of targets.
#[must_use]
pub fn lookalikes(targets: &[Target]) -> Vec<Lookalike> {
    let mut all = Vec::new();
    for (shown, target) in targets.iter().enumerate() {
        let frames = frames(target);
        for (found, other) in targets.iter().enumerate() {
            if shown != found
                && let Some((points, zone)) = mistaken(&frames, other)
            {
                all.push(Lookalike { shown, found, points, zone });
            }
        }
    }
    all
}

/// Keypoints as a camera would find them, and the size of its frame.
type Frame = (Vec<Keypoint>, (usize, usize));

/// The keyframes nearest to [`SIDES`].
fn frames(target: &Target) -> Vec<Frame> {
    let longer = |keyframe: &Keyframe| keyframe.width.max(keyframe.height);
    let mut chosen: Vec<usize> = SIDES
        .iter()
        .filter_map(|&side| {
            let distance = |&index: &usize| longer(&target.keyframes[index]).abs_diff(side);
            (0..target.keyframes.len()).min_by_key(distance)
        })
        .collect();
    chosen.dedup();
    chosen.into_iter().map(|index| frame(&target.keyframes[index])).collect()
}

fn frame(keyframe: &Keyframe) -> Frame {
    let points = keyframe.maxima.points.iter().chain(&keyframe.minima.points);
    (points.cloned().collect(), (keyframe.width as usize, keyframe.height as usize))
}

/// The most points of a target that are found in one of these frames, and where they are on it.
fn mistaken(frames: &[Frame], target: &Target) -> Option<(usize, Zone)> {
    let matches =
        frames.iter().filter_map(|(points, size)| find(target, points, *size, MatchParams::MINDAR));
    let best = matches.max_by_key(|found| found.pairs.len())?;
    let places: Vec<Point2> = best.pairs.iter().map(|(place, _)| *place).collect();
    Some((places.len(), bounds(&places, target)))
}

/// The smallest zone round places on a target.
fn bounds(places: &[Point2], target: &Target) -> Zone {
    let share = |value: f64, side: u32| (value / f64::from(side.max(1))).clamp(0.0, 1.0);
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((1.0_f64, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)))
    };
    let (left, right) = range(&mut places.iter().map(|place| share(place.0, target.width)));
    let (top, bottom) = range(&mut places.iter().map(|place| share(place.1, target.height)));
    Zone {
        x: left.min(right),
        y: top.min(bottom),
        width: (right - left).max(0.0),
        height: (bottom - top).max(0.0),
    }
}
