//! Which keyframes a picture gets.

use crate::learn::Plan;

/// Shorter side of the smallest frontal keyframe, in pixels.
const MIN_SIDE: f64 = 100.0;
/// Frontal keyframes per octave of scale.
const STEPS: f64 = 2.5;
/// Shorter sides of the keyframes that hold what is seen from aside.
const TILTED_SIDES: [f64; 3] = [110.0, 165.0, 250.0];
/// Looks at a keyframe, besides the ideal one.
const LOOKS: usize = 4;
/// The same for each direction of a tilted keyframe.
const LOOKS_ASIDE: usize = 3;
/// Side in pixels of the squares of which the runtime keeps the strongest keypoints: a tenth of its crop.
pub(super) const CELL: f32 = 25.6;

/// The keyframes of a working copy of this size: frontal ones, the largest first, then tilted ones.
pub(super) fn plan(width: usize, height: usize) -> Vec<Plan> {
    let shorter = width.min(height) as f64;
    let steps = ((shorter / MIN_SIDE).log2() * STEPS).round().max(0.0);
    let frontal = (0..=steps as u32).map(|step| frontal(2_f64.powf(-f64::from(step) / STEPS)));
    let sides = TILTED_SIDES.into_iter().filter(|&side| side <= 1.02 * shorter);
    frontal.chain(sides.map(|side| tilted((side / shorter).min(1.0)))).collect()
}

fn frontal(scale: f64) -> Plan {
    Plan { scale, tilted: false, looks: LOOKS, cell: CELL }
}

fn tilted(scale: f64) -> Plan {
    Plan { tilted: true, looks: LOOKS_ASIDE, ..frontal(scale) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_covers_every_size_down_to_a_hundred_pixels() {
        let plan = plan(800, 400);
        assert_eq!(plan.iter().filter(|plan| !plan.tilted).count(), 6);
        assert_eq!(plan.len(), 6 + TILTED_SIDES.len());
        assert!(plan.iter().all(|plan| (0.25..=1.0).contains(&plan.scale)));
    }

    #[test]
    fn the_smallest_picture_has_one_keyframe() {
        assert_eq!(plan(100, 100).len(), 1);
    }
}
