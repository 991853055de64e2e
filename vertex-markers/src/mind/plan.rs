//! Which keyframes a picture gets.

use crate::learn::{Looks, Plan};
use crate::working_copy::shown;

/// Shorter side in pixels of the smallest frontal keyframe.
const MIN_SIDE: f64 = 100.0;
/// Frontal keyframes per octave of scale.
const STEPS: f64 = 2.5;
/// Shorter sides of the keyframes that hold what is seen from aside, of a picture that fills a camera frame.
const TILTED_SIDES: [f64; 3] = [110.0, 165.0, 250.0];
/// Looks at a keyframe, besides the ideal one: the fewest and the most.
const LOOKS: [usize; 2] = [3, 4];
/// The same for each direction of a tilted keyframe.
const LOOKS_ASIDE: [usize; 2] = [2, 3];
/// Looking goes on until this share of the points that the keyframe may hold came back.
const ENOUGH: f64 = 0.65;
/// The same for each of the four directions, which have much in common.
const ENOUGH_ASIDE: f64 = 0.22;
/// Side in pixels of the squares of which the runtime keeps the strongest keypoints: a tenth of its crop.
pub(super) const CELL: f32 = 25.6;

/// The keyframes of a working copy of this size, for `budget` points: frontal ones, the largest first, then tilted
/// ones.
pub(super) fn plan(width: usize, height: usize, budget: usize) -> Vec<Plan> {
    let copies = copies(width, height);
    let areas: f64 = copies.iter().map(|(scale, _)| scale * scale).sum();
    let planned = |(scale, tilted): (f64, bool)| {
        let ([least, most], share) =
            if tilted { (LOOKS_ASIDE, ENOUGH_ASIDE) } else { (LOOKS, ENOUGH) };
        let enough = (share * budget as f64 * scale * scale / areas) as usize;
        Plan { scale, tilted, looks: Looks { least, most, enough }, cell: CELL }
    };
    copies.into_iter().map(planned).collect()
}

/// Scales of the keyframes, and whether they are tilted.
fn copies(width: usize, height: usize) -> Vec<(f64, bool)> {
    let shorter = width.min(height) as f64;
    let shown = shown(width, height);
    let steps = ((shorter / MIN_SIDE).log2() * STEPS).round().max(0.0);
    let frontal = (0..=steps as u32).map(|step| (2_f64.powf(-f64::from(step) / STEPS), false));
    let sides = TILTED_SIDES.into_iter().map(|side| shown * side);
    let tilted = sides.filter(|&side| side <= 1.02 * shorter);
    frontal.chain(tilted.map(|side| ((side / shorter).min(1.0), true))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(width: usize, height: usize, tilted: bool) -> Vec<f64> {
        let plan = plan(width, height, 3000);
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
        assert_eq!(sides(533, 400, true), [110.0, 165.0, 250.0]);
        assert_eq!(sides(711, 400, true), [83.0, 124.0, 188.0]);
    }

    #[test]
    fn the_smallest_picture_has_one_keyframe() {
        assert_eq!(plan(100, 100, 3000).len(), 1);
    }
}
