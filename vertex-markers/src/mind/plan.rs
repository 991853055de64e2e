//! Which keyframes a picture gets.

use std::ops::RangeInclusive;

use crate::selection::ViewPlan;
use crate::working_copy::shown;

/// Shorter side in pixels of the smallest frontal keyframe.
const MIN_SIDE: f64 = 100.0;
/// Frontal keyframes per octave of scale.
const STEPS: f64 = 2.5;
/// Shorter sides of the keyframes that hold what is seen from aside, of a picture that fills a camera frame.
const TILTED_SIDES: [f64; 3] = [320.0, 213.0, 142.0];
/// Tilted keyframes are no larger than this share of the picture.
const TILTED_SHARE: f64 = 0.9;
/// Random views of a keyframe, besides the ideal one: the fewest and the most. Small ones, which have few points and
/// cost little, get more.
const VIEWS: RangeInclusive<f64> = 2.0..=6.0;
/// Random views times the keyframe's shorter side.
const VIEWS_BY_SIDE: f64 = 720.0;
/// The same from each direction aside.
const VIEWS_ASIDE: RangeInclusive<f64> = 1.0..=5.0;
const VIEWS_ASIDE_BY_SIDE: f64 = 500.0;
/// Side in pixels of the squares of which the runtime keeps the strongest keypoints: a tenth of its crop.
pub(super) const CELL: f32 = 25.6;

/// What the keyframes of a working copy of this size are made from: frontal copies, the largest first, then tilted ones.
pub(super) fn plan(width: usize, height: usize) -> Vec<ViewPlan> {
    let shorter = width.min(height) as f64;
    let planned = |(scale, tilted): (f64, bool)| {
        let (by_side, views) =
            if tilted { (VIEWS_ASIDE_BY_SIDE, VIEWS_ASIDE) } else { (VIEWS_BY_SIDE, VIEWS) };
        let views = (by_side / (scale * shorter)).round().clamp(*views.start(), *views.end());
        ViewPlan { scale, tilted, views: views as usize, cell: CELL }
    };
    copies(width, height).map(planned).collect()
}

/// Scales of the keyframes, and whether they are tilted.
fn copies(width: usize, height: usize) -> impl Iterator<Item = (f64, bool)> {
    let shorter = width.min(height) as f64;
    let shown = shown(width, height);
    let steps = ((shorter / MIN_SIDE).log2() * STEPS).round().max(0.0);
    let frontal = (0..=steps as u32).map(|step| (2_f64.powf(-f64::from(step) / STEPS), false));
    let sides = TILTED_SIDES.into_iter().map(move |side| shown * side);
    let tilted = sides.filter(move |side| *side <= TILTED_SHARE * shorter);
    frontal.chain(tilted.map(move |side| (side / shorter, true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(width: usize, height: usize, tilted: bool) -> Vec<f64> {
        let plan = plan(width, height);
        let plans = plan.iter().filter(|plan| plan.tilted == tilted);
        plans.map(|plan| (plan.scale * width.min(height) as f64).round()).collect()
    }

    #[test]
    fn the_plan_covers_every_size_down_to_a_hundred_pixels() {
        let all = [400.0, 303.0, 230.0, 174.0, 132.0, 100.0];
        assert_eq!(sides(533, 400, false), all);
        assert_eq!(sides(800, 400, false), all);
    }

    #[test]
    fn wide_pictures_are_seen_from_aside_at_smaller_sizes() {
        assert_eq!(sides(533, 400, true), [320.0, 213.0, 142.0]);
        assert_eq!(sides(711, 400, true), [240.0, 160.0, 107.0]);
    }

    #[test]
    fn the_smallest_picture_has_one_keyframe() {
        assert_eq!(plan(100, 100).len(), 1);
    }
}
