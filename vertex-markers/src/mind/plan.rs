//! Which keyframes a picture gets.

/// Shorter side of the smallest frontal keyframe, in pixels.
const MIN_SIDE: f64 = 100.0;
/// Frontal keyframes per octave of scale.
const STEPS: f64 = 2.5;
/// Shorter sides of the keyframes that hold what is seen from aside.
const TILTED_SIDES: [f64; 3] = [110.0, 165.0, 250.0];
/// Directions from which a tilted keyframe is seen, evenly spread over half a turn.
pub(super) const DIRECTIONS: u16 = 4;
/// Size of the largest keyframe: that of a camera frame.
const MAX_LONGER: f64 = 640.0;
const MAX_SHORTER: f64 = 480.0;
/// Shorter side that a long and narrow picture keeps, whatever its longer side.
const MIN_SHORTER: f64 = 256.0;

/// Scale of the largest keyframe of a picture of this size; at most 1.
pub(crate) fn largest_scale(width: u32, height: u32) -> f64 {
    let (shorter, longer) = (f64::from(width.min(height)), f64::from(width.max(height)));
    (MAX_SHORTER / shorter).min(MAX_LONGER / longer).max(MIN_SHORTER / shorter).min(1.0)
}

/// One keyframe to make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// Pixels of the keyframe per pixel of the working copy.
    pub(super) scale: f64,
    /// Whether it holds what is seen from aside instead of from straight in front.
    pub(super) tilted: bool,
}

/// The keyframes of a working copy of this size: frontal ones, the largest first, then tilted ones.
pub(super) fn plan(width: usize, height: usize) -> Vec<Plan> {
    let shorter = width.min(height) as f64;
    let steps = ((shorter / MIN_SIDE).log2() * STEPS).round().max(0.0);
    let frontal = (0..=steps as u32)
        .map(|step| Plan { scale: 2_f64.powf(-f64::from(step) / STEPS), tilted: false });
    let sides = TILTED_SIDES.into_iter().filter(|&side| side <= 1.02 * shorter);
    let tilted = sides.map(|side| Plan { scale: (side / shorter).min(1.0), tilted: true });
    frontal.chain(tilted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_keyframe_exceeds_what_a_camera_sees() {
        assert_eq!(largest_scale(640, 480), 1.0);
        assert_eq!(largest_scale(6400, 3000), 0.1);
        assert_eq!(largest_scale(4800, 4800), 0.1);
    }

    #[test]
    fn a_narrow_picture_is_not_shrunk_to_a_thread() {
        assert_eq!(largest_scale(8192, 512), 0.5);
        assert_eq!(largest_scale(16_384, 100), 1.0);
    }

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
