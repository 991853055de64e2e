//! Putting together what is learnt at several sizes.

use crate::detector::Keypoint;

use super::Learned;
use super::grid::Grid;

/// Points are one if they lie no farther apart than their scale and differ in fewer bits.
const SAME: u32 = 100;
/// Greatest ratio of their scales.
const SCALES: f32 = 1.5;

/// Adds more points of a copy of this size in pixels; what is there already counts once, with the returns of both.
pub(super) fn merge(points: &mut Vec<Learned>, more: Vec<Learned>, size: (f32, f32)) {
    let places = points.iter().map(|learned| (learned.point.x, learned.point.y));
    let known = Grid::of(places, size);
    for mut new in more {
        let near = known.near(new.point.x, new.point.y);
        match near.filter(|&index| is_same(&points[index].point, &new.point)).min() {
            Some(index) => {
                let old = &mut points[index];
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
        && a.scale.max(b.scale) <= SCALES * a.scale.min(b.scale)
        && dx * dx + dy * dy < a.scale * a.scale
        && a.descriptor.hamming(&b.descriptor) < SAME
}
