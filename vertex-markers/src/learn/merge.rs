//! Putting together what is learnt from several directions.

use crate::detector::Keypoint;

use super::Learned;
use super::album::is_same_scale;

/// Points of two directions are one if they lie no farther apart than their scale and differ in fewer bits.
const SAME: u32 = 100;

/// Adds the points of another direction; what both have counts once, with the returns of both.
pub(super) fn merge(points: &mut Vec<Learned>, more: Vec<Learned>) {
    let known = points.len();
    for mut new in more {
        match points[..known].iter_mut().find(|old| is_same(&old.point, &new.point)) {
            Some(old) => {
                let returns = old.returns + new.returns;
                if new.returns > old.returns {
                    std::mem::swap(old, &mut new);
                }
                old.returns = returns;
            }
            None => points.push(new),
        }
    }
    points.sort_by(Learned::most_faithful_first);
}

fn is_same(a: &Keypoint, b: &Keypoint) -> bool {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    a.maxima == b.maxima
        && is_same_scale(a.scale, b.scale)
        && dx * dx + dy * dy < a.scale * a.scale
        && a.descriptor.hamming(&b.descriptor) < SAME
}
