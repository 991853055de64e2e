//! Merging the keypoints of one size into those of another.

use crate::detector::Keypoint;

use super::SelectedKeypoint;
use super::buckets::BucketGrid;

/// Points are one if they lie no farther apart than their scale and differ in fewer bits.
const SAME: u32 = 100;
/// Greatest ratio of their scales.
const SCALES: f32 = 1.5;

/// Adds more points of a copy of this size in pixels; what is there already counts once, with the redetections of both.
pub(super) fn merge(
    points: &mut Vec<SelectedKeypoint>,
    more: Vec<SelectedKeypoint>,
    size: (f32, f32),
) {
    let places = points.iter().map(|selected| (selected.point.x, selected.point.y));
    let known = BucketGrid::of(places, size);
    for mut new in more {
        let near = known.near(new.point.x, new.point.y);
        match near.filter(|&index| is_same(&points[index].point, &new.point)).min() {
            Some(index) => {
                let old = &mut points[index];
                let redetections = old.redetections + new.redetections;
                if new.redetections > old.redetections {
                    std::mem::swap(old, &mut new);
                }
                old.redetections = redetections;
            }
            None => points.push(new),
        }
    }
    points.sort_by(SelectedKeypoint::most_repeatable_first);
}

fn is_same(a: &Keypoint, b: &Keypoint) -> bool {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    a.maxima == b.maxima
        && a.scale.max(b.scale) <= SCALES * a.scale.min(b.scale)
        && dx * dx + dy * dy < a.scale * a.scale
        && a.descriptor.hamming(&b.descriptor) < SAME
}
